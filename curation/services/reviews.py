"""What people decide about items: who has one in hand, and the decision with all that follows from it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from annotation.models import Annotation, Item
from annotation.refusals import KeyReused
from annotation.services import discards, informed, notes, slots
from audit.services import record
from curation.models import Decision, Finding, Review, ReviewLease
from curation.queries.review_queue import Filters, queue
from curation.services import chances, review_outcomes
from jobs.faults import crash_here
from projects.access import Place
from ui.problems import Refusal

LONGEST_NOTE = 5_000
TRIED = 20  # of the first items of the queue, where others take them at the same moment

# Whose lease is over, by the database's clock, loses the item to whoever asks next. Letting go waits for nobody: two
# reviewers who open each other's item at one moment would wait for one another. What is let go too late runs out.
TAKE = """
    WITH let_go AS (
        UPDATE curation_reviewlease SET expires_at = statement_timestamp()
        WHERE id IN (
            SELECT id FROM curation_reviewlease
            WHERE project_id = %(project)s AND reviewer_id = %(person)s AND item_id <> %(item)s
                AND expires_at > statement_timestamp()
            FOR UPDATE SKIP LOCKED)
    )
    INSERT INTO curation_reviewlease (item_id, project_id, reviewer_id, expires_at)
    VALUES (%(item)s, %(project)s, %(person)s, statement_timestamp() + make_interval(mins => %(minutes)s))
    ON CONFLICT (item_id) DO UPDATE SET reviewer_id = excluded.reviewer_id, expires_at = excluded.expires_at
    WHERE curation_reviewlease.reviewer_id = excluded.reviewer_id
        OR curation_reviewlease.expires_at <= statement_timestamp()
    RETURNING item_id
"""
IS_HELD_BY_ANOTHER = """
    SELECT EXISTS (
        SELECT FROM curation_reviewlease WHERE item_id = %s AND reviewer_id <> %s AND expires_at > statement_timestamp()
    )
"""


class HeldByAnother(Refusal):
    """Somebody else reviews the item at this moment."""

    status = 409
    title = "Someone else reviews this item now"

    def __init__(self) -> None:
        super().__init__(
            "You had it longer than the project allows, and another reviewer has taken it. Nothing was changed."
        )


class DecidedMeanwhile(Refusal):
    """A review has come in since the page was made."""

    status = 409
    title = "This item was decided meanwhile"

    def __init__(self) -> None:
        super().__init__("Another decision came in since you opened it. Look at it before you decide anew.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What every decision says. `seen` is the newest review that the reviewer knew of, 0 for none; None asks nobody."""

    item: Item
    request_key: uuid.UUID
    seen: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """The review, and whether it had been stored before."""

    review: Review
    replayed: bool


Follows = Callable[[], Annotation | None]
"""What a decision brings about beside itself, and the annotation that it added, if it did."""


def take_next(place: Place, filters: Filters, *, after: int | None = None) -> int | None:
    """The id of the item that is most worth this reviewer's look, now theirs for as long as a lease; None when there
    is none. `after` goes on behind an item that they leave as it is.
    """
    for line in queue(place.project, filters, after=after, limit=TRIED, reviewer=place.user.pk):
        if take(place, line.item_id):
            return line.item_id
    return None


def take(place: Place, item_id: int) -> bool:
    """Hold an item for this reviewer, who lets go of any other; False where somebody else has it."""
    values = {
        "item": item_id,
        "project": place.project.pk,
        "person": place.user.pk,
        "minutes": place.project.lease_minutes,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        return cursor.fetchone() is not None


def uphold(place: Place, asked: Asked) -> Decided:
    """Decide that what was said stands."""
    return _decide(place, asked, Decision.UPHELD)


def overturn(place: Place, asked: Asked, *, answers: Mapping[str, Any], seconds: float | None = None) -> Decided:
    """Decide that another answer is right and give it, in the item's own response order, as an annotation of one's own.

    Raises what `_decide` raises, and AnswersRefused, NoForm and AlreadyChanged.
    """

    def give() -> Annotation:
        return informed.answer(
            place,
            item=asked.item,
            answers=answers,
            request_key=asked.request_key,
            reason=asked.note or "Overturned in a review.",
            seconds=seconds,
        )

    return _decide(place, asked, Decision.OVERTURNED, give)


def send_for_another(place: Place, asked: Asked) -> Decided:
    """Let someone who has not answered the item do so next; it comes back with their answer."""

    def ask() -> None:
        slots.ask_for_another(place, asked.item)

    return _decide(place, asked, Decision.ANOTHER, ask)


def discard(place: Place, asked: Asked) -> Decided:
    """Take the item out of the queue and of releases, for the reason in the note.

    Any later decision takes it back in.
    """

    def take_out() -> None:
        discards.discard(place, asked.item, reason=asked.note)

    return _decide(place, asked, Decision.DISCARDED, take_out)


def coach(place: Place, asked: Asked, *, annotation_id: int | None) -> Decided:
    """Tell the author of a label what the note says. What was said against other people's labels stays open.

    Raises NoteMissing and NobodyToTell.
    """

    def tell() -> Annotation:
        standing = Annotation.objects.current().filter(item=asked.item)
        label = standing.filter(pk=annotation_id).first() if annotation_id else None
        return notes.leave(place, label, text=asked.note).annotation

    return _decide(place, asked, Decision.COACHED, tell)


def _decide(place: Place, asked: Asked, decision: Decision, then: Follows = lambda: None) -> Decided:
    """Decide, then let what is still open learn from it."""
    decided = _stored(place, asked, decision, then)
    if not decided.replayed:
        said = Finding.objects.filter(item=asked.item, gone__isnull=True).exclude(decision="")
        chances.learn(place.project.pk, set(said.values_list("detector", flat=True)))
    return decided


@transaction.atomic
def _stored(place: Place, asked: Asked, decision: Decision, then: Follows) -> Decided:
    """One transaction: what follows from the decision, the review, its findings, the trail.

    The same `request_key` once more is the review that is stored. Raises KeyReused, HeldByAnother and DecidedMeanwhile.
    """
    item = Item.objects.select_for_update(no_key=True).get(pk=asked.item.pk)
    if stored := Review.objects.filter(reviewer=place.user, request_key=asked.request_key).first():
        if (stored.item_id, stored.decision) != (item.pk, decision):
            raise KeyReused
        return Decided(stored, replayed=True)
    _check_turn(place, asked)
    if decision != Decision.DISCARDED:
        discards.restore(place, item)
    annotation = then()
    crash_here("review_followed")
    review = Review.objects.create(
        project=place.project,
        item=item,
        decision=decision,
        note=asked.note.replace("\x00", "")[:LONGEST_NOTE],
        annotation=annotation,
        last_annotation=_newest_annotation(item),
        reviewer=place.user,
        request_key=asked.request_key,
    )
    review_outcomes.settle(review)
    ReviewLease.objects.filter(item=item, reviewer=place.user).delete()
    record(
        "review.decided",
        subject=f"item:{item.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"review": review.pk, "decision": decision, "annotation": annotation.pk if annotation else None},
    )
    crash_here("review_stored")
    return Decided(review, replayed=False)


def require_turn(place: Place, item: Item) -> None:
    """Raise HeldByAnother where somebody else has the item in hand."""
    with connection.cursor() as cursor:
        cursor.execute(IS_HELD_BY_ANOTHER, [item.pk, place.user.pk])
        if cursor.fetchone()[0]:
            raise HeldByAnother


def _check_turn(place: Place, asked: Asked) -> None:
    require_turn(place, asked.item)
    if asked.seen is not None and asked.seen != newest_review(asked.item):
        raise DecidedMeanwhile


def newest_review(item: Item) -> int:
    """The id of the review that stands; 0 where there is none."""
    found: int | None = Review.objects.filter(item=item).aggregate(newest=Max("pk"))["newest"]
    return found or 0


def _newest_annotation(item: Item) -> int:
    found: int | None = Annotation.objects.filter(item=item).aggregate(newest=Max("pk"))["newest"]
    return found or 0

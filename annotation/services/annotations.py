"""Recording answers: once, whole, un-swapped, and never over an older one."""

import hashlib
import json
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.http import Http404

from annotation import conditions, sides, subjects
from annotation.counting import counted
from annotation.kinds import KINDS, AnswerRefused, Subject
from annotation.models import Annotation, Draft, Form, Item, Lease, Question, Slot
from annotation.queries.forms import questions_of
from annotation.queries.suggested import lease_behind
from annotation.refusals import AlreadyChanged, AnswersRefused, KeyReused, LeaseLost
from annotation.services import drafts, queue, suggestions
from audit.services import record
from projects.access import Place

CLOSE = """
WITH added AS (
    INSERT INTO annotation_annotation (project_id, item_id, form_id, author_id, slot_number, answers, shown, seconds,
        guideline_version, source, request_key, request_digest)
    VALUES (%(project)s, %(item)s, %(form)s, %(author)s, %(number)s, %(answers)s::jsonb, %(shown)s, %(seconds)s,
        %(guideline)s, %(source)s::jsonb, %(key)s, %(digest)s)
    RETURNING id
), filled AS (
    UPDATE annotation_slot SET annotation_id = added.id, expires_at = NULL
    FROM added WHERE annotation_slot.id = %(slot)s
), ended AS (
    UPDATE annotation_lease SET outcome = 'submitted', ended_at = now() WHERE id = %(lease)s
), typed AS (
    DELETE FROM annotation_draft WHERE author_id = %(author)s AND item_id = %(item)s
)
SELECT id FROM added
"""
LONGEST = 86_400.0  # seconds; a tab left open overnight says nothing about pace


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a request: the annotation, and whether it had been stored before."""

    annotation: Annotation
    replayed: bool


@counted
def submit(
    place: Place,
    *,
    lease_id: uuid.UUID,
    answers: Mapping[str, Any],
    request_key: uuid.UUID,
    seconds: float | None = None,
    taken: Collection[str] = (),
    shown: list[int] | None = None,
) -> Submitted:
    """Record one annotator's answers, given in shown order, and close the slot.

    The same `request_key` with the same answers gives the stored annotation back. `taken` are questions whose
    suggestion the client says was taken as such; which suggestions were shown, the lease says. `shown` is the order
    for who did not see the sides as they are drawn for annotators. Raises AnswersRefused, KeyReused, or LeaseLost; in
    the last case the answers have been kept as a draft.
    """
    try:
        with transaction.atomic():
            return _submit(place, lease_id, answers, request_key, seconds, taken, shown)
    except LeaseLost:
        _keep(place, lease_id, answers)
        raise


def _submit(  # noqa: PLR0917
    place: Place,
    lease_id: uuid.UUID,
    answers: Mapping[str, Any],
    request_key: uuid.UUID,
    seconds: float | None,
    taken: Collection[str],
    shown: list[int] | None,
) -> Submitted:
    digest = _digest(lease_id, answers)
    slot = queue.locked_slot(place, lease_id)
    if slot is None or slot.annotation_id is not None:
        if stored := _replayed(place, request_key, digest):
            return stored
        slot = _late_slot(place, lease_id)
    lease, item = slot.lease, slot.item
    assert lease is not None  # the slot was found by it
    shown = side_order(place, item) if shown is None else shown
    stored_answers = checked(lease.form_id, answers, item=item, shown=shown)
    annotation = Annotation(
        project=place.project,
        item=item,
        form_id=lease.form_id,
        author=place.user,
        slot_number=slot.number,
        answers=stored_answers,
        shown=shown,
        seconds=_bounded(seconds),
        guideline_version=lease.guideline_version,
        source=suggestions.source(lease, stored_answers, taken),
        request_key=request_key,
        request_digest=digest,
    )
    _close(annotation, slot)
    _record(place, annotation, "annotation.submitted")
    return Submitted(annotation, replayed=False)


def _close(annotation: Annotation, slot: Slot) -> None:
    """Add the annotation, fill its slot, end the lease and drop the draft: one trip to the database, the hottest."""
    with connection.cursor() as cursor:
        cursor.execute(
            CLOSE,
            {
                "project": annotation.project_id,
                "item": annotation.item_id,
                "form": annotation.form_id,
                "author": annotation.author_id,
                "number": annotation.slot_number,
                "answers": json.dumps(annotation.answers),
                "shown": annotation.shown,
                "seconds": annotation.seconds,
                "guideline": annotation.guideline_version,
                "source": json.dumps(annotation.source),
                "key": annotation.request_key,
                "digest": bytes(annotation.request_digest or b""),
                "slot": slot.pk,
                "lease": slot.lease_id,
            },
        )
        annotation.pk = cursor.fetchone()[0]


@counted
@transaction.atomic
def revise(
    place: Place,
    *,
    annotation_id: int,
    answers: Mapping[str, Any],
    request_key: uuid.UUID,
    reason: str = "",
    seconds: float | None = None,
    taken: Collection[str] = (),
    shown: list[int] | None = None,
) -> Submitted:
    """Replace one's own annotation by a new row that supersedes it. Raises AlreadyChanged unless it is the newest.

    The answers are in the order in which the old one was shown, or in `shown`.
    """
    digest = _digest(annotation_id, answers)
    old = (
        Annotation.objects.select_for_update(of=("self",))
        .select_related("item", "project")
        .filter(pk=annotation_id, project=place.project, author=place.user)
        .first()
    )
    if old is None:
        raise Http404
    if stored := _replayed(place, request_key, digest):
        return stored
    if Annotation.objects.filter(supersedes=old).exists():
        raise AlreadyChanged
    shown = old.shown if shown is None else shown
    stored_answers = checked(old.form_id, answers, item=old.item, shown=shown)
    annotation = Annotation.objects.create(
        project=place.project,
        item=old.item,
        form_id=old.form_id,
        author=place.user,
        slot_number=old.slot_number,
        answers=stored_answers,
        shown=shown,
        seconds=_bounded(seconds),
        guideline_version=old.guideline_version,
        source=suggestions.source(lease_behind(old), stored_answers, taken),
        supersedes=old,
        reason=reason[:500],
        request_key=request_key,
        request_digest=digest,
    )
    _finish(place, annotation, "annotation.revised")
    return Submitted(annotation, replayed=False)


@transaction.atomic
def add_imported(
    place: Place, *, item: Item, imported_name: str, answers: Mapping[str, Any], source: dict[str, Any]
) -> Annotation:
    """Add an annotation made elsewhere, in the item's own response order, under the name it came with.

    Raises AnswersRefused. A second one of the same name for the same item supersedes the first; the same once more
    is the first.
    """
    form = Form.objects.filter(project=place.project).order_by("-version").first()
    if form is None:
        raise AnswersRefused({"form": "The project has no questions yet, so no answer fits."})
    Item.objects.select_for_update().get(pk=item.pk)
    old = Annotation.objects.current().filter(item=item, imported_name=imported_name).exclude(imported_name="").first()
    straight = list(range(len(item.responses)))
    stored = checked(form.pk, answers, item=item, shown=straight, partial=True)
    if old and (old.form_id, old.answers, old.source) == (form.pk, stored, source):
        return old
    annotation = Annotation.objects.create(
        project=place.project,
        item=item,
        form=form,
        imported_name=imported_name,
        answers=stored,
        shown=straight,
        source=source,
        supersedes=old,
    )
    _record(place, annotation, "annotation.imported")
    return annotation


def checked(
    form_id: int, answers: Mapping[str, Any], *, item: Item, shown: list[int], partial: bool = False
) -> dict[str, Any]:
    """The answers in item order, each checked by its kind; raises AnswersRefused with a sentence for each fault.

    `partial` lets required questions go unanswered: an imported label answers what it answers.
    """
    questions = {question.key: question for question in questions_of(form_id)}
    if subjects.asks_steps(questions.values()):
        subjects.hold(item)
    subject = subjects.of(item, shown, questions.values())
    errors = {key: f"There is no question “{str(key)[:40]}”." for key in answers if key not in questions}
    applies = set(questions) if partial else _applying(questions.values(), answers)
    stored: dict[str, Any] = {}
    for key, question in questions.items():
        value = answers.get(key)
        if key not in applies:
            if value is not None:
                errors[key] = f"“{question.title}” is not asked after these answers."
            continue
        if value is None:
            if question.is_required and not partial:
                errors[key] = f"“{question.title}” is not answered yet."
            continue
        try:
            stored[key] = _checked_one(question, value, subject, shown)
        except AnswerRefused as refusal:
            errors[key] = str(refusal)
    if not errors and not stored:
        errors["answers"] = "There is nothing to store: no question is answered."
    if errors:
        raise AnswersRefused(errors)
    return stored


def _applying(questions: Iterable[Question], answers: Mapping[str, Any]) -> set[str]:
    """The keys of the questions that are asked, given these answers in shown order."""
    fields: dict[str, str] = {}
    for question in questions:
        fields |= KINDS[question.kind].fields(answers.get(question.key), question)
    return {question.key for question in conditions.asked(questions, fields)}


def _checked_one(question: Question, value: Any, subject: Subject, shown: list[int]) -> Any:
    kind = KINDS[question.kind]
    return kind.to_item_order(kind.validate(value, question, subject), shown)


def side_order(place: Place, item: Item) -> list[int]:
    """Response indices in the order that this person sees them."""
    return sides.order(
        salt=place.project.salt, annotator_id=place.user.pk, item_id=item.pk, responses=len(item.responses)
    )


def _late_slot(place: Place, lease_id: uuid.UUID) -> Slot:
    """The lease went to someone else: take another free slot of the same item if there is one, else LeaseLost."""
    lease = Lease.objects.filter(pk=lease_id, project=place.project, annotator=place.user).first()
    if lease is None:
        raise Http404
    holds_or_did = Slot.objects.filter(item=lease.item_id, holder=place.user).exists()
    if holds_or_did or lease.outcome == Lease.Outcome.SKIPPED:
        raise LeaseLost
    slot = queue.take_other_slot(place, lease)
    if slot is None:
        raise LeaseLost
    return Slot.objects.select_related("lease", "item").get(pk=slot.pk)


def _replayed(place: Place, request_key: uuid.UUID, digest: bytes) -> Submitted | None:
    stored = Annotation.objects.filter(author=place.user, request_key=request_key, project=place.project).first()
    if stored is None:
        return None
    if bytes(stored.request_digest or b"") != digest:
        raise KeyReused
    return Submitted(stored, replayed=True)


def _finish(place: Place, annotation: Annotation, verb: str) -> None:
    Draft.objects.filter(author=place.user, item_id=annotation.item_id).delete()
    _record(place, annotation, verb)


def _record(place: Place, annotation: Annotation, verb: str) -> None:
    record(
        verb,
        subject=f"annotation:{annotation.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"item": annotation.item_id, "supersedes": annotation.supersedes_id},
    )


def _keep(place: Place, lease_id: uuid.UUID, answers: Mapping[str, Any]) -> None:
    lease = Lease.objects.filter(pk=lease_id).values("form_id").first()
    if lease is None:
        return
    fields: dict[str, str] = {}
    for question in questions_of(lease["form_id"]):
        fields |= KINDS[question.kind].fields(answers.get(question.key), question)
    drafts.keep_for_lease(place, lease_id, fields)


def _bounded(seconds: float | None) -> float | None:
    """Time is a hint from the client; what cannot be a time is left out rather than stored."""
    return round(seconds, 3) if seconds is not None and 0 <= seconds <= LONGEST else None


def _digest(subject: object, answers: Mapping[str, Any]) -> bytes:
    canonical = json.dumps([str(subject), answers], sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).digest()

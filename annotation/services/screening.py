"""Whether somebody new may label yet: their first items are ones whose answer is known."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from annotation.models import Annotation, Gold, Lease, Screening, Slot
from annotation.queries.gold import judged
from audit.services import record
from projects.access import Place
from ui.problems import Refusal

State = Screening.State


class NobodyWaits(Refusal):
    """This person is not at their first items, or was let in already."""

    status = 409
    title = "Nobody waits to be let in"

    def __init__(self) -> None:
        super().__init__("This person may label already, or was never screened. Nothing was changed.")


def only(place: Place) -> list[int] | None:
    """The items that this person may get for now; None where they may get any, nothing where they did not pass.

    Decides about whoever has answered or skipped all of them. Who may view items knows what is known and is not
    screened, and without known items nobody is.
    """
    project = place.project
    if not (project.screening_items and project.has_had_gold) or place.may_view:
        return None
    first = first_items(place)
    if not first:
        return None
    found = _of(place)
    if found.state == State.OPEN and not _is_under_way(place, first):
        found = decide(place, first)
    if found.state == State.FAILED:
        return []
    return first if found.state == State.OPEN else None


def standing(place: Place) -> Screening | None:
    """How this person did, where they were screened."""
    return Screening.objects.filter(project=place.project, person=place.user).first()


def first_items(place: Place) -> list[int]:
    """What everybody new begins with: the same known items, as many as the project wants and there are.

    Less those that this person wrote or made known, which nobody would learn anything from.
    """
    own = Gold.objects.filter(item=OuterRef("item"), created_by=place.user)
    known = Gold.objects.given().filter(~Exists(own), ~Q(item__author=place.user) | Q(item__author=None))
    in_order = known.filter(project=place.project).order_by("item")
    return list(in_order.values_list("item", flat=True)[: place.project.screening_items])


@transaction.atomic
def decide(place: Place, first: list[int]) -> Screening:
    """Count what they got right of their first items, what they left out as not right, and say whether they pass."""
    found = Screening.objects.select_for_update().get(project=place.project, person=place.user)
    if found.state != State.OPEN:
        return found
    found.right, found.asked = _right(place, first), len(first)
    is_passed = 100 * found.right >= place.project.screening_percent * found.asked
    found.state = State.PASSED if is_passed else State.FAILED
    Screening.objects.filter(pk=found.pk).update(
        right=found.right, asked=found.asked, state=found.state, decided_at=Now()
    )
    detail = {"right": found.right, "asked": found.asked, "state": found.state}
    _record(place, found, "screening.decided", detail)
    return found


@transaction.atomic
def admit(place: Place, *, person_id: int) -> Screening:
    """Let somebody label whatever came of their first items. Raises NobodyWaits unless they are at them or failed."""
    waiting = Screening.objects.select_for_update().filter(project=place.project, person=person_id)
    found = waiting.filter(state__in=[State.OPEN, State.FAILED]).first()
    if found is None:
        raise NobodyWaits
    Screening.objects.filter(pk=found.pk).update(state=State.ADMITTED, decided_at=Now(), decided_by=place.user)
    _record(place, found, "screening.admitted", {"was": found.state})
    found.refresh_from_db()
    return found


def _of(place: Place) -> Screening:
    """Their row, begun where there is none: who has labeled here before is not new."""
    found = standing(place)
    if found is None:
        own = Annotation.objects.filter(project=place.project, author=place.user, supersedes__isnull=True)
        state = State.WAIVED if own.exists() else State.OPEN
        found, _ = Screening.objects.get_or_create(project=place.project, person=place.user, defaults={"state": state})
    return found


def _is_under_way(place: Place, first: list[int]) -> bool:
    """Whether one of their first items is in their hands, or not met yet."""
    own = Slot.objects.filter(item=OuterRef("item"), holder=place.user)
    skipped = Lease.objects.filter(item=OuterRef("item"), annotator=place.user, outcome=Lease.Outcome.SKIPPED)
    items = Gold.objects.given().filter(item__in=first)
    done = Exists(own.filter(annotation__isnull=False))
    return items.exclude(done).exclude(Exists(skipped), ~Exists(own)).exists()


def _right(place: Place, first: list[int]) -> int:
    """How many of the items they got right, by their first answer."""
    gold = {one.item_id: one for one in Gold.objects.given().filter(item__in=first)}
    said = Annotation.objects.filter(item__in=first, author=place.user, supersedes__isnull=True).select_related("item")
    return sum(
        bool(found.shares) and found.is_right
        for one in said
        for found in [judged(gold[one.item_id], one.item, one.form_id, one.answers)]
    )


def _record(place: Place, found: Screening, verb: str, detail: dict[str, object]) -> None:
    record(
        verb,
        subject=f"person:{found.person_id}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail=detail,
    )

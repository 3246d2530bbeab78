"""Drawing items by chance and labeling them anew, to see how many labels are wrong."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import MD5, Cast, Concat

from annotation.models import Annotation, Gold, Item
from annotation.models.discards import Discard
from annotation.queries.label import own_answer
from annotation.refusals import KeyReused
from annotation.services import informed
from audit.services import record
from curation.models import Consensus, Sample, SampledItem
from curation.queries import analyses
from curation.queries.samples import open_to
from curation.services import reviews
from jobs.faults import crash_here
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal

SIZES = (50, 100, 200, 500)
TRIED = 20  # of the first that are open, where others take them at the same moment


class NothingToDraw(Refusal):
    """No label has been settled by an analysis."""

    status = 409
    title = "There is nothing to draw from yet"

    def __init__(self) -> None:
        super().__init__("Look at all labels first: a sample is drawn from the items whose labels that settles.")


class CheckedMeanwhile(Refusal):
    """Somebody else labeled the item anew while this person looked at it."""

    status = 409
    title = "Somebody else was quicker"

    def __init__(self) -> None:
        super().__init__("This item of the sample has been labeled anew meanwhile. Your answer was not stored.")


class AnsweredBefore(Refusal):
    """Whoever labeled an item cannot say whether its labels are wrong."""

    status = 409
    title = "You labeled this item yourself"

    def __init__(self) -> None:
        super().__init__("Items of a sample are for people who have not labeled them. Go on to the next one.")


@dataclass(frozen=True, slots=True)
class Checked:
    """The sampled item with its new annotation, and whether it had been stored before."""

    sampled: SampledItem
    replayed: bool


@transaction.atomic
def draw(place: Place, *, size: int) -> Sample:
    """Draw items by chance; the newest sample where the same was drawn and nobody has begun with it.

    Raises NothingToDraw, and ValueError for a size that is not offered.
    """
    if size not in SIZES:
        raise ValueError(f"A sample has one of {SIZES} items.")
    project = Project.objects.select_for_update(no_key=True).get(pk=place.project.pk)
    analysis = analyses.newest(project)
    settled = _settled(project)
    population = settled.count() if analysis else 0
    if analysis is None or not population:
        raise NothingToDraw
    newest = Sample.objects.filter(project=project).order_by("-number").first()
    wanted = {"analysis": analysis, "size": min(size, population), "population": population}
    if newest and _is_untouched(newest) and all(getattr(newest, name) == value for name, value in wanted.items()):
        return newest
    sample = Sample.objects.create(
        project=project,
        number=newest.number + 1 if newest else 1,
        seed=token_hex(16),
        created_by=place.user,
        **wanted,
    )
    _fill(sample, settled)
    record(
        "sample.drawn",
        subject=f"sample:{sample.pk}",
        actor_id=place.user.pk,
        project_id=project.pk,
        detail={"number": sample.number, "size": sample.size, "population": population, "seed": sample.seed},
    )
    return sample


def _settled(project: Project) -> QuerySet[Item]:
    """What the newest analysis settled, but for what is known anyway and what nobody is asked about."""
    settled = Consensus.objects.filter(item=OuterRef("pk"), project=project, until__isnull=True).exclude(value="")
    return Item.objects.filter(
        Exists(settled),
        ~Exists(Gold.objects.current().filter(item=OuterRef("pk"))),
        ~Exists(Discard.objects.standing().filter(item=OuterRef("pk"))),
        project=project,
    )


def _fill(sample: Sample, settled: QuerySet[Item]) -> None:
    """Put items into it in an order that nobody chose, and that the seed gives again."""
    drawn = settled.annotate(lot=MD5(Concat(Value(sample.seed), Cast("pk", TextField())))).order_by("lot", "pk")
    ids = drawn.values_list("pk", flat=True)[: sample.size]
    SampledItem.objects.bulk_create(
        SampledItem(sample=sample, position=number, item_id=item) for number, item in enumerate(ids, start=1)
    )


def _is_untouched(sample: Sample) -> bool:
    return not sample.items.filter(annotation__isnull=False).exists()


def take_next(place: Place, sample: Sample) -> int | None:
    """The id of the first item that this person may label anew, now theirs for as long as a lease; None without."""
    for item_id in open_to(place, sample)[:TRIED]:
        if reviews.take(place, item_id):
            return int(item_id)
    return None


@transaction.atomic
def check(
    place: Place,
    sampled: SampledItem,
    answers: Mapping[str, Any],
    request_key: uuid.UUID,
    seconds: float | None = None,
) -> Checked:
    """Label an item of a sample anew, in its own response order: an annotation like any other.

    The same `request_key` once more is what is stored. Raises AnsweredBefore, CheckedMeanwhile, KeyReused,
    `reviews.HeldByAnother`, AnswersRefused and NoForm.
    """
    item = Item.objects.select_for_update(no_key=True).get(pk=sampled.item_id)
    sampled = SampledItem.objects.select_for_update(of=("self",)).select_related("annotation").get(pk=sampled.pk)
    if sampled.annotation:
        return Checked(_replayed(place, sampled.annotation, sampled, request_key), replayed=True)
    if own_answer(place, item.pk):
        raise AnsweredBefore
    reviews.require_turn(place, item)
    sampled.annotation = informed.answer(
        place, item=item, answers=answers, request_key=request_key, seconds=seconds, reason="Labeled anew in a sample."
    )
    crash_here("sample_answered")
    sampled.save(update_fields=["annotation"])
    record(
        "sample.checked",
        subject=f"item:{item.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"sample": sampled.sample_id, "annotation": sampled.annotation.pk},
    )
    return Checked(sampled, replayed=False)


def _replayed(place: Place, stored: Annotation, sampled: SampledItem, request_key: uuid.UUID) -> SampledItem:
    if stored.author_id != place.user.pk:
        raise CheckedMeanwhile
    if stored.request_key != request_key:
        raise KeyReused
    return sampled

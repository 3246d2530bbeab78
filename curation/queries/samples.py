"""What a sample says: how many labels are wrong, as far as it has been labeled anew."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from annotation.intervals import wilson
from annotation.kinds import KINDS
from annotation.kinds.votes import SIDES, Facet
from annotation.models import Annotation
from annotation.models.discards import Discard
from annotation.queries.forms import questions_of
from curation import said
from curation.following import Followed
from curation.models import Sample, SampledItem
from curation.queries.quality_names import Names
from projects.access import Place

A, TIE, B = SIDES
FEWEST = 20  # items labeled anew, before anything is said of all labels
NEAR = 1  # levels that two careful people may differ by


@dataclass(frozen=True, slots=True)
class Error:
    """On one facet: of the consensus that was labeled anew, how much turned out to be wrong."""

    question: str
    facet: str
    title: str
    places: int
    """Places of items that both the consensus and the new label speak of."""
    items: int
    wrong: int
    turned: int | None
    """Of sides: those where the other side won."""
    low: float
    high: float

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.wrong / self.places


@dataclass(frozen=True, slots=True)
class Standing:
    """A sample as far as it has come."""

    sample: Sample
    checked: int
    gone: int
    """Items that were discarded before anybody labeled them anew."""
    errors: Sequence[Error]

    @property
    def left(self) -> int:
        """How many still wait."""
        return self.sample.size - self.checked - self.gone

    @property
    def tells(self) -> bool:
        """Whether enough was labeled anew to say something of all labels."""
        return self.checked >= FEWEST


def all_of(place: Place) -> QuerySet[Sample]:
    """Newest first."""
    found = Sample.objects.filter(project=place.project).select_related("analysis__project", "created_by")
    return found.order_by("-number")


def standing(sample: Sample, names: Names) -> Standing:
    """What is known by now. Memory and time grow with the sample, which is small."""
    done = list(sample.items.filter(annotation__isnull=False).select_related("annotation").order_by("position"))
    return Standing(
        sample,
        checked=len(done),
        gone=_waiting(sample).filter(_is_out()).count(),
        errors=sorted(_errors(sample, done, names), key=lambda one: names.place(one.question, one.facet)),
    )


def open_to(place: Place, sample: Sample) -> QuerySet[SampledItem, int]:
    """Ids of items that wait for somebody who has not labeled them, which this person has not; in the order drawn."""
    own = Annotation.objects.filter(item=OuterRef("item"), author=place.user)
    found = _waiting(sample).filter(~_is_out(), ~Exists(own)).order_by("position")
    return found.values_list("item_id", flat=True)


def _waiting(sample: Sample) -> QuerySet[SampledItem]:
    return SampledItem.objects.filter(sample=sample, annotation__isnull=True)


def _is_out() -> Exists:
    return Exists(Discard.objects.standing().filter(item=OuterRef("item")))


def _errors(sample: Sample, done: Sequence[SampledItem], names: Names) -> Iterable[Error]:
    followed = Followed(sample.analysis)
    settled = followed.known([one.item_id for one in done])
    found: dict[tuple[str, str], dict[int, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for one in done:
        places = settled[one.item_id].places if one.item_id in settled else {}
        for (question, facet, place), own in _said(one.annotation).items():
            consensus = places.get((question, facet, place))
            if consensus and consensus.value:
                found[question, facet][one.item_id].append((consensus.value, own))
    for (question, key), by_item in found.items():
        asked = followed.asked.get(question, {}).get(key)
        if asked:
            yield _error(question, asked, by_item, names)


def _said(annotation: Annotation | None) -> Mapping[tuple[str, str, str], str]:
    """Question, facet and place to the name of what was voted."""
    assert annotation is not None
    told: dict[tuple[str, str, str], str] = {}
    for question in questions_of(annotation.form_id):
        if question.key in annotation.answers and KINDS[question.kind].facets(question):
            for (facet, place), value in said.values(question, annotation.answers[question.key]).items():
                told[question.key, facet, place] = value
    return told


def _error(question: str, facet: Facet, by_item: Mapping[int, Sequence[tuple[str, str]]], names: Names) -> Error:
    counts = [(sum(is_wrong(facet, *one) for one in both), len(both)) for both in by_item.values()]
    both = [one for several in by_item.values() for one in several]
    low, high = interval(counts)
    return Error(
        question,
        facet.key,
        names.of(question, facet.key),
        places=len(both),
        items=len(by_item),
        wrong=sum(wrong for wrong, _ in counts),
        turned=sum({A, B} == {*one} for one in both) if facet.scale == "sides" else None,
        low=low,
        high=high,
    )


def is_wrong(facet: Facet, consensus: str, own: str) -> bool:
    """Whether a new label says something else than the consensus; of levels, something further off than the next."""
    if facet.scale == "levels" and {consensus, own} <= set(facet.values):
        return abs(facet.values.index(consensus) - facet.values.index(own)) > NEAR
    return consensus != own


def interval(counts: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share, from (wrong, places) of each item.

    Places of one item are no chances of their own. They count for as many as leave the share the variance that it has
    between items (the ratio estimator of cluster sampling: Cochran, Sampling Techniques, 1977, section 9A.1); never for
    more than there are, or fewer than there are items.
    """
    wrong, places, items = sum(one for one, _ in counts), sum(count for _, count in counts), len(counts)
    if not places:
        return 0.0, 1.0
    share, effective = wrong / places, float(items)
    if 0 < wrong < places and items > 1:
        variance = sum((one - share * count) ** 2 for one, count in counts) * items / (items - 1) / places**2
        looks = share * (1 - share) / variance if variance else places
        effective = min(max(looks, items), places)
    return wilson(share * effective, effective)

"""What the newest analysis knows of one person, and of all of them, as pages tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from annotation.models import Item
from curation.models import Analysis, Standing
from curation.queries import people_words as words
from curation.queries.people_words import Line
from curation.queries.quality_names import Names


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: how long of the longest, 0 to 1, and what it says in the table."""

    name: str
    count: int
    share: float
    length: float


@dataclass(frozen=True, slots=True)
class Example:
    """An item on which somebody and the consensus differ."""

    item_id: int
    key: str
    place: str
    said: str
    settled: str
    confidence: float


@dataclass(frozen=True, slots=True)
class View:
    """One annotator on one facet."""

    standing: Standing
    headline: str
    lines: list[Line]
    sides: list[Bar]
    pace: list[Bar]
    given: list[tuple[str, float, float]]
    """Value, their share and everybody's."""
    examples: list[Example]

    @property
    def figures(self) -> dict[str, Any]:
        found: dict[str, Any] = self.standing.figures
        return found


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet that may be looked at."""

    question: str
    facet: str
    title: str
    labels: int
    stands_out: bool
    is_chosen: bool


def choose(standings: Sequence[Standing], question: str, facet: str) -> Standing:
    """The one about this facet; else one by which somebody stands out, else one with most labels."""
    asked = (one for one in standings if (one.question, one.facet) == (question, facet))
    return next(asked, None) or min(standings, key=lambda one: (not one.figures.get("unusual"), -one.labels, one.pk))


def choices(standings: Sequence[Standing], chosen: Standing, names: Names) -> list[Choice]:
    """All facets that somebody said something about."""
    return [
        Choice(
            one.question,
            one.facet,
            names.of(one.question, one.facet),
            one.labels,
            bool(one.figures.get("unusual")),
            one.pk == chosen.pk,
        )
        for one in standings
    ]


def view(standing: Standing) -> View:
    """Everything that is told of one annotator on a facet. One query, for the keys of examples."""
    told = standing.figures
    return View(
        standing,
        words.headline(standing.annotator, told),
        words.lines(told),
        _sides(told.get("side")),
        _pace(told.get("pace")),
        _given(told),
        _examples(standing.analysis.project_id, told.get("examples", [])),
    )


def listed(analysis: Analysis, question: str, facet: str) -> QuerySet[Standing]:
    """People and imported names who said something about a facet; who said most come first."""
    found = Standing.objects.filter(analysis=analysis, question=question, facet=facet, checkpoint__isnull=True)
    return found.select_related("person")


def facets(analysis: Analysis) -> list[tuple[str, str]]:
    """(question, facet) that somebody said something about, in the order of keys."""
    found = Standing.objects.filter(analysis=analysis).order_by("question", "facet")
    return list(found.values_list("question", "facet").distinct())


def _sides(side: Mapping[str, Any] | None) -> list[Bar]:
    if side is None:
        return []
    counts = {"Shown first": side["hits"], "Shown second": side["of"] - side["hits"], "Neither": side["ties"]}
    return _bars(counts)


def _pace(pace: Mapping[str, Any] | None) -> list[Bar]:
    if pace is None:
        return []
    names = [f"to {one} s" for one in pace["up_to"]] + [f"over {pace['up_to'][-1]} s"]
    return _bars(dict(zip(names, pace["bins"], strict=True)))


def _bars(counts: Mapping[str, int]) -> list[Bar]:
    total, most = sum(counts.values()) or 1, max(counts.values()) or 1
    return [Bar(name, count, count / total, round(count / most, 4)) for name, count in counts.items()]


def _given(told: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    everybody = told.get("given_by_all") or {}
    return [(words.value(name), share, everybody.get(name, 0.0)) for name, share in (told.get("given") or {}).items()]


def _examples(project_id: int, told: Sequence[Mapping[str, Any]]) -> list[Example]:
    keys = dict(Item.objects.filter(project=project_id, pk__in=[one["item"] for one in told]).values_list("pk", "key"))
    return [
        Example(
            one["item"],
            keys[one["item"]],
            one["place"],
            words.value(one["said"]),
            words.value(one["settled"]),
            one["confidence"],
        )
        for one in told
        if one["item"] in keys
    ]

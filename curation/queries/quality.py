"""The page of quality: its answer in a sentence, and how far people and models agree, as the newest analysis found it.

Figures are read from the rows that the analysis wrote, the same as programs are told, so a page costs as much at a
million items as at ten.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.models import Annotation
from curation.models import Analysis
from curation.models.analyses import FEWEST, SURE
from curation.queries import analyses
from curation.queries.analyses import Facet
from curation.queries.quality_filters import Filters
from curation.queries.quality_names import Names, names
from projects.models import Project
from ui.charts import Axis, Interval, Tick

MOST_ROWS = 40  # of agreement on one page
MOST_NEW = 10_000  # labels since the last look, counted
WORTH = 0.75  # of their number, below which labels are told to repeat each other
POOR = 0.4  # agreement that surely lies below it is told as poor: at best fair after Landis and Koch, 1977


@dataclass(frozen=True, slots=True)
class Estimated:
    """A measure with its bounds, and the mark that draws it."""

    value: float
    low: float | None
    high: float | None
    mark: Interval


@dataclass(frozen=True, slots=True)
class Row:
    """Agreement on one facet over all items or a slice. No estimate where there is too little to say."""

    title: str
    slice: str
    people: Estimated | None
    plain: float | None
    gwet: float | None
    judge: Estimated | None
    judge_name: str
    units: int
    """Places with labels of two people or more."""
    counts: Mapping[str, int]
    is_poor: bool
    together: Mapping[str, Any]
    """How far annotators err together, where their labels are worth much less than their number; else empty."""
    filters: Filters
    """Of the items behind it."""

    @property
    def tone(self) -> str:
        """Of the mark."""
        return "bad" if self.is_poor else ""

    @property
    def not_sure(self) -> int:
        return self.counts["units"] - self.counts["sure"]

    @property
    def unsure(self) -> Filters:
        """Of the items that make `not_sure`."""
        return self.filters.with_(why="unsure")


@dataclass(frozen=True, slots=True)
class Trust:
    """How far people agree, row by row on one axis."""

    rows: list[Row]
    ticks: list[Tick]
    hidden: int
    has_judges: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a project stands: what was found last, and what is asked for since."""

    done: Analysis | None
    asked: Analysis | None
    """The one asked for last, where it is not the one that is done: it waits, works, or was stopped."""
    unseen: int
    """Labels that no look has seen, counted up to one more than `MOST_NEW`."""

    @property
    def is_looking(self) -> bool:
        return self.asked is not None and self.asked.job.is_open

    @property
    def share(self) -> float | None:
        """How far the look under way is."""
        job = self.asked.job if self.asked else None
        return job.done / job.total if job and job.total else None

    @property
    def kept(self) -> str:
        """What a look that failed has not taken away."""
        return f"The figures are those of look {self.done.number}." if self.done else "No label was touched."


@dataclass(frozen=True, slots=True)
class View:
    """The page of one question and slice."""

    headline: str
    words: str
    filters: Filters
    question: str
    """The one that the headline speaks of."""
    names: Names
    questions: list[tuple[str, str, str]]
    """Key, title and address of each question that can be chosen."""
    slices: list[tuple[str, str, str]]
    trust: Trust
    facets: list[Facet]

    @property
    def title(self) -> str:
        return self.names.of(self.question)


def standing(project: Project) -> Standing:
    """In two queries, in three while a look is under way or failed."""
    asked = analyses.last_asked(project)
    done = asked if asked is None or asked.finished_at is not None else analyses.newest(project)
    return Standing(done, None if asked is done else asked, unseen(project, done))


def unseen(project: Project, done: Analysis | None) -> int:
    """Labels that came since, counted up to one more than `MOST_NEW`."""
    last = done.last_annotation if done else 0
    return Annotation.objects.filter(project=project, id__gt=last).order_by()[: MOST_NEW + 1].count()


def view(project: Project, done: Analysis, filters: Filters) -> View:
    """What the newest analysis says about one question and slice; without a question, about the form's first."""
    called = names(project)
    found = sorted(analyses.facets(done), key=lambda one: called.place(one.question, one.facet))
    asked = list(dict.fromkeys(one.question for one in found))
    question = filters.question or (asked[0] if asked else "")
    own = [one for one in found if one.question == question]
    headline, words = _answer(own, filters, called.of(question))
    return View(
        headline=headline,
        words=words,
        filters=filters,
        question=question,
        names=called,
        questions=[(key, called.of(key), filters.with_(question=key).address) for key in asked],
        slices=_slices(own, filters),
        trust=_trust(own if filters.question else found, filters, called),
        facets=found,
    )


def _answer(own: Sequence[Facet], filters: Filters, title: str) -> tuple[str, str]:
    """The page's claim about a question, and what it rests on."""
    counts = [one.counts.get(filters.slice, analyses.NOTHING) for one in own]
    units, sure, items = (sum(one[name] for one in counts) for name in ("units", "sure", "items"))
    compared = sum(one.agreement[filters.slice]["units"] for one in own if filters.slice in one.agreement)
    noun = "items" if len(own) == 1 and units == items else "answers"
    about = f"Figures are for “{title}”{f' in {filters.slice_words}' if filters.slice else ''}"
    if not units:
        return "There is nothing to say about these labels", f"Nobody has answered “{title}” here."
    if compared < FEWEST:
        have = f"{compared:,} of {units:,} {noun} {'has' if compared == 1 else 'have'}"
        wanted = f"{have} labels of two people or more; from {FEWEST} on this page can tell."
        return "It is too early to say how far these labels can be trusted", f"{wanted} {about}."
    share = math.floor(100 * sure / units)
    which = f" in {filters.slice_words}" if filters.slice else ""
    told = (
        f"{sure:,} of {units:,} labeled {noun} have a consensus above {SURE}. {about}; intervals are 95 %, by prompt."
    )
    few = f" Only {compared:,} of them have labels of two people or more." if 2 * compared < units else ""
    return f"These labels can be trusted for {share} % of {noun}{which}", told + few


def _slices(own: Sequence[Facet], filters: Filters) -> list[tuple[str, str, str]]:
    """Each slice that something is told of, with its words and address; none where there is none."""
    told = sorted({name for one in own for name in one.agreement if name} | ({filters.slice} - {""}))
    if not told:
        return []
    every = [filters.with_(slice=name) for name in ("", *told)]
    return [(one.slice, one.slice_words or "all items", one.address) for one in every]


def _trust(found: Sequence[Facet], filters: Filters, called: Names) -> Trust:
    """A row for each facet; of a question that was chosen, also of its slices, unless one was chosen, too."""
    wanted = [(one, filters.slice) for one in found]
    if filters.question and not filters.slice:
        wanted = [(one, name) for one in found for name in ("", *sorted(filter(None, one.agreement)))]
    wanted = [(one, name) for one, name in wanted if name in one.agreement]
    told = [one.agreement[name] for one, name in wanted[:MOST_ROWS]]
    axis = Axis.holding(bound for figures in told for bound in _bounds(figures))
    rows = [_row(one, name, axis, called) for one, name in wanted[:MOST_ROWS]]
    has_judges = any(row.judge for row in rows)
    return Trust(rows, axis.ticks(), len(wanted) - len(rows), has_judges)


def _bounds(figures: Mapping[str, Any]) -> list[float | None]:
    told = [figures["alpha"], *(model["alpha"] for model in figures.get("models", ()))]
    return [one["value"] if one["low"] is None else one["low"] for one in told if one]


def _row(one: Facet, name: str, axis: Axis, called: Names) -> Row:
    figures, title = one.agreement[name], called.of(one.question, one.facet)
    filters = Filters(one.question, one.facet, name)
    enough = figures["units"] >= FEWEST
    judge = best_judge(figures)
    return Row(
        title=title,
        slice=name and filters.slice_words,
        people=_estimated(figures["alpha"], axis, f"People on {title}") if enough else None,
        plain=_value(figures["plain"]),
        gwet=_value(figures["gwet"]),
        judge=_estimated(judge["alpha"], axis, f"{judge['model']} with people") if judge else None,
        judge_name=judge["model"] if judge else "",
        units=figures["units"],
        counts=one.counts.get(name, analyses.NOTHING),
        is_poor=is_poor(figures),
        together={} if name else repeated(one),
        filters=filters,
    )


def repeated(one: Facet) -> Mapping[str, Any]:
    """What is told of annotators who err together; empty where their labels are worth most of their number."""
    figures = one.together.get("", {})
    return figures if figures and figures["independent"] < WORTH * figures["labels"] else {}


def best_judge(figures: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The model that agrees best with people, of those that enough places tell of."""
    told = [one for one in figures.get("models", ()) if one["alpha"] and one["units"] >= FEWEST]
    return max(told, key=lambda one: one["alpha"]["value"], default=None)


def is_poor(figures: Mapping[str, Any]) -> bool:
    """Whether agreement is surely poor: by α and by AC1, for where one value is rare α alone says so of good labels."""
    told = [figures["alpha"], figures["gwet"]]
    bounds = [one["high"] for one in told if one and one["high"] is not None]
    return figures["units"] >= FEWEST and len(bounds) == len(told) and max(bounds) < POOR


def _estimated(told: Mapping[str, Any] | None, axis: Axis, name: str) -> Estimated | None:
    if told is None:
        return None
    mark = axis.interval(told["value"], told["low"], told["high"], name)
    return Estimated(told["value"], told["low"], told["high"], mark)


def _value(told: Mapping[str, Any] | None) -> float | None:
    return told["value"] if told else None

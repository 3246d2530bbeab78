"""Leaderboards as pages and programs tell them: the sets, who is best on one, and the rows that somebody gets wrong.

Every figure was counted when a run ended (`curation.scoring.results`); nothing is counted here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTransform

from curation.layouts import LAYOUTS, OF_RECIPES, Layout
from curation.models import EvaluationResult, EvaluationRow, EvaluationScore, EvaluationSet, Release
from curation.scoring import EVALUATION
from curation.scoring.ways import contracts
from jobs.services import OPEN
from modelhooks.models import Checkpoint, Run
from projects.models import Project
from ui.charts import Axis, Interval
from ui.templatetags.numbers import percent

MOST_SETS = 100
MOST_RESULTS = 100
MOST_RELEASES = 20  # to make a set of
MOST_COLUMNS = 6  # checkpoints side by side
EXCERPT = 200
AXIS = Axis(0.0)
HEADLINES = {"rows": "mean over rows", "subsets": "mean over subsets"}


@dataclass(frozen=True, slots=True)
class Line:
    """One checkpoint on a leaderboard."""

    place: int
    result: EvaluationResult
    drawn: Interval | None
    """None where it has no score."""
    behind: str
    """How it stands to the best, in words."""
    wrong: int
    silent: int
    """Rows without an answer that could be read, or without any."""

    @property
    def score(self) -> Mapping[str, Any]:
        """`{"value", "low", "high"}`; empty where it has none."""
        found: Mapping[str, Any] = self.result.figures["score"] or {}
        return found


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of several checkpoints: a subset, or what a score is made of."""

    words: str
    rows: int | None
    cells: list[tuple[str, float | None]]
    """Checkpoint and value, in the order of the leaderboard."""


@dataclass(frozen=True, slots=True)
class Board:
    """A set with everybody who was asked about it, best first."""

    evaluation_set: EvaluationSet
    layout: Layout
    headline: str
    measured_by: str
    lines: list[Line]
    subsets: list[Part]
    parts: list[Part]
    open_runs: list[Run]
    columns: list[str]


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of a release that a set can be made of."""

    release: int
    recipe: str
    split: str
    rows: int

    @property
    def value(self) -> str:
        return f"{self.release}/{self.recipe}/{self.split}"

    def __str__(self) -> str:
        return f"Release {self.release}, {self.recipe}, {self.split}: {self.rows:,} row{'' if self.rows == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that a checkpoint does not get wholly right."""

    row: EvaluationRow
    points: float
    is_abstained: bool
    excerpt: str


@dataclass(frozen=True, slots=True)
class Text:
    """One response, or one step, of a row."""

    number: int
    text: str
    is_right: bool
    said: list[tuple[str, str]]
    """By checkpoint: what was said about it."""


def listed(project: Project) -> QuerySet[EvaluationSet]:
    """The sets, newest first, each with how many were asked (`asked`) and who is best (`best`, `best_score`)."""
    best = EvaluationResult.objects.filter(evaluation_set=OuterRef("pk"))
    found = (
        EvaluationSet.objects.filter(project=project)
        .select_related("release")
        .annotate(
            asked=Count("results"),
            best=Subquery(best.values("checkpoint__name")[:1]),
            best_score=Subquery(best.values("score")[:1]),
        )
    )
    return found.order_by("-number")


def sources(project: Project) -> list[Source]:
    """What of the newest releases has the layout of a set; held-out splits first."""
    found = Release.objects.filter(project=project, frozen_at__isnull=False).order_by("-number")
    made = found.annotate(made=KeyTransform("recipes", "manifest")).values_list("number", "made")[:MOST_RELEASES]
    known = [
        Source(number, recipe["name"], split, rows)
        for number, recipes in made
        for recipe in recipes
        if recipe["name"] in OF_RECIPES
        for split, rows in recipe["splits"].items()
        if rows
    ]
    return sorted(known, key=lambda one: (one.split == "train", -one.release))


def askable(project: Project, layout: str) -> QuerySet[Checkpoint]:
    """Checkpoints that can be asked about rows of a layout, as far as is known."""
    found = Checkpoint.objects.of(project).filter(contract__in=contracts(layout), retired_at__isnull=True)
    return found.exclude(is_healthy=False).order_by("name")


def results(evaluation_set: EvaluationSet) -> QuerySet[EvaluationResult]:
    """Best first."""
    return EvaluationResult.objects.filter(evaluation_set=evaluation_set).select_related("checkpoint")


def board(evaluation_set: EvaluationSet) -> Board:
    """Who is best, and whether that can be told."""
    found = list(results(evaluation_set)[:MOST_RESULTS])
    lines = [_line(place, one) for place, one in enumerate(found, 1)]
    shown = found[:MOST_COLUMNS]
    return Board(
        evaluation_set,
        LAYOUTS[evaluation_set.layout],
        headline(lines),
        HEADLINES[LAYOUTS[evaluation_set.layout].headline],
        lines,
        _table(shown, "subsets", "name"),
        _table(shown, "parts", "words"),
        list(_open_runs(evaluation_set)),
        [one.checkpoint.name for one in shown],
    )


def headline(lines: Sequence[Line]) -> str:
    """The answer that a leaderboard opens with."""
    if not lines or lines[0].result.score is None:
        return "Nobody has a score yet"
    first = lines[0].result
    if len(lines) == 1:
        return f"{first.checkpoint} scores {percent(first.score, 1)}"
    near = [one for one in lines[1:] if not one.result.behind.get("is_told")]
    if not near:
        return f"{first.checkpoint} is the best of {len(lines)}, with {percent(first.score, 1)}"
    others = str(near[0].result.checkpoint) if len(near) == 1 else f"{len(near)} others"
    return f"{first.checkpoint} and {others} cannot be told apart at the top"


def behind_words(result: EvaluationResult, place: int) -> str:
    """How far a result lies behind the best, in words."""
    told = result.behind
    if place == 1:
        return "the best" if result.score is not None else "no score"
    if "value" not in told:
        return "not compared"
    if told["low"] is None:
        return "too few prompts to compare"
    between = f"{_points(-told['high'])} to {_points(-told['low'])} points"
    return f"behind by {between}" if told["is_told"] else f"cannot be told apart ({between} behind)"


def wrong_rows(result: EvaluationResult, subset: str = "") -> QuerySet[EvaluationScore]:
    """Answers of a checkpoint that are not wholly right, in the order of the set; page them by `row_id`."""
    found = EvaluationScore.objects.filter(
        evaluation_set=result.evaluation_set_id, fingerprint=result.fingerprint, points__lt=1
    ).select_related("row")
    return found.filter(row__subset=subset) if subset else found


def wrong(score: EvaluationScore) -> Wrong:
    """One of these, as a list shows it."""
    said = str(score.row.messages[-1]["content"])
    return Wrong(score.row, score.points, score.is_abstained, said if len(said) <= EXCERPT else f"{said[:EXCERPT]}…")


def texts(row: EvaluationRow, layout: str) -> list[Text]:
    """The responses or steps of a row, with what every checkpoint of its leaderboard said about each."""
    names = dict(results(row.evaluation_set)[:MOST_RESULTS].values_list("fingerprint", "checkpoint__name"))
    scores = EvaluationScore.objects.filter(
        evaluation_set=row.evaluation_set_id, row=row, fingerprint__in=list(names)[:MOST_COLUMNS]
    )
    said = [(names[one.fingerprint], one.said) for one in scores]
    right = _right_places(row, layout)
    return [
        Text(place + 1, text, place in right, list(_about(said, place, row))) for place, text in enumerate(row.texts)
    ]


def _right_places(row: EvaluationRow, layout: str) -> set[int]:
    """Of steps all before the first error."""
    if layout != "processbench":
        return set(row.right)
    return set(range(row.right[0] if row.right else len(row.texts)))


def _about(said: Sequence[tuple[str, Mapping[str, Any]]], place: int, row: EvaluationRow) -> Iterator[tuple[str, str]]:
    for name, one in said:
        if "orders" in one:
            if place in row.right:
                own = len(one["orders"]) // len(row.right)
                start = row.right.index(place) * own
                verdicts = [verdict for each in one["orders"][start : start + own] for verdict in each]
                yield name, f"chosen in {verdicts.count(1)} of {len(verdicts)} orders"
            continue
        number = (one["steps"] if "steps" in one else one["scores"])[place]
        yield name, "nothing that can be read" if number is None else f"{number:.4g}"


def _line(place: int, one: EvaluationResult) -> Line:
    score = one.figures["score"]
    drawn = AXIS.interval(score["value"], score["low"], score["high"], one.checkpoint.name) if score else None
    missed = sum(each["wrong"] for each in one.figures["subsets"])
    silent = one.figures["abstained"] + one.figures["unanswered"]
    return Line(place, one, drawn, behind_words(one, place), missed, silent)


def _table(found: Sequence[EvaluationResult], name: str, words: str) -> list[Part]:
    """The named figures of several results side by side; each has them in the same order."""
    first = found[0].figures.get(name, []) if found else []
    return [
        Part(
            each[words],
            each.get("rows"),
            [(one.checkpoint.name, one.figures[name][place]["value"]) for one in found],
        )
        for place, each in enumerate(first)
    ]


def _open_runs(evaluation_set: EvaluationSet) -> QuerySet[Run]:
    asked = Run.objects.filter(project=evaluation_set.project_id, hook=EVALUATION, parameters__set=evaluation_set.pk)
    return asked.filter(job__state__in=OPEN).select_related("checkpoint", "job").order_by("pk")


def _points(share: float) -> str:
    """Points of a hundred with one digit and a real minus."""
    return f"{100 * share + 0.0:.1f}".replace("-", "−")

"""Versions of what a judge is told, as pages tell them: each with its words, how often it is right, and what it gains.

Every figure was counted when a trial ended (`curation.judging.reports`); nothing is counted here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.judging import EVOLVING
from curation.models import JudgeReport
from curation.preferences import Reviewed
from jobs.services import OPEN
from modelhooks.labels import Asked
from modelhooks.models import Checkpoint, JudgeVersion, Run
from modelhooks.services.instructions import version_of
from projects.models import Project
from ui.charts import Axis, Interval
from ui.differences import Change, difference
from ui.templatetags.numbers import percent, points

AXIS = Axis(0.0)
NEWEST = 10

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A version with what its newest trial says."""

    version: JudgeVersion
    report: JudgeReport | None
    drawn: Interval | None
    """How often it is right."""
    right: str
    change: str
    """What it gains over the one in use, in a sentence."""
    wins: bool
    """Whether it may take over from the one that is in use now."""
    changes: list[Change]
    """What leads from the version before to this one, word by word."""

    @property
    def source(self) -> str:
        """Where its words come from."""
        parent, run = self.version.parent, self.version.run
        if parent is None:
            return "as it was found"
        if run is not None:
            return f"written by {run.checkpoint.name} from what version {parent.number} got wrong"
        return f"written by {self.version.created_by} after version {parent.number}"

    @property
    def shown(self) -> int:
        """How many pairs its writer was shown at most."""
        return len(self.version.provenance.get("items", ()))


@dataclass(frozen=True, slots=True)
class Family:
    """All versions of one judge in a project, the newest first, held against the labels of one question."""

    judge: Checkpoint
    question: str
    questions: Sequence[Asked]
    lines: list[Line]
    open_runs: list[Run]

    @property
    def in_use(self) -> Line:
        """The one that the project uses."""
        return next(one for one in self.lines if one.version.is_in_use)

    @property
    def headline(self) -> str:
        """The answer that the page opens with."""
        better = next((one for one in self.lines if one.wins), None)
        if better is not None:
            return f"Version {better.version.number} is surely better than version {self.in_use.version.number}"
        if self.in_use.report is None:
            return "What is it told, and would other words make it better?"
        return f"Version {self.in_use.version.number} is in use, and none is shown to be better"

    @property
    def tried(self) -> list[Line]:
        """Versions of which it is known what they get wrong."""
        return [one for one in self.lines if one.report is not None]


def family(project: Project, judge: Checkpoint, question: str) -> Family:
    """The versions of this judge; where it has none yet, the judge as it was found."""
    questions = Reviewed().questions(project)
    chosen = next((one.key for one in questions if one.key == question), questions[0].key if questions else "")
    found = JudgeVersion.objects.filter(project=project, judge=judge).select_related(
        "checkpoint", "parent__checkpoint", "run__checkpoint", "created_by"
    )
    versions = list(found.order_by("-number")) or [version_of(project, judge)]
    reports = {
        one.version_id: one
        for one in JudgeReport.objects.filter(version__in=found, question=chosen).select_related("run")
    }
    in_use = next(one for one in versions if one.is_in_use)
    runs = Run.objects.filter(
        project=project, hook__in=EVOLVING, parameters__judge=judge.pk, job__state__in=OPEN
    ).select_related("job", "checkpoint")
    return Family(
        judge,
        chosen,
        questions,
        [_line(one, reports.get(one.pk), in_use) for one in versions],
        list(runs.order_by("-pk")[:NEWEST]),
    )


def report(version: JudgeVersion, question: str) -> JudgeReport | None:
    """What its newest trial on the labels of a question comes to."""
    found = JudgeReport.objects.filter(version=version.pk, question=question) if version.pk else None
    return (
        None
        if found is None
        else found.select_related("version__judge", "version__checkpoint", "project", "run").first()
    )


def _line(version: JudgeVersion, report: JudgeReport | None, in_use: JudgeVersion) -> Line:
    right = part(report)["accuracy"] if report else None
    before = version.parent.instructions if version.parent else version.instructions
    against = report.figures["against"] if report else None
    return Line(
        version,
        report,
        AXIS.interval(right["value"], right["low"], right["high"], f"Version {version.number}") if right else None,
        says(report),
        change(report),
        bool(against and against["wins"] and against["pk"] == in_use.pk and not version.is_in_use),
        difference(before, version.instructions).changes,
    )


def part(report: JudgeReport) -> Told:
    """The pairs that tell most: those that it has not seen, where there are any."""
    found: Told = report.figures["unseen" if report.figures["unseen"]["accuracy"] else "all"]
    return found


def says(report: JudgeReport | None) -> str:
    """How often it says what people say, in a sentence."""
    if report is None:
        return "It was not tried on labeled pairs yet."
    one = part(report)
    if one["accuracy"] is None:
        return "No labeled pair was left to try it on."
    of = "pairs that it was not written from" if one is report.figures["unseen"] else "pairs, all of which it has seen"
    level = f", undecided about {percent(one['level'])}" if one["level"] else ""
    return f"Right about {between(one['accuracy'])} of {one['pairs']:,} {of}{level}."


def change(report: JudgeReport | None) -> str:
    """What it gains over the version in use, in a sentence; the interval holds for all that were tried together."""
    against = report.figures["against"] if report else None
    if not against or not against["gain"]:
        return ""
    gain, among = against["gain"], against["among_all"] or against["gain"]
    bounds = "" if among["low"] is None else f" ({_whole(among['low'])} to {_whole(among['high'])})"
    turned = "gains" if gain["value"] >= 0 else "loses"
    return (
        f"Version {against['version']} was right about {percent(against['accuracy']['value'])} of {against['pairs']:,} "
        f"pairs unseen by both; this one {turned} {points(abs(gain['value']))}{bounds}, {_sure(against)}."
    )


def needed(report: JudgeReport) -> str:
    """What it would take, in a sentence."""
    rivals = len(report.figures["against"]["rivals"])
    together = f", also as one of {rivals + 1} that were tried," if rivals else ""
    return f"It takes over where its gain{together} is surely above zero on pairs that neither has seen."


def between(right: Told) -> str:
    """A share with its interval."""
    if right["low"] is None:
        return percent(right["value"])
    return f"{percent(right['value'])} ({percent(right['low'])} to {percent(right['high'])})"


def _sure(against: Told) -> str:
    among = against["among_all"] or {}
    if against["wins"] or (among.get("high") is not None and among["high"] < 0):
        return "which is no chance"
    return "which may be chance"


def _whole(share: float) -> str:
    """In points, without the word."""
    return f"{round(100 * share):d}".replace("-", "−")

"""Rubrics as pages tell them: which were written from labelled pairs, and what each criterion of a version is worth.

Every figure was counted when a run ended (`curation.rubrics.reports`); nothing is counted here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotation.models import RubricVersion
from curation.models import RubricAttempt, RubricReport
from curation.queries import rubric_people
from curation.rubrics import CONTRAST, GRADING, HYPOTHESES, REVISION, TESTING
from curation.rubrics.flags import UNSTEADY
from jobs.services import OPEN
from modelhooks.models import Checkpoint, Contract, Failure, Run
from modelhooks.queries.usage import with_cost
from projects.models import Project
from ui.charts import Axis, Interval
from ui.templatetags.numbers import percent, points

NEWEST = 50
MOST_CHILDREN = 10
AXIS = Axis(-1.0)

STANDINGS = {
    "kept": ("Tells", "good", "The preferred response meets it more often."),
    "dead": ("Decides nothing", "warn", "Nearly every response meets it, or nearly none."),
    "reversed": ("Reversed", "bad", "The rejected response meets it more often."),
    "undiscriminating": ("Not shown to tell", "warn", "Preferred and rejected responses meet it about as often."),
    "unknown": ("Too few pairs", "", "Thirty decided pairs of twenty prompts are needed to say anything."),
}
"""Word, tone and sentence of each standing (`curation.criteria.validation`)."""
OF_PITFALLS = {
    "kept": ("Tells", "good", "The rejected response falls into it more often."),
    "reversed": ("Reversed", "bad", "The preferred response falls into it more often."),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a run's pairs."""

    kept: int
    rejected: int
    unexplained: int
    """Of the rejected ones, those whose label no rubric finds again."""
    failed: int


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion with the evidence beside it; `found` is empty where no judge was asked."""

    criterion: Mapping[str, Any]
    found: Mapping[str, Any]
    drawn: Interval | None
    notes: list[str]

    @property
    def key(self) -> str:
        return str(self.criterion["key"])

    @property
    def standing(self) -> tuple[str, str, str] | None:
        """Word, tone, sentence."""
        standing = self.found.get("standing", "")
        return (OF_PITFALLS if self.is_pitfall else STANDINGS).get(standing) or STANDINGS.get(standing)

    @property
    def is_pitfall(self) -> bool:
        """Whether meeting it costs."""
        return bool(self.criterion["weight"] < 0)

    @property
    def difference(self) -> str:
        """By how much more often the preferred response meets it, or fails a pitfall: `−2 points (−17 to 13)`."""
        apart = self.found["discrimination"]
        bounds = "" if apart["low"] is None else f" ({_whole(apart['low'])} to {_whole(apart['high'])})"
        return f"{points(apart['value'])}{bounds}"

    @property
    def people(self) -> list[tuple[str, str]]:
        """How far people agree on it, and the judge with them; nothing where nobody answered it."""
        return rubric_people.facts(self.found.get("people"))

    @property
    def share(self) -> float | None:
        """What its weight would be among all, fitted to labels."""
        weight = self.found.get("weight")
        return weight["share"] if weight else None


@dataclass(frozen=True, slots=True)
class Hidden:
    """A plain feature of responses that tells what people prefer beyond the rubric."""

    sentence: str
    figures: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A version with what its newest report says."""

    version: RubricVersion
    report: RubricReport | None
    rows: list[Row]
    headline: str
    says: str
    change: str
    children: list[RubricVersion]
    """The newest versions that were made of it."""
    hidden: list[Hidden]
    """What the labels follow and no criterion names."""
    searched: int
    """In how many plain features of responses that was looked for."""
    open_runs: list[Run]

    @property
    def is_compared(self) -> bool:
        """Whether it was held against the version that it came from."""
        return bool(self.report and self.report.figures["before"])

    @property
    def is_fitted(self) -> bool:
        """Whether weights were fitted."""
        return any(row.share is not None for row in self.rows)


def writing(project: Project) -> QuerySet[Run]:
    """The runs that wrote rubrics, each with `kept`, `rejected`, `failed` and `cost`; to be ordered and paged."""

    def counted(outcome: str) -> Coalesce:
        found = RubricAttempt.objects.filter(run=OuterRef("pk"), outcome=outcome).order_by().values("run")
        return Coalesce(Subquery(found.annotate(count=Count("pk")).values("count")), 0)

    runs = Run.objects.filter(project=project, hook=CONTRAST)
    told = runs.select_related("job", "checkpoint", "created_by", "project")
    return with_cost(told.annotate(kept=counted("kept"), rejected=counted("rejected"), failed=Count("failures")))


def contrasts(project: Project) -> list[Run]:
    """The newest of them."""
    return list(writing(project).order_by("-pk")[:NEWEST])


def counts(run: Run) -> Counts:
    """What became of the run's pairs so far."""
    found = RubricAttempt.objects.filter(run=run).aggregate(
        kept=Count("pk", filter=Q(outcome="kept")),
        rejected=Count("pk", filter=Q(outcome="rejected")),
        unexplained=Count("pk", filter=Q(is_unexplained=True)),
    )
    return Counts(**found, failed=Failure.objects.filter(run=run).count())


def attempts(run: Run, outcome: str = "") -> QuerySet[RubricAttempt]:
    """The outcomes of a run, to be ordered and paged."""
    found = RubricAttempt.objects.filter(run=run).select_related("item")
    return found.filter(outcome=outcome) if outcome else found


def reasons(run: Run) -> list[tuple[str, int]]:
    """Why pairs have no rubric, the commonest first."""
    found = RubricAttempt.objects.filter(run=run, outcome="rejected").values_list("reason")
    return list(found.annotate(count=Count("pk")).order_by("-count", "reason")[:5])


def checkpoints(project: Project, contract: str) -> QuerySet[Checkpoint]:
    """Those that can be asked by this contract, as far as is known."""
    found = Checkpoint.objects.of(project).filter(contract=contract, retired_at__isnull=True)
    return found.exclude(is_healthy=False).order_by("name")


def writers(project: Project) -> QuerySet[Checkpoint]:
    """Who writes rubrics."""
    return checkpoints(project, Contract.WRITING)


def judges(project: Project) -> QuerySet[Checkpoint]:
    """Who answers them."""
    return checkpoints(project, Contract.RUBRIC)


def reports_on(version: RubricVersion) -> QuerySet[RubricReport]:
    """What judges found by a version, to be ordered and paged."""
    return RubricReport.objects.filter(version=version).select_related("checkpoint")


def reports(version: RubricVersion) -> list[RubricReport]:
    """The newest of them."""
    return list(reports_on(version).order_by("-pk")[:NEWEST])


def rivals(version: RubricVersion, fingerprint: str) -> list[RubricVersion]:
    """The other versions that came from the same one and that a judge was asked about."""
    if version.parent_id is None:
        return []
    tried = RubricReport.objects.filter(fingerprint=fingerprint).values("version")
    found = RubricVersion.objects.filter(parent=version.parent_id, pk__in=tried).exclude(pk=version.pk)
    candidates = found.exclude(run__hook=HYPOTHESES)  # guesses take nobody's place
    return list(candidates.select_related("rubric").order_by("pk"))


def evidence(version: RubricVersion, report: RubricReport | None) -> Evidence:
    """A version and each of its criteria, with a report's figures."""
    found: Mapping[str, Any] = report.figures["criteria"] if report else {}
    titles = {one["key"]: one["title"] for one in version.criteria}
    rows = [_row(one, found.get(one["key"], {}), titles) for one in version.criteria]
    searched = report.figures.get("hidden", []) if report else []
    runs = Run.objects.filter(
        Q(parameters__version=version.pk) | Q(parameters__beyond=version.pk),
        project=version.rubric.project_id,
        hook__in=[GRADING, REVISION, HYPOTHESES, TESTING],
        job__state__in=OPEN,
    )
    children = version.children.filter(rubric__project=version.rubric.project_id).select_related("rubric")
    return Evidence(
        version=version,
        report=report,
        rows=rows,
        headline=_headline(rows, report),
        says=_says(report),
        change=change(report),
        hidden=[_hidden(one, titles) for one in searched if one["is_claimed"]],
        searched=len(searched),
        children=list(children.order_by("-pk")[:MOST_CHILDREN]),
        open_runs=list(runs.select_related("job", "checkpoint").order_by("-pk")[:NEWEST]),
    )


def _row(criterion: Mapping[str, Any], found: Mapping[str, Any], titles: Mapping[str, str]) -> Row:
    apart = found.get("discrimination")
    drawn = AXIS.interval(apart["value"], apart["low"], apart["high"], criterion["title"]) if apart else None
    return Row(criterion, found, drawn, _notes(found, titles))


def _notes(found: Mapping[str, Any], titles: Mapping[str, str]) -> list[str]:
    """What a curator should know beside the standing, each a sentence."""
    notes = []
    if twin := found.get("duplicate_of"):
        notes.append(f"Says what “{titles.get(twin, twin)}” says.")
    gate = found.get("gate")
    if gate and gate["contradicts"]:
        notes.append(f"It gates, and {percent(gate['failed']['value'])} of preferred responses fail it.")
    changed = found.get("changed")
    if changed and changed["value"] > UNSTEADY:
        notes.append(f"Asked again in another order, {percent(changed['value'])} of its verdicts change.")
    coverage = found.get("coverage")
    if coverage and coverage["value"] < DECIDED:
        notes.append(f"It is decided about {percent(coverage['value'])} of responses alone.")
    return notes + rubric_people.notes(found.get("people"))


def _hidden(one: Mapping[str, Any], titles: Mapping[str, str]) -> Hidden:
    way = "More" if one["leaning"] > 0 else "Fewer"
    return Hidden(f"{way} {one['feature']} are preferred, all else as the rubric has it.", tells(one, titles))


def tells(one: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """What a candidate tells beyond the criteria with these titles, in two sentences (`rubrics.reports`)."""
    gain, hits = one["gain"], one["hits"]
    near = titles.get(one["nearest"] or "", "")
    nearness = _minus(f"{one['nearness']:+.2f}")
    beside = f" Of the criteria “{near}” goes with it most ({nearness})." if near else ""
    turned, sign = ("more", 1) if hits["value"] >= 0 else ("fewer", -1)
    low, high = sorted((sign * hits["low"], sign * hits["high"])) if hits["low"] is not None else (None, None)
    bounds = "" if low is None or high is None else f" ({_whole(low)} to {_whole(high)})"
    nats = "" if gain["low"] is None else f" ({_nats(gain['low'])} to {_nats(gain['high'])})"
    return (
        f"With it {points(abs(hits['value']))}{bounds} {turned} of unseen pairs are told rightly; a pair gains "
        f"{_nats(gain['value'])} nats{nats}.{beside}"
    )


def _nats(gain: float) -> str:
    return _minus(f"{round(gain, 3) + 0.0:.3f}")  # no zero has a sign


def _minus(number: str) -> str:
    """As it is printed."""
    return number.replace("-", "−")


DECIDED = 0.8


def _headline(rows: Sequence[Row], report: RubricReport | None) -> str:
    if report is None:
        return "Do these criteria say what people prefer?"
    telling = sum(row.found.get("standing") == "kept" for row in rows)
    known = sum(row.found.get("standing", "unknown") != "unknown" for row in rows)
    if not known:
        return "Too few labelled pairs to say what these criteria are worth"
    return f"{telling} of {len(rows)} criteria tell{'s' if telling == 1 else ''} what people prefer"


def _says(report: RubricReport | None) -> str:
    """How often the rubric is right, in a sentence."""
    if report is None:
        return ""
    part = report.figures["unseen"] if report.figures["unseen"]["accuracy"] else report.figures["all"]
    right = part["accuracy"]
    if right is None:
        return "No labelled pair was held against it."
    of = "pairs that it was not written from" if part is report.figures["unseen"] else "pairs, all of which it has seen"
    return f"Scored by it, the preferred response wins in {_between(right)} of {part['pairs']:,} {of}."


def change(report: RubricReport | None) -> str:
    """What it gains over the version before, in a sentence."""
    return change_in(report.figures["before"] if report else None)


def change_in(before: Mapping[str, Any] | None) -> str:
    """The same of what a report has of the version before; empty where it has nothing."""
    if not before or not before["gain"]:
        return ""
    gain = before["gain"]
    bounds = "" if gain["low"] is None else f" ({_whole(gain['low'])} to {_whole(gain['high'])})"
    turned = "gains" if gain["value"] >= 0 else "loses"
    sure = "which is no chance" if before["is_told"] else "which may be chance"
    return (
        f"Version {before['version']} was right in {percent(before['accuracy']['value'])} of {before['pairs']:,} "
        f"unseen pairs of both; this one {turned} {points(abs(gain['value']))}{bounds}, {sure}."
    )


def _whole(share: float) -> str:
    """In points, without the word."""
    return _minus(f"{round(100 * share):d}")


def _between(right: Mapping[str, Any]) -> str:
    if right["low"] is None:
        return percent(right["value"])
    return f"{percent(right['value'])} ({percent(right['low'])} to {percent(right['high'])})"

"""The runs of a project, and one run: how far it is, when it ends, what it took, and what it gave up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from jobs.models import State
from jobs.standing import is_delayed
from modelhooks import hooks
from modelhooks.hooks import Named
from modelhooks.models import Chunk, Failure, Run
from modelhooks.queries import usage
from projects.models import Project

NEWEST = 100
PAGE = 50
REASONS = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run has taken so far. `computed` and `reused` count what was asked, the others tokens and requests."""

    chunks: int
    chunks_done: int
    computed: int
    reused: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    requests: int
    cost: float | None  # where its server has a price; in the deployment's currency

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: a share of 1, subjects a second since this attempt began, seconds to the end; None: not known."""

    share: float | None
    rate: float | None
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """A run as its page tells it."""

    run: Run
    headline: str
    progress: Progress
    taken: Taken
    failed: int
    reasons: list[tuple[str, int]]
    outcome: list[tuple[str, int]]
    made_url: str

    @property
    def is_open(self) -> bool:
        return self.run.job.is_open

    @property
    def can_be_resumed(self) -> bool:
        return self.run.job.is_stopped

    @property
    def can_be_retried(self) -> bool:
        return bool(self.failed) and not self.is_open


@dataclass(frozen=True, slots=True)
class Lost:
    """A subject that was given up."""

    named: Named
    reason: str


@dataclass(frozen=True, slots=True)
class LostPage:
    """Some of those, and the id after which the next ones come."""

    lines: list[Lost]
    next: int | None


def newest(project: Project) -> list[Run]:
    """The hundred newest runs, each with how many subjects it gave up (`failed`) and what it has cost (`cost`)."""
    failed = Count("failures")
    found = Run.objects.filter(project=project).select_related("job", "checkpoint", "created_by")
    return list(usage.with_cost(found.annotate(failed=failed)).order_by("-pk")[:NEWEST])


def headline_of(runs: Sequence[Run]) -> str:
    """The answer that the list opens with."""
    working = sum(1 for run in runs if run.job.is_open)
    if not runs:
        return "No model was asked yet"
    if working:
        return f"{working} run{'' if working == 1 else 's'} {'is' if working == 1 else 'are'} at work"
    stopped = sum(1 for run in runs if run.job.state in {State.FAILED, State.DEAD})
    if stopped:
        return f"{stopped} of {len(runs)} run{'' if len(runs) == 1 else 's'} stopped before the end"
    return "No run is at work"


def report(run: Run, now: datetime) -> Report:
    """How a run stands, in four queries. `run` has its job and checkpoint."""
    failures = Failure.objects.filter(run=run)
    reasons = failures.values_list("reason").annotate(count=Count("pk")).order_by("-count", "reason")[:REASONS]
    failed = failures.count()
    counted = _counted(run)
    return Report(
        run=run,
        headline=headline(run, failed, now),
        progress=_progress(run, counted.pop("since_start"), now),
        taken=Taken(**counted),
        failed=failed,
        reasons=list(reasons),
        outcome=usage.outcome_of(run),
        made_url=hooks.named(run.hook).made_url(run),
    )


def headline(run: Run, failed: int, now: datetime) -> str:
    """The answer that the page opens with."""
    done, total = f"{run.job.done:,}", f"{run.job.total or 0:,}"
    match run.job.state:
        case State.QUEUED:
            return _waiting(run, f"{done} of {total}", now)
        case State.LEASED:
            return f"{done} of {total} answered so far" if run.job.total else "This run gathers what it asks about"
        case State.CANCELLED:
            return f"This run was cancelled after {done} of {total}" if run.job.total else "This run was cancelled"
        case State.FAILED | State.DEAD:
            return f"This run stopped after {done} of {total}" if run.job.total else "This run did not begin"
    return _ended(run, failed)


def _waiting(run: Run, answered: str, now: datetime) -> str:
    waits = "is delayed" if is_delayed(run.job, now) else "waits for its turn"
    return f"{answered} answered so far; the rest {waits}" if run.job.done else f"This run {waits}"


def _ended(run: Run, failed: int) -> str:
    total = run.job.total or 0
    if not total:
        return "There was nothing to ask about"
    if failed:
        return f"{failed:,} of {total:,} could not be answered"
    return f"All {total:,} are answered" if total > 1 else "The one item is answered"


def lost_page(run: Run, *, after: int = 0) -> LostPage:
    """What was given up, in the order in which it was, with names from the run's hook."""
    found = list(Failure.objects.filter(run=run, pk__gt=after).order_by("pk")[: PAGE + 1])
    rows = found[:PAGE]
    return LostPage(list(_lost(run, rows)), rows[-1].pk if len(found) > PAGE else None)


def failures(run: Run) -> QuerySet[Failure]:
    """All of it, for programs."""
    return Failure.objects.filter(run=run)


def asked_words(run: Run) -> list[tuple[str, str]]:
    """What was asked and chosen, as titles and words; filters that let everything through and no limits say nothing."""
    parameters = run.parameters
    filters = {name: value for name, value in parameters.get("filters", {}).items() if value and name != "after"}
    said = [(name.replace("_", " "), str(value)) for name, value in filters.items()]
    others = [
        (name.replace("_", " "), str(value))
        for name, value in parameters.items()
        if name not in {"filters", "form"} and (value or not name.startswith("most_"))
    ]
    return [*said, *others]


def _lost(run: Run, rows: Sequence[Failure]) -> Iterator[Lost]:
    names = hooks.named(run.hook).names(run, [row.subject for row in rows]) if rows else {}
    for row in rows:
        yield Lost(names.get(row.subject, Named(f"number {row.subject}")), row.reason)


def _counted(run: Run) -> dict[str, Any]:
    """Sums over the chunks, in one query."""
    ended = Q(finished_at__isnull=False)
    started = run.job.started_at
    since = ended & Q(finished_at__gt=started) if started else Q(pk__isnull=True)
    found = Chunk.objects.filter(run=run).aggregate(
        chunks=Count("pk"),
        chunks_done=Count("pk", filter=ended),
        computed=Sum("computed"),
        reused=Sum("reused"),
        since_start=Sum(F("subjects__len"), filter=since),
        prompt_tokens=usage.tokens("prompt_tokens"),
        completion_tokens=usage.tokens("completion_tokens"),
        cached_tokens=usage.tokens("cached_tokens"),
        requests=usage.tokens("requests"),
        cost=usage.money(),
    )
    cost = found.pop("cost")
    return {name: value or 0 for name, value in found.items()} | {"cost": cost}


def _progress(run: Run, since_start: int, now: datetime) -> Progress:
    """The pace is that of this attempt: what an earlier one did before a pause says nothing about the end."""
    job = run.job
    elapsed = (now - job.started_at).total_seconds() if job.started_at and job.state == State.LEASED else 0.0
    rate = since_start / elapsed if elapsed > 1 and since_start else None
    left = max(0, (job.total or 0) - job.done)
    return Progress(
        share=min(1.0, job.done / job.total) if job.total else None,
        rate=rate,
        seconds_left=left / rate if rate and job.total else None,
    )

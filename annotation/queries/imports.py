"""What became of a file: one sentence, how far it is, and the rows that were refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from annotation.models import Import, RefusedRow
from jobs.models import State
from jobs.standing import is_delayed
from projects.models import Project

PAGE = 100
NEWEST = 100


@dataclass(frozen=True, slots=True)
class Report:
    """An import as its page tells it."""

    run: Import
    headline: str
    share: float | None  # of the file that is read, where that can be known
    rate: float | None  # rows per second while it runs
    seconds_left: float | None

    @property
    def is_open(self) -> bool:
        return self.run.job.is_open

    @property
    def counted(self) -> str:
        """How far it is, as its reader counts."""
        return f"{self.run.rows_read:,} rows" if self.share is None else f"{100 * self.share:.0f} % of the file"

    @property
    def can_be_retried(self) -> bool:
        return self.run.job.is_stopped


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """Some refused rows, and the number after which the next ones come."""

    rows: list[RefusedRow]
    next: int | None


def newest(project: Project) -> list[Import]:
    """The hundred newest imports."""
    found = Import.objects.filter(project=project).select_related("job", "created_by")
    return list(found.order_by("-created_at", "pk")[:NEWEST])


def report(run: Import, now: datetime) -> Report:
    """How the import stands."""
    started, running = run.job.started_at, run.job.state == State.LEASED
    elapsed = (now - started).total_seconds() if started and running else 0.0
    share = min(1.0, run.byte_offset / run.file_size) if run.byte_offset and run.file_size else None
    return Report(
        run=run,
        headline=headline(run, now),
        share=share,
        rate=run.rows_read / elapsed if elapsed > 1 and run.rows_read else None,
        seconds_left=elapsed * (1 - share) / share if share and elapsed > 1 else None,
    )


def headline(run: Import, now: datetime) -> str:
    """The answer that the page opens with."""
    read = f"{run.rows_read:,} row{'' if run.rows_read == 1 else 's'}"
    match run.job.state:
        case State.QUEUED:
            waits = "is delayed" if is_delayed(run.job, now) else "waits for its turn"
            return f"{read} read so far; the rest {waits}" if run.rows_read else f"This file {waits}"
        case State.LEASED:
            return f"{read} read so far"
        case State.CANCELLED:
            return f"This import was cancelled after {read}"
        case State.FAILED | State.DEAD:
            return f"This import stopped after {read}"
    return _finished(run, read)


def _finished(run: Import, read: str) -> str:
    if not run.rows_read:
        return "There were no rows in this file"
    if run.refused:
        return f"{run.refused:,} of {read} {'was' if run.refused == 1 else 'were'} refused"
    if run.duplicate:
        return f"{run.duplicate:,} of {read} {'was' if run.duplicate == 1 else 'were'} there already"
    return f"All {read} became items" if run.rows_read > 1 else "The one row became an item"


def refused_page(run: Import, *, after: int = 0) -> RefusedPage:
    """Refused rows in the order of the file."""
    found = list(run.refused_rows.filter(number__gt=after).order_by("number")[: PAGE + 1])
    rows = found[:PAGE]
    return RefusedPage(rows, rows[-1].number if len(found) > PAGE else None)


def refused_rows(run: Import) -> Iterator[RefusedRow]:
    """All of them, as a stream."""
    found: QuerySet[RefusedRow] = run.refused_rows.order_by("number")
    return found.iterator(chunk_size=2_000)

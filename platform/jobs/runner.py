"""One attempt at a job: hold it, let its handler work, end it once."""

import traceback
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils.module_loading import import_string

from jobs import services
from jobs.heartbeat import Heartbeat
from jobs.models import Job, State
from jobs.services import Held, JobCancelled, JobDelayed, JobFailed, LeaseLost

log = structlog.get_logger(__name__)


class Progress:
    """What a handler tells while it works, and asks before it writes."""

    def __init__(self, held: Held, heartbeat: Heartbeat) -> None:
        self._held = held
        self._heartbeat = heartbeat
        self.start = held.job.done
        self.done = held.job.done
        self.has_stepped = False

    def report(self, done: int, total: int | None = None, message: str = "", *, is_part: bool = False) -> None:
        """Show how far the work is. Raises JobCancelled once someone asked for it, LeaseLost when it is not ours.

        `is_part`: the work is done in parts that count their own attempts (`services.report`).
        """
        self._require_hold()
        self.done = done
        if services.report(self._held, done=done, total=total, message=message, is_part=is_part):
            raise JobCancelled

    def confirm(self) -> None:
        """Inside the transaction that writes, first: holds the job until commit, so that no other attempt writes.

        Raises LeaseLost.
        """
        self._require_hold()
        services.confirm(self._held)

    def note_step(self) -> None:
        """Say that the next attempt will go about it in another way than this one, though `done` is what it was."""
        self.has_stepped = True

    @property
    def has_advanced(self) -> bool:
        """True if this attempt came further than the one before it."""
        return self.done > self.start

    def _require_hold(self) -> None:
        if self._heartbeat.is_lost:
            raise LeaseLost(self._held.job.pk)


Handler = Callable[[Job, Progress], str]


def execute(job_id: str) -> None:
    """Work on the job if it waits; does nothing for one that is unknown, ended, held or not due."""
    held = services.claim(job_id) if _is_uuid(job_id) else None
    if held is None:
        log.info("job.not_claimed", job=str(job_id)[:40])
        return
    notes = log.bind(job=str(held.job.pk), kind=held.job.kind, attempt=held.job.attempts)
    notes.info("job.started")
    with Heartbeat(held) as heartbeat:
        outcome = _attempt(held, Progress(held, heartbeat), notes)
    notes.info("job.ended", outcome=outcome)


def _attempt(held: Held, progress: Progress, notes: structlog.stdlib.BoundLogger) -> str:
    """Run the handler and write down how it ended; the name of the outcome."""
    try:
        message = _handler(held.job)(held.job, progress)
    except LeaseLost:
        return "lease lost"
    except JobCancelled:
        return _finish(held, State.CANCELLED, "Cancelled.")
    except JobFailed as error:
        return _finish(held, State.FAILED, str(error))
    except SoftTimeLimitExceeded:
        return _out_of_time(held, progress)
    except Exception as error:  # a worker outlives every handler
        return _give_back(held, error, notes)
    return _finish(held, State.DONE, message)


def _give_back(held: Held, error: Exception, notes: structlog.stdlib.BoundLogger) -> str:
    """Another attempt later; the sentence says why where the handler knew, else only what kind of error it was."""
    if isinstance(error, JobDelayed):
        services.give_back(held, str(error))
        return "delayed"
    # Only where and what kind: the text of an error may quote what people wrote.
    notes.error("job.broke", error=type(error).__name__, where=where(error))
    services.give_back(held, f"An unexpected error stopped it ({type(error).__name__}).")
    return "given back"


def _finish(held: Held, state: State, message: str) -> str:
    services.finish(held, state, message)
    return str(state)


def _out_of_time(held: Held, progress: Progress) -> str:
    """Long work that gets further in each turn takes another one; work that got nowhere has failed.

    In between is work that got nowhere and has learned from it: its turns count as attempts.
    """
    if progress.has_advanced or (progress.has_stepped and held.job.attempts < held.job.max_attempts):
        services.take_turns(held, "Goes on in the next turn.", is_attempt=not progress.has_advanced)
        return "next turn"
    seconds = settings.CELERY_TASK_SOFT_TIME_LIMIT
    return _finish(held, State.FAILED, f"It took longer than {seconds} seconds and was stopped.")


def _handler(job: Job) -> Handler:
    try:
        handler: Handler = import_string(settings.JOB_HANDLERS[job.kind])
    except KeyError:
        raise JobFailed(f"This worker knows no jobs of the kind {job.kind}.") from None
    return handler


def where(error: BaseException) -> str:
    """The innermost frames of an error as file:line, without its text."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


def _is_uuid(text: object) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True

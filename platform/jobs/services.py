"""Asking for work, holding it, ending it. Each verb is one transaction; the broker is never touched here."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, SmallIntegerField, Value, When
from django.db.models.functions import Now

from jobs import endings
from jobs.models import STOPPED, Job, Outbox, State

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
OPEN = (State.QUEUED, State.LEASED)


class LeaseLost(Exception):
    """Somebody else holds the job now, or it was ended; whatever this attempt did must not be written."""


class JobFailed(Exception):
    """Raised by a handler: the work cannot succeed, and the text says why to the person who asked for it."""


class JobDelayed(Exception):
    """Raised by a handler: what it needs is away, and the text says what. It is tried again after a while."""


class JobCancelled(Exception):
    """Raised by `Progress.report` once someone has asked to cancel."""


@transaction.atomic
def enqueue(
    *,
    kind: str,
    args: dict[str, Any],
    actor_id: int | None = None,
    queue: str = "default",
    max_attempts: int = 3,
    deadline: timedelta | None = None,
) -> Job:
    """Write down a piece of work and the message that will start it, in the caller's transaction."""
    job = Job.objects.create(
        kind=kind,
        args=args,
        actor_id=actor_id,
        queue=queue,
        max_attempts=max_attempts,
        deadline=Now() + deadline if deadline else None,
    )
    Outbox.objects.create(task="jobs.tasks.execute", queue=queue, args={"job_id": str(job.id)})
    return job


@dataclass(frozen=True)
class Held:
    """A job together with the fence that proves that this attempt holds it."""

    job: Job
    fence: int


@transaction.atomic
def claim(job_id: str) -> Held | None:
    """Take the job if it waits; None when it is gone, ended, held by someone, or not due yet."""
    job = (
        Job.objects.select_for_update(skip_locked=True)
        .filter(pk=job_id, state=State.QUEUED, run_after__lte=Now())
        .first()
    )
    if job is None:
        return None
    Job.objects.filter(pk=job.pk).update(
        state=State.LEASED,
        attempts=F("attempts") + 1,
        fence=F("fence") + 1,
        lease_until=Now() + LEASE,
        started_at=Now(),
        message="",
    )
    job.refresh_from_db()
    return Held(job=job, fence=job.fence)


def renew(held: Held) -> bool:
    """Push the lease's end away; False when it is no longer ours."""
    return bool(_mine(held).update(lease_until=Now() + LEASE))


def confirm(held: Held) -> None:
    """Inside a handler's transaction, before it writes: hold the job row, or raise LeaseLost."""
    if not _mine(held).select_for_update().values_list("pk", flat=True).first():
        raise LeaseLost(held.job.pk)


def report(held: Held, *, done: int, total: int | None, message: str = "", is_part: bool = False) -> bool:
    """Write how far the work is; True when someone has asked to cancel it. Raises LeaseLost.

    `is_part` is for work in parts that count their own attempts: the job's count begins anew wherever it got further.
    """
    further = Case(When(done__lt=done, then=Value(1)), default=F("attempts"), output_field=SmallIntegerField())
    if not _mine(held).update(
        done=done,
        total=total,
        message=message[:500],
        lease_until=Now() + LEASE,
        **({"attempts": further} if is_part else {}),
    ):
        raise LeaseLost(held.job.pk)
    return bool(Job.objects.filter(pk=held.job.pk, cancel_asked=True).exists())


@transaction.atomic
def finish(held: Held, state: State, message: str = "") -> None:
    """End the job, once. A late attempt ends nothing."""
    if _mine(held).update(state=state, message=message[:500], finished_at=Now(), lease_until=None):
        endings.tell([held.job.pk])


@transaction.atomic
def give_back(held: Held, message: str) -> None:
    """After an unexpected error: queue another attempt with a growing delay, or give up after the last one."""
    job = _mine(held).select_for_update().first()
    if job is None:
        return
    if job.attempts >= job.max_attempts:
        finish(held, State.DEAD, message)
        return
    _mine(held).update(
        state=State.QUEUED,
        lease_until=None,
        message=message[:500],
        run_after=Now() + timedelta(seconds=5 * 3 ** (job.attempts - 1)),
        published_at=None,
    )


def take_turns(held: Held, message: str, *, is_attempt: bool = False) -> None:
    """Queue the job behind the others to go on where it is; counted as an attempt only where it got no further."""
    _mine(held).update(
        state=State.QUEUED,
        attempts=F("attempts") if is_attempt else F("attempts") - 1,
        lease_until=None,
        message=message[:500],
        run_after=Now(),
        published_at=None,
    )


@transaction.atomic
def cancel(job_id: str) -> None:
    """Ask a job to stop: at once if it waits, at its next report if it runs."""
    Job.objects.filter(pk=job_id, state__in=OPEN).update(cancel_asked=True)
    if Job.objects.filter(pk=job_id, state=State.QUEUED).update(
        state=State.CANCELLED, finished_at=Now(), message="Cancelled before it started."
    ):
        endings.tell([job_id])


@transaction.atomic
def retry(job_id: str) -> None:
    """Give a job that failed, gave up or was cancelled a fresh set of attempts."""
    ended = Job.objects.filter(pk=job_id, state__in=STOPPED)
    if ended.update(
        state=State.QUEUED, attempts=0, finished_at=None, cancel_asked=False, run_after=Now(), published_at=None
    ):
        job = Job.objects.get(pk=job_id)
        Outbox.objects.create(task="jobs.tasks.execute", queue=job.queue, args={"job_id": str(job.id)})


def _mine(held: Held) -> Any:
    return Job.objects.filter(pk=held.job.pk, state=State.LEASED, fence=held.fence)

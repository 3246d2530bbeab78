"""Finds work that got stuck: its worker died, the broker forgot it, its time is over. Runs every few seconds."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Now

from jobs import broker, endings
from jobs.models import STOPPED, Job, Outbox, State

log = structlog.get_logger(__name__)

BATCH = 500
FORGOTTEN_AFTER = timedelta(seconds=settings.JOB_FORGOTTEN_SECONDS)  # published, not claimed, and the queue is empty
PUBLISH_AGAIN_AFTER = timedelta(seconds=settings.CELERY_VISIBILITY_TIMEOUT)  # whatever the queue looks like


def sweep() -> None:
    """One round over all open jobs. Several sweepers at once do no harm."""
    for step in (end_overdue, take_back_expired, publish_waiting):
        count = step()
        if count:
            log.info(f"sweeper.{step.__name__}", jobs=count)


@transaction.atomic
def end_overdue() -> int:
    """Fail open jobs whose deadline has passed; a worker still at it finds its fence gone."""
    overdue = _locked(Job.objects.filter(state__in=[State.QUEUED, State.LEASED], deadline__lt=Now()))
    count = Job.objects.filter(pk__in=overdue).update(
        state=State.FAILED, finished_at=Now(), lease_until=None, message="It did not end before its deadline."
    )
    endings.tell(overdue)
    return count


@transaction.atomic
def take_back_expired() -> int:
    """Queue again what a dead worker held, or give it up after its last attempt."""
    expired = _locked(Job.objects.filter(state=State.LEASED, lease_until__lt=Now()))
    held = Job.objects.filter(pk__in=expired)
    ended = {"finished_at": Now(), "lease_until": None}
    cancelled = held.filter(cancel_asked=True).update(state=State.CANCELLED, message="Cancelled.", **ended)
    used_up = held.filter(state=State.LEASED, attempts__gte=F("max_attempts"))
    dead = used_up.update(
        state=State.DEAD, message="Its worker died each time it was tried, most likely of this very work.", **ended
    )
    again = held.filter(state=State.LEASED).update(
        state=State.QUEUED,
        lease_until=None,
        run_after=Now(),
        published_at=None,
        message="Its worker died; trying again.",
    )
    if cancelled or dead:
        endings.tell(held.filter(state__in=STOPPED).values_list("pk", flat=True))
    return cancelled + dead + again


def publish_waiting() -> int:
    """Write a message for every due job that has none: its delay is over, or the broker has forgotten it."""
    silent_queues = [queue for queue in _queues_with_published() if broker.is_empty(queue)]
    return _announce(silent_queues)


@transaction.atomic
def _announce(silent_queues: list[str]) -> int:
    forgotten = Q(published_at__lt=Now() - PUBLISH_AGAIN_AFTER) | Q(
        published_at__lt=Now() - FORGOTTEN_AFTER, queue__in=silent_queues
    )
    waiting = Job.objects.filter(Q(published_at__isnull=True) | forgotten, state=State.QUEUED, run_after__lte=Now())
    messages = Outbox.objects.annotate(job_id=KeyTextTransform("job_id", "args"))
    unannounced = waiting.exclude(Exists(messages.filter(job_id=Cast(OuterRef("pk"), TextField()))))
    jobs = list(Job.objects.filter(pk__in=_locked(unannounced)))
    Outbox.objects.bulk_create(
        Outbox(task="jobs.tasks.execute", queue=job.queue, args={"job_id": str(job.pk)}) for job in jobs
    )
    return len(jobs)


def _queues_with_published() -> list[str]:
    """Queues in which some job was published long enough ago to wonder about it."""
    published = Job.objects.filter(state=State.QUEUED, run_after__lte=Now(), published_at__lt=Now() - FORGOTTEN_AFTER)
    return list(published.order_by().values_list("queue", flat=True).distinct())


def _locked(jobs: QuerySet[Job]) -> list[UUID]:
    """The ids of these jobs, held until commit; those that another transaction holds are left to it."""
    return list(
        jobs.order_by("created_at")
        .select_for_update(skip_locked=True, of=("self",))
        .values_list("pk", flat=True)[:BATCH]
    )

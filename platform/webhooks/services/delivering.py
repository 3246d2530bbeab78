"""The job of one delivery. May be killed at any line: it goes out at least once, always with the same id."""

import time

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from audit.services import record
from jobs.faults import crash_here
from jobs.models import Job
from jobs.runner import Progress
from jobs.services import JobDelayed, JobFailed
from webhooks import sending, signing
from webhooks.models import Delivery, Hook

TAKEN = range(200, 300)
MOVED = range(300, 400)
GONE = 410  # the receiver wants no more


def run(job: Job, progress: Progress) -> str:
    """Send it once more, and write down what came of it."""
    delivery = Delivery.objects.select_related("hook").filter(pk=job.args["delivery_id"]).first()
    if delivery is None:
        raise JobFailed("The webhook was removed.")
    if delivery.delivered_at:  # a worker was killed between writing so and ending the job
        return _in_words(delivery.status)
    if delivery.hook.is_paused:
        raise JobFailed("The webhook is paused.")
    status, sentence = _sent(delivery)
    crash_here("webhook_sent")
    is_taken = status in TAKEN
    is_last = job.attempts >= job.max_attempts or status == GONE
    with transaction.atomic():
        progress.confirm()
        Delivery.objects.filter(pk=delivery.pk).update(
            tries=F("tries") + 1, tried_at=Now(), status=status, delivered_at=Now() if is_taken else None
        )
        if is_last and not is_taken:
            _pause(delivery, status, sentence)
    crash_here("webhook_noted")
    if is_taken:
        return sentence
    raise JobFailed(sentence) if is_last else JobDelayed(sentence)


def _sent(delivery: Delivery) -> tuple[int | None, str]:
    body = delivery.body.encode()
    signed = signing.headers(delivery.hook.salt, message_id=str(delivery.pk), timestamp=int(time.time()), body=body)
    said = {"Content-Type": "application/json", "User-Agent": f"Goldpan-Webhooks/{settings.VERSION}", **signed}
    try:
        status = sending.post(delivery.hook.url, said, body)
    except sending.NotSent as error:
        return None, str(error)
    return status, _in_words(status)


def _in_words(status: int | None) -> str:
    if status in MOVED:
        return f"The host answered {status}; redirects are not followed."
    return f"The host answered {status}."


def _pause(delivery: Delivery, status: int | None, sentence: str) -> None:
    """A host that took nothing while this was tried hours long is left alone, until somebody says otherwise."""
    if Delivery.objects.filter(hook=delivery.hook_id, delivered_at__gt=delivery.created_at).exists():
        return
    reason = f"Nothing was taken while {delivery.event} was tried again and again. The last reason: {sentence}"
    if status == GONE:
        reason = f"{sentence} By that it says that it wants no more."
    paused = Hook.objects.filter(pk=delivery.hook_id, paused_at__isnull=True)
    if paused.update(paused_at=Now(), pause_reason=reason[:300]):
        record(
            "webhook.paused",
            subject=f"webhook:{delivery.hook_id}",
            project_id=delivery.hook.project_id,
            detail={"event": delivery.event},
        )

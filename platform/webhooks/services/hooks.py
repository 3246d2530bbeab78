"""Adding webhooks, and everything that owners do with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now

from accounts import limits
from audit.services import record
from jobs import services as jobs
from jobs.models import Job
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal
from webhooks import addresses, signing
from webhooks.addresses import AddressRefused
from webhooks.models import TEST, Delivery, Event, Hook, new_salt
from webhooks.services.announcing import queue

MOST = 10  # of one project


class HookRefused(Refusal):
    """The webhook cannot be added or used; the text says why."""

    status = 422
    title = "This webhook cannot be used"


@dataclass(frozen=True)
class Made:
    """A webhook and its secret, which is shown this once."""

    hook: Hook
    secret: str


@transaction.atomic
def add(place: Place, *, url: str, events: Sequence[str]) -> Made:
    """Tell this address of these events from now on. Raises HookRefused and `limits.TooMany`."""
    limits.spend("webhook", user_id=place.user.pk, project_id=place.project.pk)
    try:
        host = addresses.target(url).host
    except AddressRefused as error:
        raise HookRefused(str(error), errors={"url": [str(error)]}) from None
    chosen = [event for event in Event.values if event in events]
    if not chosen:
        raise HookRefused("Choose at least one event.", errors={"events": ["Choose at least one event."]})
    Project.objects.select_for_update(no_key=True).get(pk=place.project.pk)  # so that racers count right
    if Hook.objects.filter(project=place.project).count() >= MOST:
        raise HookRefused(f"A project has at most {MOST} webhooks. Remove one first.")
    hook = Hook.objects.create(project=place.project, url=url, events=chosen, created_by=place.user)
    # Only the host: a path may hold a key of the receiver's.
    _record(place, hook, "webhook.added", host=host, events=chosen)
    return Made(hook, signing.secret_of(hook.salt))


@transaction.atomic
def renew_secret(place: Place, hook: Hook) -> Made:
    """A new secret; the old one signs nothing from now on, and what waits goes out under the new one."""
    limits.spend("webhook", user_id=place.user.pk, project_id=place.project.pk)
    hook.salt = new_salt()
    hook.save(update_fields=["salt"])
    _record(place, hook, "webhook.secret")
    return Made(hook, signing.secret_of(hook.salt))


@transaction.atomic
def pause(place: Place, hook: Hook) -> None:
    """Tell it nothing until `resume`. What waits is not sent."""
    if Hook.objects.filter(pk=hook.pk, paused_at__isnull=True).update(paused_at=Now(), pause_reason=""):
        _record(place, hook, "webhook.paused")


@transaction.atomic
def resume(place: Place, hook: Hook) -> None:
    """Tell it again what happens from now on. What it missed can be sent again one by one."""
    if Hook.objects.filter(pk=hook.pk, paused_at__isnull=False).update(paused_at=None, pause_reason=""):
        _record(place, hook, "webhook.resumed")


@transaction.atomic
def remove(place: Place, hook: Hook) -> None:
    """For good, with its history. What waits is not sent."""
    for job_id in Delivery.objects.filter(hook=hook).values_list("job_id", flat=True):
        jobs.cancel(str(job_id))
    _record(place, hook, "webhook.removed")
    hook.delete()


@transaction.atomic
def test(place: Place, hook: Hook) -> Delivery:
    """Send it an event that means nothing. Raises HookRefused and `limits.TooMany`."""
    limits.spend("webhook", user_id=place.user.pk, project_id=place.project.pk)
    _require_on(hook)
    return queue(hook, TEST, {"project": place.project.slug})


@transaction.atomic
def send_again(place: Place, delivery: Delivery) -> None:
    """Another set of tries for one that nobody took, with the same id. Raises HookRefused and `limits.TooMany`."""
    limits.spend("webhook", user_id=place.user.pk, project_id=place.project.pk)
    _require_on(delivery.hook)
    if not Job.objects.select_for_update().get(pk=delivery.job_id).is_stopped:
        raise HookRefused("It was taken already, or it is still being tried.")
    jobs.retry(str(delivery.job_id))
    _record(place, delivery.hook, "webhook.sent_again", delivery=str(delivery.pk))


def _require_on(hook: Hook) -> None:
    if hook.is_paused:
        raise HookRefused("The webhook is paused. Resume it first.")
    try:
        addresses.target(hook.url)
    except AddressRefused as error:
        raise HookRefused(str(error)) from None


def _record(place: Place, hook: Hook, verb: str, **detail: object) -> None:
    record(verb, subject=f"webhook:{hook.pk}", actor_id=place.user.pk, project_id=place.project.pk, detail=detail)

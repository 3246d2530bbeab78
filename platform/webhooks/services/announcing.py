"""Telling programs elsewhere what has happened: written down in the caller's transaction, sent by jobs."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone

from jobs.services import enqueue
from webhooks import addresses
from webhooks.models import Delivery, Hook

KIND = "webhook"
TRIES = 9  # 5 seconds after the first one, three times as long after each: nine take four and a half hours


def announce(project_id: int, event: str, subject: Callable[[], Mapping[str, Any]]) -> None:
    """Queue the event for every hook of the project that listens to it. Calls nobody, and costs one query if none
    does. `subject` makes JSON that members of the project may see, never what people wrote. It is called only where
    somebody listens: the first address that a worker asks for loads every page, which are 40 MB."""
    if not addresses.are_on():
        return
    hooks = list(Hook.objects.listening(project_id, event))
    told = subject() if hooks else {}
    for hook in hooks:
        queue(hook, event, told)


def queue(hook: Hook, event: str, subject: Mapping[str, Any]) -> Delivery:
    """The event for this hook, with its bytes fixed now."""
    delivery = Delivery(hook=hook, event=event)
    told = {"type": event, "timestamp": timezone.now().isoformat(), "data": dict(subject)}
    delivery.body = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    delivery.job = enqueue(kind=KIND, args={"delivery_id": str(delivery.pk)}, max_attempts=TRIES)
    delivery.save(force_insert=True)
    return delivery

"""Webhooks, found only through their project. Each function returns one or raises 404."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from projects.access import Place
from webhooks.models import Delivery, Hook


def hook(place: Place, hook_id: int) -> Hook:
    return get_object_or_404(Hook, pk=hook_id, project=place.project)


def delivery(place: Place, hook_id: int, delivery_id: UUID) -> Delivery:
    """A delivery of this hook, with both."""
    found = Delivery.objects.select_related("hook", "job")
    return get_object_or_404(found, pk=delivery_id, hook_id=hook_id, hook__project=place.project)

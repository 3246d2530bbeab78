"""What the page of webhooks shows."""

from dataclasses import dataclass

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from projects.models import Project
from webhooks.models import Delivery, Hook

SHOWN = 20  # deliveries of each hook


@dataclass(frozen=True, slots=True)
class Shown:
    """A hook with its newest deliveries."""

    hook: Hook
    deliveries: list[Delivery]


def hooks_of(project: Project) -> list[Shown]:
    """Every hook of a project, in two queries."""
    by_age = Window(RowNumber(), partition_by=[F("hook_id")], order_by=[F("created_at").desc(), F("pk").desc()])
    newest = Delivery.objects.filter(hook__project=project).annotate(place=by_age).filter(place__lte=SHOWN)
    by_hook: dict[int, list[Delivery]] = {}
    for delivery in newest.select_related("job").order_by("hook_id", "-created_at", "-pk"):
        by_hook.setdefault(delivery.hook_id, []).append(delivery)
    hooks = Hook.objects.filter(project=project).select_related("created_by").order_by("pk")
    return [Shown(hook, by_hook.get(hook.pk, [])) for hook in hooks]

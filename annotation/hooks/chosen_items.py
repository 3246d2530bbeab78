"""The items that a run is about: those that its filters let through, in an order that never changes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse

from annotation.models import Item
from annotation.queries.items import Filters, ids_of
from modelhooks.hooks import Named
from modelhooks.models import Run

IDS_AT_ONCE = 5_000
ALL = Q()


def chosen(
    run: Run, length: Any, *, only: Q = ALL, of_group: Callable[[str], bool] | None = None
) -> Iterator[tuple[int, int]]:
    """The id of each, up to the run's limit, and its length by this expression; of those alone that `only` fits, and
    whose group of prompts `of_group` lets through."""
    filters, left = Filters(**run.parameters["filters"]), run.parameters["limit"]
    while left > 0:
        ids = list(ids_of(run.project, filters)[:IDS_AT_ONCE])
        if not ids:
            return
        rows = Item.objects.filter(only, pk__in=ids).order_by("pk").values_list("pk", length, "group")
        found = [(pk, size) for pk, size, group in rows if of_group is None or of_group(group)][:left]
        yield from found
        filters, left = filters.following(ids[-1]), left - len(found)


def items_of(run: Run, ids: Sequence[int]) -> list[Item]:
    """Those of the run's project with these ids."""
    return list(Item.objects.filter(project=run.project_id, pk__in=ids).order_by("pk"))


def named(run: Run, ids: Sequence[int]) -> Mapping[int, Named]:
    """Items by their keys."""
    found = Item.objects.filter(project=run.project_id, pk__in=ids).values_list("pk", "key")
    slug = run.project.slug
    return {pk: Named(key, reverse("annotation:item", args=[slug, pk])) for pk, key in found}

"""Clusters of prompts as pages and programs tell them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from annotation.queries.items import briefly
from curation.models import PromptClusters
from modelhooks.models import Run


@dataclass(frozen=True, slots=True)
class Near:
    """A prompt near the center of a cluster."""

    item: int
    key: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Prompts that are about nearly the same."""

    number: int
    prompts: int
    items: int
    stability: float
    nearest: Sequence[Near]


def groupings(run: Run) -> QuerySet[PromptClusters]:
    """Those of a run, to be ordered and paged."""
    return PromptClusters.objects.filter(run=run).select_related("job")


def clusters(groupings: Sequence[PromptClusters]) -> dict[int, list[Cluster]]:
    """By grouping; in one query."""
    near = {item for one in groupings for each in one.found for item in each["nearest"]}
    known = {row["pk"]: Near(row["pk"], row["key"], row["prompt"] or "") for row in briefly(sorted(near))}
    return {
        one.pk: [
            Cluster(
                each["number"],
                each["prompts"],
                len(each["items"]),
                each["stability"],
                [known[item] for item in each["nearest"] if item in known],
            )
            for each in one.found
        ]
        for one in groupings
    }

"""The job that groups the prompts of which a run kept a rubric. May be killed at any line: what is embedded is kept,
and the groups are written in one go."""

import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from annotation import opinions
from annotation.models import Item
from curation.criteria.clusters import TooFewPoints, clusters
from curation.models import PromptClusters, RubricAttempt
from jobs.models import Job
from jobs.runner import Progress
from jobs.services import JobFailed
from modelhooks import embedders
from modelhooks.embedders import Embedder
from modelhooks.errors import LoadRefused
from modelhooks.head.pairs import Vectors
from modelhooks.judging.fences import texts_of
from modelhooks.models import Run
from modelhooks.services.embeddings import vectors

MOST_PROMPTS = 30_000  # those of others belong to no cluster
AT_ONCE = 64
NEAREST = 3
TURN = 0.8  # of the time that a job may take; then others have theirs
Prompts = Mapping[str, Sequence[int]]
"""Digest of a prompt's text to the items that have it."""


def run(job: Job, progress: Progress) -> str:
    """Embed the prompts, group them, and write the groups down."""
    asked = PromptClusters.objects.select_related("run__project").get(pk=job.args["clusters_id"])
    if asked.finished_at:
        return _answer(asked)
    until = time.monotonic() + TURN * settings.CELERY_TASK_SOFT_TIME_LIMIT
    embedder = _embedder(asked.embedder)
    prompts = _prompts(asked.run)
    points = _embedded(embedder, prompts, progress, until)
    progress.report(len(prompts), len(prompts), "Grouping prompts.", is_part=True)
    asked.found, asked.silhouette = _grouped(prompts, points, asked.most)
    with transaction.atomic():
        progress.confirm()
        PromptClusters.objects.filter(pk=asked.pk, finished_at__isnull=True).update(
            found=asked.found,
            silhouette=asked.silhouette,
            fingerprint=embedder.fingerprint,
            finished_at=Now(),
        )
    return _answer(asked)


def _answer(asked: PromptClusters) -> str:
    return f"{len(asked.found)} clusters of {sum(one['prompts'] for one in asked.found):,} prompts."


def _embedder(name: str) -> Embedder:
    try:
        return embedders.load(name)
    except LoadRefused as error:
        raise JobFailed(str(error)) from None


def _prompts(written: Run) -> Prompts:
    """Of the items of which a rubric was kept; in the order of the digests, so that no other order matters."""
    kept = RubricAttempt.objects.filter(run=written, outcome=RubricAttempt.Outcome.KEPT).values("item")
    found: dict[str, list[int]] = {}
    for item in Item.objects.filter(pk__in=kept).only("messages").order_by("pk").iterator(chunk_size=500):
        found.setdefault(sha256(_text(item).encode("utf-8", "surrogatepass")).hexdigest(), []).append(item.pk)
    return dict(sorted(found.items())[:MOST_PROMPTS])


def _text(item: Item) -> str:
    return "\n".join(texts_of(opinions.prompt_of(item)))


def _embedded(embedder: Embedder, prompts: Prompts, progress: Progress, until: float) -> Vectors:
    """(n, d), chunk by chunk; each chunk is kept before the next begins."""
    items = [of_text[0] for of_text in prompts.values()]
    found = np.zeros((len(items), embedder.dimensions), np.float32)
    for start in range(0, len(items), AT_ONCE):
        progress.report(start, len(items), "Embedding prompts.", is_part=True)
        if time.monotonic() > until and progress.has_advanced:
            raise SoftTimeLimitExceeded  # by ourselves, between two chunks: nothing is in flight
        some = Item.objects.only("messages").in_bulk(items[start : start + AT_ONCE])
        texts = [_text(some[one]) for one in items[start : start + AT_ONCE]]
        found[start : start + len(texts)] = vectors(embedder, texts)
    return found


def _grouped(prompts: Prompts, points: Vectors, most: int) -> tuple[list[dict[str, Any]], float]:
    try:
        grouped = clusters(points.astype(float), most=most)
    except TooFewPoints as few:
        raise JobFailed(f"Too few prompts have a rubric that was kept. {few}") from None
    items = list(prompts.values())
    found = []
    for label in range(len(grouped.stability)):
        members = np.flatnonzero(grouped.labels == label)
        nearest = members[np.argsort(-np.round(grouped.nearness[members], 9), kind="stable")][:NEAREST]
        found.append({
            "number": label + 1,
            "items": sorted(item for one in members.tolist() for item in items[one]),
            "prompts": len(members),
            "stability": float(grouped.stability[label]),
            "nearest": [items[one][0] for one in nearest.tolist()],
        })  # fmt: skip
    return [one for one in found if one["prompts"]], grouped.silhouette

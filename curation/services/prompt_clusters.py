"""Grouping the prompts of a run that wrote rubrics, and making a rubric of one group. `clustering` does the work."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Func, Value

from accounts import limits
from annotation.models import Item, RubricVersion
from annotation.services.rubrics import RubricRefused
from audit.services import record
from curation.models import PromptClusters
from curation.services import rubric_drafts, rubric_runs
from jobs import services as jobs
from jobs.models import Job
from jobs.services import OPEN
from modelhooks.embedders import EMBEDDERS
from modelhooks.models import Checkpoint, Run
from modelhooks.services.runs import RunRefused
from projects.access import Place

ATTEMPTS = 4  # each goes on where the last one died, since what was embedded is kept
FEWEST, MOST = 2, 50


@transaction.atomic
def start(place: Place, run: Run, *, embedder: str, most: int) -> PromptClusters:
    """Queue the grouping; the one that is open where the same was asked. Raises RunRefused and `limits.TooMany`."""
    if embedder not in EMBEDDERS:
        raise RunRefused(f"Known embedders are {', '.join(EMBEDDERS)}.")
    if not FEWEST <= most <= MOST:
        raise RunRefused(f"Prompts are put into {FEWEST} to {MOST} clusters at most.")
    Run.objects.select_for_update(no_key=True).get(pk=run.pk)  # two who press at once start one
    same = PromptClusters.objects.filter(run=run, embedder=embedder, most=most, job__state__in=OPEN)
    if earlier := same.select_related("job").first():
        return earlier
    limits.spend("run", user_id=place.user.pk, project_id=place.project.pk)
    job = jobs.enqueue(
        kind="prompt-clusters",
        args={},
        actor_id=place.user.pk,
        queue=EMBEDDERS[embedder].queue,
        max_attempts=ATTEMPTS,
    )
    made = PromptClusters.objects.create(run=run, job=job, embedder=embedder, most=most, created_by=place.user)
    Job.objects.filter(pk=job.pk).update(args={"clusters_id": made.pk})
    return made


@transaction.atomic
def gather(place: Place, clusters: PromptClusters, *, number: int, name: str, most: int) -> RubricVersion:
    """A draft of the criteria with the most prompts behind them, for the items of one cluster. Raises RubricRefused."""
    slice_ = _slice(place, clusters, number)
    return rubric_drafts.gather(place, runs=[clusters.run], name=name, most=most, sliced_by=slice_)


@transaction.atomic
def merge(place: Place, clusters: PromptClusters, *, number: int, checkpoint: Checkpoint, name: str, most: int) -> Run:
    """Queue a run in which a writer words the rubric of one cluster. Raises RubricRefused, RunRefused."""
    slice_ = _slice(place, clusters, number)
    return rubric_runs.merge(place, written=clusters.run, checkpoint=checkpoint, name=name, most=most, sliced_by=slice_)


def tag_of(clusters: PromptClusters, number: int) -> str:
    """What items are tagged with whose cluster has a rubric."""
    return f"cluster-{clusters.pk}-{number}"


def _slice(place: Place, clusters: PromptClusters, number: int) -> Mapping[str, str]:
    """The items of the cluster as a slice: they are tagged, once. A slice is said by what items have, not by a list."""
    found: Mapping[str, Any] | None = next((one for one in clusters.found if one["number"] == number), None)
    if found is None:
        raise RubricRefused("cluster", "There is no such cluster, or not yet.")
    tag = tag_of(clusters, number)
    without = Item.objects.filter(project=place.project, pk__in=found["items"]).exclude(tags__contains=[tag])
    if tagged := without.update(tags=Func(F("tags"), Value(tag), function="array_append")):
        record(
            "items.tagged",
            subject=f"run:{clusters.run_id}",
            actor_id=place.user.pk,
            project_id=place.project.pk,
            detail={"tag": tag, "items": tagged},
        )
    return {"tag": tag}

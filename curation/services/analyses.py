"""Asking for a look at all labels of a project. The work is `curation.services.analyzing`."""

from django.db import transaction
from django.db.models import Max

import audit.services as audit
from accounts import limits
from curation import overturns, removals
from curation.models import Analysis
from curation.snapshot import last_annotation
from jobs.models import Job, State
from jobs.services import enqueue
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal

OPEN = (State.QUEUED, State.LEASED)


class NothingToAnalyze(Refusal):
    """There are no labels to look at."""

    status = 409
    title = "There is nothing to look at yet"

    def __init__(self) -> None:
        super().__init__("Nobody has labeled anything in this project yet.")


@transaction.atomic
def start(place: Place, *, planted: bool = False) -> Analysis:
    """Queue a look at all labels as they stand; the one that waits or works already, where there is one.

    With `planted` it also tests on flipped labels whether what a detector proposes may be dropped.
    Raises NothingToAnalyze and `limits.TooMany`.
    """
    project = Project.objects.select_for_update(no_key=True).get(pk=place.project.pk)
    found = at_work(project)
    if found:
        return found
    limits.spend("analysis", user_id=place.user.pk, project_id=project.pk)
    return queue(project, Analysis.Reason.ASKED, place.user.pk, planted=planted)


def at_work(project: Project) -> Analysis | None:
    """The one that waits or works."""
    return Analysis.objects.filter(project=project, job__state__in=OPEN).select_related("job").first()


def queue(project: Project, reason: Analysis.Reason, actor_id: int | None, *, planted: bool = False) -> Analysis:
    """Queue one in a transaction that holds the project's row, in which nothing is at work. Raises NothingToAnalyze."""
    removals.lock(project)
    last_review = overturns.newest(project)  # first: what an overturn answers is committed with it
    last = last_annotation(project)
    if last is None:
        raise NothingToAnalyze
    newest = Analysis.objects.filter(project=project).aggregate(newest=Max("number"))["newest"] or 0
    job = enqueue(kind="analysis", args={}, queue="cpu", actor_id=actor_id)
    analysis = Analysis.objects.create(
        project=project,
        number=newest + 1,
        job=job,
        reason=reason,
        last_annotation=last,
        last_review=last_review,
        parameters={"seed": 0, **({"planted": True} if planted else {})},
        created_by_id=actor_id,
    )
    Job.objects.filter(pk=job.pk).update(args={"analysis_id": analysis.pk})
    audit.record(
        "analysis.asked",
        subject=f"analysis:{analysis.pk}",
        actor_id=actor_id,
        project_id=project.pk,
        detail={"number": analysis.number, "last_annotation": last, "reason": reason},
    )
    return analysis

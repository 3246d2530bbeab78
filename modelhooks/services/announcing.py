"""Telling webhooks how a run ended, in the transaction that ends its job."""

from functools import partial
from typing import Any

from django.urls import reverse

from jobs.models import Job, State
from modelhooks.models import Run
from webhooks.models import Event
from webhooks.services.announcing import announce

EVENTS = {State.DONE: Event.RUN_FINISHED, State.CANCELLED: Event.RUN_CANCELLED}


def ended(job: Job) -> None:
    """Whatever ended it. A run that goes on after its end is told of again when it ends again."""
    run = Run.objects.select_related("project").filter(job=job).first()
    if run is None:
        return
    announce(run.project_id, EVENTS.get(State(job.state), Event.RUN_FAILED), partial(_told, run, job))


def _told(run: Run, job: Job) -> dict[str, Any]:
    return {
        "project": run.project.slug,
        "run": run.pk,
        "hook": run.hook,
        "question": run.question,
        "state": str(job.state),
        "message": job.message,
        "address": reverse("api-run", kwargs={"run_id": run.pk}),
    }

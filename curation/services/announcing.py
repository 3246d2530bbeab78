"""Telling webhooks how a release ended, in the transaction that ends its job."""

from functools import partial
from typing import Any

from django.urls import reverse

from curation.models import Release
from jobs.models import Job, State
from webhooks.models import Event
from webhooks.services.announcing import announce


def ended(job: Job) -> None:
    """Whatever ended it; a release that was cancelled has failed, and its `state` says how."""
    release = Release.objects.select_related("project").filter(job=job).first()
    if release is None:
        return
    event = Event.RELEASE_FROZEN if job.state == State.DONE else Event.RELEASE_FAILED
    announce(release.project_id, event, partial(_told, release, job))


def _told(release: Release, job: Job) -> dict[str, Any]:
    return {
        "project": release.project.slug,
        "release": str(release.pk),
        "number": release.number,
        "state": str(job.state),
        "message": job.message,
        "address": reverse("api-release", kwargs={"release_id": release.pk}),
    }

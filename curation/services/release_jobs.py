"""Stopping a release that is being written, and giving one that stopped another try."""

from django.db import transaction

import audit.services as audit
from curation.models import Release
from jobs import services as jobs
from projects.access import Place


@transaction.atomic
def cancel(place: Place, release: Release) -> None:
    """Stop at the next batch. Nothing of it is kept."""
    jobs.cancel(str(release.job_id))
    _record(place, "release.cancel", release)


@transaction.atomic
def retry(place: Place, release: Release) -> None:
    """Write the same release of the same annotations once more."""
    jobs.retry(str(release.job_id))
    _record(place, "release.retry", release)


def _record(place: Place, verb: str, release: Release) -> None:
    audit.record(verb, subject=f"release:{release.pk}", actor_id=place.user.pk, project_id=place.project.pk)

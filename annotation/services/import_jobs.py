"""Stopping an import, and giving one that stopped another try."""

from django.db import transaction

from annotation.models import Import
from audit.services import record
from jobs import services as jobs
from projects.access import Place


@transaction.atomic
def cancel(place: Place, run: Import) -> None:
    """Stop at the next batch. Rows that are in stay in."""
    jobs.cancel(str(run.job_id))
    _record(place, "import.cancel", run)


@transaction.atomic
def retry(place: Place, run: Import) -> None:
    """Go on after the last row that was accounted for."""
    jobs.retry(str(run.job_id))
    _record(place, "import.retry", run)


def _record(place: Place, verb: str, run: Import) -> None:
    audited = {"rows_read": run.rows_read}
    record(verb, subject=f"import:{run.pk}", actor_id=place.user.pk, project_id=place.project.pk, detail=audited)

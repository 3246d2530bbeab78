"""Telling the floor above that a job of its kind has ended, in the transaction that ends it.

`settings.JOB_ENDINGS` names for a kind what is called with the job. Whatever goes wrong there, the job has ended.
"""

from collections.abc import Iterable
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from jobs.models import Job

log = structlog.get_logger(__name__)


def tell(job_ids: Iterable[UUID | str]) -> None:
    """Call what the kinds of these jobs have named, each in a savepoint of its own."""
    for job in Job.objects.filter(pk__in=list(job_ids), kind__in=list(settings.JOB_ENDINGS)):
        try:
            with transaction.atomic():
                import_string(settings.JOB_ENDINGS[job.kind])(job)
        except Exception as error:  # a job that cannot end is worse than one of whose end nobody is told
            log.warning("job.ending_broke", job=str(job.pk), kind=job.kind, error=type(error).__name__)

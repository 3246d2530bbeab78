"""Waiting for a job's end on the command line, where somebody may have no worker running."""

import time

from django.utils import timezone

from jobs import runner
from jobs.models import Job, State

PAUSE = 0.5  # seconds between two looks at a job that a worker holds


class StillOpen(Exception):
    """The time to wait is over. The job goes on."""


def to_its_end(job: Job, *, does_work: bool, seconds: float) -> Job:
    """The job once it has ended; worked on here while no worker holds it, if wanted. Raises StillOpen."""
    deadline = time.monotonic() + seconds
    while (now := Job.objects.get(pk=job.pk)).is_open:
        if time.monotonic() > deadline:
            raise StillOpen
        if does_work and now.state == State.QUEUED and now.run_after <= timezone.now():
            runner.execute(str(now.pk))
        else:
            time.sleep(PAUSE)
    return now

"""Jobs that misbehave. Their one effect is an audit event, written only by the attempt that holds the job."""

import os
import resource
import signal
import time

import psutil
from django.db import transaction

from audit import services as audit
from jobs.models import Job
from jobs.runner import Progress
from jobs.services import JobFailed

MORE, CHUNK = 256 * 2**20, 16 * 2**20  # bytes
SECRET_WORDS = "the answer that somebody typed"


def once(job: Job, progress: Progress) -> str:
    """The smallest honest handler: whatever happened before, its effect is there once."""
    with transaction.atomic():
        progress.confirm()
        _leave_effect(job)
    return "Done once."


def slow(job: Job, progress: Progress) -> str:
    """Works for `args["seconds"]`, telling how far it is, then leaves its effect."""
    seconds = float(job.args["seconds"])
    started = time.monotonic()
    while (passed := time.monotonic() - started) < seconds:
        progress.report(int(100 * passed / seconds), 100)
        time.sleep(0.05)
    return once(job, progress)


def poison(job: Job, progress: Progress) -> str:
    """Kills its own process, every time."""
    os.kill(os.getpid(), signal.SIGKILL)
    return "Survived."


def greedy(job: Job, progress: Progress) -> str:
    """Takes memory until it gets no more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + MORE, hard))
    try:
        held = [bytearray(CHUNK) for _ in range(MORE // CHUNK * 2)]
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    return f"Got {len(held)} chunks."


def stuck(job: Job, progress: Progress) -> str:
    """Gets nowhere until it is stopped."""
    time.sleep(600)
    return "Woke up."


def turns(job: Job, progress: Progress) -> str:
    """Gets one step further in each turn, and is out of time in all but the last."""
    progress.report(job.done + 1, 3)
    if job.done + 1 < 3:
        time.sleep(600)
    return once(job, progress)


def broken(job: Job, progress: Progress) -> str:
    """Raises an error whose text quotes what somebody typed."""
    raise ValueError(SECRET_WORDS)


def refused(job: Job, progress: Progress) -> str:
    """Says why it cannot succeed."""
    raise JobFailed("The file is empty.")


def _leave_effect(job: Job) -> None:
    audit.record("probe.effect", subject=f"job:{job.pk}")

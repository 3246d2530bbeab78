"""Starting a run, stopping it, and trying again what it gave up."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from audit.services import record
from jobs import services as jobs
from jobs.models import Job, State
from modelhooks.catalog import BACKENDS, queue_of
from modelhooks.models import Checkpoint, Chunk, Failure, Run
from modelhooks.pricing import prices_of
from projects.access import Place
from ui.problems import Refusal

# A death without anything done in between halves a chunk or counts against one subject; a few more than that are odd.
ATTEMPTS_OF_THE_JOB = 6
TAKE_OUT = """
UPDATE modelhooks_chunk SET subjects = ARRAY(SELECT unnest(subjects) EXCEPT SELECT unnest(%s::bigint[]))
WHERE run_id = %s AND subjects && %s::bigint[]
"""


class RunRefused(Refusal):
    """The run cannot be started, or not now; the text says why."""

    status = 422
    title = "This run cannot be started"


@transaction.atomic
def start(
    place: Place,
    *,
    hook: str,
    checkpoint: Checkpoint,
    question: str = "",
    parameters: Mapping[str, Any] | None = None,
    is_trial: bool = False,
) -> Run:
    """Queue a run. Raises RunRefused for a checkpoint that is retired or was found broken, and but for a trial for a
    version of a judge that the project does not use."""
    if checkpoint.project_id not in {None, place.project.pk}:
        raise RunRefused(f"{checkpoint.name} belongs to another project, and answers nowhere else.")
    if checkpoint.retired_at:
        raise RunRefused(f"{checkpoint.name} is retired; choose another checkpoint.")
    if not (is_trial or Checkpoint.objects.of(place.project).filter(pk=checkpoint.pk).exists()):
        raise RunRefused(f"{checkpoint.name} is a version of a judge that is not in use here; it is only tried.")
    if checkpoint.is_healthy is False:
        raise RunRefused(f"{checkpoint.name} did not pass its check: {checkpoint.health}")
    if (parameters or {}).get("most_cost") and not prices_of(checkpoint).are_known:
        raise RunRefused(f"{checkpoint.name} has no price, so no limit of money can be kept. Limit its tokens.")
    job = jobs.enqueue(
        kind="run",
        args={},
        actor_id=place.user.pk,
        queue=queue_of(checkpoint.backend, checkpoint.options),
        max_attempts=ATTEMPTS_OF_THE_JOB,
    )
    run = Run.objects.create(
        project=place.project,
        hook=hook,
        checkpoint=checkpoint,
        question=question,
        parameters=dict(parameters or {}),
        job=job,
        created_by=place.user,
    )
    Job.objects.filter(pk=job.pk).update(args={"run_id": run.pk})
    _record(place, run, "run.started")
    return run


@transaction.atomic
def cancel(place: Place, run: Run) -> None:
    """Ask it to stop after the chunk that is computed now. What it stored stays."""
    jobs.cancel(str(run.job_id))
    _record(place, run, "run.cancelled")


@transaction.atomic
def resume(place: Place, run: Run) -> None:
    """Go on with what is left of a run that was cancelled, failed or gave up, with attempts as at the start.

    Raises RunRefused for one that is at work, or done.
    """
    if not Job.objects.select_for_update().get(pk=run.job_id).is_stopped:
        raise RunRefused("There is nothing to go on with: the run is at work, or done.")
    Chunk.objects.filter(run=run, finished_at__isnull=True).update(attempts=0, reason="")
    jobs.retry(str(run.job_id))
    _record(place, run, "run.resumed")


@transaction.atomic
def retry_failures(place: Place, run: Run) -> int:
    """Try only the subjects again that the run gave up; how many there are. Raises RunRefused while it works."""
    job = Job.objects.select_for_update().get(pk=run.job_id)
    if job.is_open:
        raise RunRefused("The run is still at work. Wait for its end, or cancel it first.")
    failed = Failure.objects.filter(run=run)
    subjects = list(failed.order_by("subject").values_list("subject", flat=True))
    if not subjects:
        return 0
    at_once = BACKENDS[run.checkpoint.backend].at_once
    _take_out(run, subjects)
    add_chunks(run, [subjects[at : at + at_once] for at in range(0, len(subjects), at_once)])
    failed.delete()
    Job.objects.filter(pk=job.pk, state=State.DONE).update(state=State.FAILED)
    jobs.retry(str(job.pk))
    _record(place, run, "run.retried", count=len(subjects))
    return len(subjects)


def _take_out(run: Run, subjects: list[int]) -> None:
    """What is tried again counts in the chunk that tries it, and in no other."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_OUT, [subjects, run.pk, subjects])
    Chunk.objects.filter(run=run, subjects__len=0, usage={}, outcome={}).delete()  # what was paid stays written


def add_chunks(run: Run, portions: list[list[int]]) -> None:
    """Append chunks after the run's last one, in the caller's transaction."""
    last = Chunk.objects.filter(run=run).aggregate(last=Max("number"))["last"] or 0
    Chunk.objects.bulk_create(
        (Chunk(run=run, number=last + place, subjects=portion) for place, portion in enumerate(portions, 1)),
        batch_size=1_000,
    )


def _record(place: Place, run: Run, verb: str, **detail: Any) -> None:
    record(
        verb,
        subject=f"run:{run.pk}",
        actor_id=place.user.pk,
        project_id=run.project_id,
        detail={"checkpoint": run.checkpoint_id, "hook": run.hook, **detail},
    )

"""What a worker can be sent: the id of a job, nothing else."""

from celery import shared_task

from jobs import runner


@shared_task
def execute(job_id: str) -> None:
    runner.execute(job_id)

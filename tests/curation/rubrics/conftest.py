"""Labelled pairs of which the fake writer's criteria tell some apart, and runs over them."""

from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import Annotation, Item
from jobs import runner
from jobs.models import Job, State
from modelhooks.models import Checkpoint, Run

REASONED, BARE = "It is 7, because 3 and 4 are 7.", "Seven!"
"""What people prefer: it has a digit, a reason, a full stop and no exclamation mark."""


def checkpoint(contract: str, **options: Any) -> Checkpoint:
    """A fake one."""
    found, _ = Checkpoint.objects.get_or_create(
        name=f"fake {contract} {options.get('seed', '')}".strip(),
        defaults={"contract": contract, "backend": "fake", "options": options},
    )
    return found


def finished(run: Run) -> Run:
    """The run, after as many attempts as it takes."""
    for _ in range(100):
        Job.objects.filter(pk=run.job_id).update(run_after="2026-01-01T00:00Z")
        runner.execute(str(run.job_id))
        job = Job.objects.get(pk=run.job_id)
        if job.state != State.QUEUED:
            break
    assert job.state == State.DONE, job.message
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def pairs(add_item: Callable[..., Item], answer: Callable[..., Annotation]) -> Callable[..., list[Item]]:
    """So many labelled pairs; the better response stands now first, now second."""

    def make(count: int, *, better: str = REASONED, worse: str = BARE, **fields: Any) -> list[Item]:
        made = []
        for number in range(count):
            item = add_item(*((better, worse) if number % 2 else (worse, better)), **fields)
            answer(item, "a" if number % 2 else "b")
            made.append(item)
        return made

    return make

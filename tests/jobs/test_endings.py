"""Whoever is to be told of a job's end is told once, whatever ended it, and never in the way of the end."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from jobs import runner, services, sweeper
from jobs.models import Job, State
from jobs.runner import Progress

pytestmark = pytest.mark.django_db
TOLD: list[tuple[str, str]] = []


def note(job: Job) -> None:
    """What is called with a job that has ended."""
    TOLD.append((job.state, job.message))


def breaks(job: Job) -> None:
    raise RuntimeError(job.message)


def works(job: Job, progress: Progress) -> str:
    return "It worked."


def refuses(job: Job, progress: Progress) -> str:
    raise services.JobFailed("It cannot.")


@pytest.fixture(autouse=True)
def _listening(settings: Any) -> None:
    TOLD.clear()
    settings.JOB_ENDINGS = {"told": f"{__name__}.note", "breaking": f"{__name__}.breaks"}
    settings.JOB_HANDLERS = dict.fromkeys(("told", "quiet", "breaking"), f"{__name__}.works")


def test_work_that_is_done_is_told_and_other_kinds_are_not() -> None:
    for kind in ("told", "quiet"):
        runner.execute(str(services.enqueue(kind=kind, args={}).pk))

    assert TOLD == [("done", "It worked.")]


def test_work_that_failed_is_told_with_its_reason(settings: Any) -> None:
    settings.JOB_HANDLERS = {"told": f"{__name__}.refuses"}

    runner.execute(str(services.enqueue(kind="told", args={}).pk))

    assert TOLD == [("failed", "It cannot.")]


def test_work_that_is_tried_again_is_not_told_before_it_ends(settings: Any) -> None:
    settings.JOB_HANDLERS = {"told": f"{__name__}.breaks"}
    job = services.enqueue(kind="told", args={}, max_attempts=2)

    runner.execute(str(job.pk))
    assert TOLD == []
    Job.objects.update(run_after=Now())
    runner.execute(str(job.pk))

    assert [state for state, _ in TOLD] == ["dead"]


def test_work_that_was_cancelled_before_it_began_is_told_once() -> None:
    job = services.enqueue(kind="told", args={})

    services.cancel(str(job.pk))
    services.cancel(str(job.pk))

    assert [state for state, _ in TOLD] == ["cancelled"]


def test_what_the_sweeper_ends_is_told() -> None:
    late = services.enqueue(kind="told", args={})
    Job.objects.filter(pk=late.pk).update(deadline=Now() - timedelta(seconds=1))
    sweeper.end_overdue()
    for is_asked in (True, False):
        dead = services.enqueue(kind="told", args={}, max_attempts=1)
        assert services.claim(str(dead.pk))
        Job.objects.filter(pk=dead.pk).update(lease_until=Now() - timedelta(seconds=1), cancel_asked=is_asked)
    again = services.enqueue(kind="told", args={})
    assert services.claim(str(again.pk))
    Job.objects.filter(pk=again.pk).update(lease_until=Now() - timedelta(seconds=1))
    sweeper.take_back_expired()

    assert sorted(state for state, _ in TOLD) == ["cancelled", "dead", "failed"]


def test_a_late_attempt_tells_nothing() -> None:
    held = services.claim(str(services.enqueue(kind="told", args={}).pk))
    assert held
    Job.objects.update(fence=7)

    services.finish(held, State.DONE)

    assert TOLD == []


def test_a_listener_that_breaks_keeps_no_job_from_its_end() -> None:
    job = services.enqueue(kind="breaking", args={})

    runner.execute(str(job.pk))

    job.refresh_from_db()
    assert job.state == State.DONE

"""One attempt at a job: held by a lease, fenced where it writes, ended once."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.db.models.functions import Now

from jobs import runner, services
from jobs.models import Job, State
from jobs.runner import Progress
from jobs.services import JobFailed, LeaseLost
from tests.jobs.conftest import Handler, state_of

Handle = Callable[[Handler], Handler]
pytestmark = pytest.mark.django_db(transaction=True)


def enqueue(**options: object) -> Job:
    return services.enqueue(kind="import", args={}, **options)  # type: ignore[arg-type]


def test_a_finished_job_keeps_what_its_handler_said(handle: Handle) -> None:
    handle(lambda job, progress: "120 rows.")
    job = enqueue()

    runner.execute(str(job.pk))

    assert state_of(job) == (State.DONE, "120 rows.", 1)
    assert job.finished_at is not None


def test_a_job_that_has_ended_is_not_begun_again(handle: Handle) -> None:
    begun = []
    handle(lambda job, progress: begun.append(job) or "Done.")
    job = enqueue()

    for _ in range(3):
        runner.execute(str(job.pk))

    assert len(begun) == 1


def test_a_job_that_somebody_works_on_is_not_begun_beside_them(handle: Handle) -> None:
    handle(lambda job, progress: "Done.")
    job = enqueue()
    services.claim(str(job.pk))

    runner.execute(str(job.pk))

    assert state_of(job)[0] == State.LEASED


@pytest.mark.parametrize("job_id", ["", "x", "../../etc", "00000000-0000-4000-8000-000000000000", {"$ne": 1}, None])
def test_an_id_that_names_no_job_does_nothing(handle: Handle, job_id: object) -> None:
    handle(lambda job, progress: pytest.fail("begun"))

    runner.execute(job_id)  # type: ignore[arg-type]


def test_a_job_of_an_unknown_kind_fails_and_says_so() -> None:
    job = services.enqueue(kind="dance", args={})

    runner.execute(str(job.pk))

    assert state_of(job)[:2] == (State.FAILED, "This worker knows no jobs of the kind dance.")


def test_a_refusal_of_the_handler_is_the_end_of_it(handle: Handle) -> None:
    def refuse(job: Job, progress: Progress) -> str:
        raise JobFailed("The file is empty.")

    handle(refuse)
    job = enqueue()

    runner.execute(str(job.pk))

    assert state_of(job) == (State.FAILED, "The file is empty.", 1)


def test_an_unexpected_error_is_tried_again_later_and_given_up_after_the_last_attempt(handle: Handle) -> None:
    def break_down(job: Job, progress: Progress) -> str:
        raise KeyError("what somebody typed")

    handle(break_down)
    job = enqueue(max_attempts=2)

    runner.execute(str(job.pk))
    first = state_of(job)
    delayed = job.run_after - job.started_at  # type: ignore[operator]
    Job.objects.update(run_after=Now())
    runner.execute(str(job.pk))

    assert first == (State.QUEUED, "An unexpected error stopped it (KeyError).", 1)
    assert delayed >= timedelta(seconds=5)
    assert state_of(job) == (State.DEAD, "An unexpected error stopped it (KeyError).", 2)


def test_a_job_that_is_cancelled_stops_at_its_next_report(handle: Handle) -> None:
    def report_for_ever(job: Job, progress: Progress) -> str:
        progress.report(1, 10)
        services.cancel(str(job.pk))
        progress.report(2, 10)
        return "Never said."

    handle(report_for_ever)
    job = enqueue()

    runner.execute(str(job.pk))

    assert state_of(job)[:2] == (State.CANCELLED, "Cancelled.")


def test_an_attempt_that_has_lost_its_job_writes_nothing_and_ends_nothing(handle: Handle) -> None:
    written = []

    def be_overtaken(job: Job, progress: Progress) -> str:
        Job.objects.filter(pk=job.pk).update(fence=job.fence + 1)  # as the next attempt's claim does
        with transaction.atomic():
            progress.confirm()
            written.append(job)
        return "Too late."

    handle(be_overtaken)
    job = enqueue()

    runner.execute(str(job.pk))

    assert not written
    assert state_of(job)[:2] == (State.LEASED, "")


def test_a_late_attempt_cannot_end_the_job_of_the_next_one() -> None:
    job = enqueue()
    late = services.claim(str(job.pk))
    assert late is not None
    Job.objects.update(state=State.QUEUED, lease_until=None)
    services.claim(str(job.pk))

    services.finish(late, State.DONE, "Too late.")
    services.give_back(late, "Too late.")

    assert state_of(job) == (State.LEASED, "", 2)


@pytest.mark.usefixtures("short_lease")
def test_the_lease_is_renewed_while_the_handler_says_nothing(handle: Handle) -> None:
    def be_silent(job: Job, progress: Progress) -> str:
        time.sleep(5)
        with transaction.atomic():
            progress.confirm()
        return "Still mine."

    handle(be_silent)
    job = enqueue()

    runner.execute(str(job.pk))

    assert state_of(job)[1] == "Still mine."


@pytest.mark.usefixtures("short_lease")
def test_a_long_transaction_that_holds_the_job_does_not_lose_it(handle: Handle) -> None:
    def hold(job: Job, progress: Progress) -> str:
        with transaction.atomic():
            progress.confirm()
            time.sleep(5)
            progress.confirm()
        return "Still mine."

    handle(hold)
    job = enqueue()

    runner.execute(str(job.pk))

    assert state_of(job)[1] == "Still mine."


@pytest.mark.usefixtures("short_lease")
def test_while_nobody_can_be_asked_the_attempt_stops_before_it_writes(
    handle: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def be_cut_off(job: Job, progress: Progress) -> str:
        monkeypatch.setattr("jobs.services.renew", _raise(OperationalError))
        time.sleep(3.5)
        with pytest.raises(LeaseLost):
            progress.confirm()
        raise LeaseLost

    handle(be_cut_off)
    job = enqueue()

    runner.execute(str(job.pk))

    assert state_of(job)[0] == State.LEASED  # the sweeper will take it back


def test_out_of_time_without_progress_is_a_failure(handle: Handle) -> None:
    handle(_raise(SoftTimeLimitExceeded))
    job = enqueue()

    runner.execute(str(job.pk))

    assert state_of(job)[:2] == (State.FAILED, "It took longer than 600 seconds and was stopped.")


def test_out_of_time_with_progress_is_another_turn_that_costs_no_attempt(handle: Handle) -> None:
    def get_further(job: Job, progress: Progress) -> str:
        progress.report(job.done + 10, 100)
        raise SoftTimeLimitExceeded

    handle(get_further)
    job = enqueue()

    runner.execute(str(job.pk))
    runner.execute(str(job.pk))

    assert state_of(job)[::2] == (State.QUEUED, 0)
    assert job.done == 20


def test_of_ten_workers_that_claim_at_once_one_gets_the_job() -> None:
    job = enqueue()
    line, held = threading.Barrier(10), []

    def race() -> None:
        line.wait()
        try:
            held.append(services.claim(str(job.pk)))
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([one for one in held if one]) == 1


def _raise(error: type[BaseException]) -> Callable[..., str]:
    def do(*_: object) -> str:
        raise error

    return do

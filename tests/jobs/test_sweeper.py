"""What got stuck is found: dead workers, forgetful brokers, deadlines."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from jobs import broker, services, sweeper
from jobs.models import Job, Outbox, State
from tests.jobs.conftest import state_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def queue_is_empty(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """What the broker says about its queues; empty unless told otherwise."""

    def say(empty: bool) -> None:
        monkeypatch.setattr(broker, "is_empty", lambda queue: empty)

    say(True)
    return say


def enqueue(**fields: object) -> Job:
    """A job that was published, with these fields changed."""
    job = services.enqueue(kind="import", args={})
    Outbox.objects.all().delete()
    Job.objects.filter(pk=job.pk).update(**{"published_at": Now(), **fields})
    return job


def leased(**fields: object) -> Job:
    """A job whose worker has not been heard of for too long."""
    expired = {"state": State.LEASED, "lease_until": Now() - timedelta(seconds=1), "attempts": 1, "fence": 1}
    return enqueue(**{**expired, **fields})


def announced() -> list[str]:
    return [message.args["job_id"] for message in Outbox.objects.order_by("id")]


def test_what_a_dead_worker_held_is_queued_and_announced_again() -> None:
    job = leased()

    sweeper.sweep()

    assert state_of(job) == (State.QUEUED, "Its worker died; trying again.", 1)
    assert announced() == [str(job.pk)]


def test_what_a_living_worker_holds_is_left_to_it() -> None:
    job = leased(lease_until=Now() + timedelta(seconds=30))

    sweeper.sweep()

    assert state_of(job)[0] == State.LEASED
    assert not announced()


def test_after_the_last_attempt_it_is_given_up() -> None:
    job = leased(attempts=3)

    sweeper.sweep()

    assert state_of(job)[0] == State.DEAD
    assert not announced()


def test_a_dead_workers_job_that_was_to_be_cancelled_is_cancelled() -> None:
    job = leased(cancel_asked=True)

    sweeper.sweep()

    assert state_of(job)[0] == State.CANCELLED


@pytest.mark.parametrize("state", ["queued", "leased"])
def test_an_open_job_fails_at_its_deadline(state: str) -> None:
    past = Now() - timedelta(seconds=1)
    job = enqueue(deadline=past) if state == "queued" else leased(deadline=past, lease_until=Now() + timedelta(1))

    sweeper.sweep()

    assert state_of(job)[:2] == (State.FAILED, "It did not end before its deadline.")


def test_a_job_whose_delay_is_over_is_announced() -> None:
    job = enqueue(published_at=None)
    enqueue(published_at=None, run_after=Now() + timedelta(minutes=1))

    sweeper.sweep()

    assert announced() == [str(job.pk)]


def test_a_job_is_announced_once_however_often_one_sweeps() -> None:
    enqueue(published_at=None)

    for _ in range(3):
        sweeper.sweep()

    assert len(announced()) == 1


def test_a_job_that_waits_while_the_brokers_queue_is_empty_was_forgotten() -> None:
    job = enqueue(published_at=Now() - timedelta(minutes=1))

    sweeper.sweep()

    assert announced() == [str(job.pk)]


def test_a_job_that_waits_behind_others_in_the_queue_was_not(queue_is_empty: Callable[[bool], None]) -> None:
    queue_is_empty(False)
    enqueue(published_at=Now() - timedelta(minutes=1))

    sweeper.sweep()

    assert not announced()


def test_after_a_quarter_of_an_hour_it_is_announced_whatever_the_queue_says(
    queue_is_empty: Callable[[bool], None],
) -> None:
    queue_is_empty(False)
    enqueue(published_at=Now() - timedelta(minutes=16))

    sweeper.sweep()

    assert len(announced()) == 1


def test_a_job_published_just_now_is_given_time() -> None:
    enqueue()

    sweeper.sweep()

    assert not announced()

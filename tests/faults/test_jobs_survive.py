"""F01–F08, F14: whatever dies, a job ends once, or says why it cannot."""

import os
import random
import signal
import time

import pytest

from audit.models import Event
from jobs import services
from jobs.models import Job, Outbox, State
from tests.faults.probes import SECRET_WORDS
from tests.faults.stack import Stack, wait_until

pytestmark = pytest.mark.stack


def effects(job: Job) -> int:
    return Event.objects.filter(verb="probe.effect", subject=f"job:{job.pk}").count()


def ended(*jobs: Job) -> bool:
    states = (State.DONE, State.FAILED, State.DEAD, State.CANCELLED)
    return Job.objects.filter(pk__in=[job.pk for job in jobs], state__in=states).count() == len(jobs)


def is_running(job: Job) -> bool:
    return Job.objects.filter(pk=job.pk, state=State.LEASED, done__gt=0).exists()


def test_a_job_that_was_asked_for_is_done_and_its_outbox_is_empty(stack: Stack) -> None:
    stack.start("worker", "relay")

    job = services.enqueue(kind="probe.once", args={})

    wait_until(lambda: ended(job), stack.logs())
    job.refresh_from_db()
    assert (job.state, job.message, effects(job)) == (State.DONE, "Done once.", 1)
    assert not Outbox.objects.exists()


def test_f01_a_killed_worker_child_costs_an_attempt_not_the_job(stack: Stack) -> None:
    stack.start("worker", "relay")
    job = services.enqueue(kind="probe.slow", args={"seconds": 2})
    wait_until(lambda: is_running(job))

    os.kill(stack.worker.children()[-1], signal.SIGKILL)

    wait_until(lambda: ended(job), stack.logs())
    job.refresh_from_db()
    assert (job.state, job.attempts, effects(job)) == (State.DONE, 2, 1)


def test_f02_a_killed_worker_leaves_its_job_to_the_next_one(stack: Stack) -> None:
    stack.start("worker", "relay")
    job = services.enqueue(kind="probe.slow", args={"seconds": 2})
    wait_until(lambda: is_running(job))

    stack.worker.restart()

    wait_until(lambda: ended(job), stack.logs())
    job.refresh_from_db()
    assert (job.state, job.attempts, effects(job)) == (State.DONE, 2, 1)


def test_f03_a_job_that_gets_no_more_memory_is_given_up_after_three_attempts_and_others_go_on(stack: Stack) -> None:
    stack.start("worker", "relay")

    greedy = services.enqueue(kind="probe.greedy", args={})
    healthy = [services.enqueue(kind="probe.once", args={}) for _ in range(5)]

    wait_until(lambda: ended(greedy, *healthy), stack.logs(), patience=60)
    greedy.refresh_from_db()
    assert (greedy.state, greedy.attempts) == (State.DEAD, 3)
    assert "MemoryError" in greedy.message
    assert [effects(job) for job in healthy] == [1] * 5


def test_f04_poison_is_given_up_after_three_attempts_and_others_go_on(stack: Stack) -> None:
    stack.start("worker", "relay")

    poison = services.enqueue(kind="probe.poison", args={})
    healthy = [services.enqueue(kind="probe.once", args={}) for _ in range(5)]

    wait_until(lambda: ended(poison, *healthy), stack.logs(), patience=60)
    poison.refresh_from_db()
    assert (poison.state, poison.attempts) == (State.DEAD, 3)
    assert "died" in poison.message
    assert [effects(job) for job in healthy] == [1] * 5


def test_f05_a_job_that_gets_nowhere_fails_at_its_time_limit(stack: Stack) -> None:
    stack.start("worker", "relay", GOLDPAN_JOB_SECONDS="1")

    job = services.enqueue(kind="probe.stuck", args={})

    wait_until(lambda: ended(job), stack.logs())
    job.refresh_from_db()
    assert (job.state, job.message) == (State.FAILED, "It took longer than 1 seconds and was stopped.")


def test_f05_a_long_job_that_gets_further_takes_turns(stack: Stack) -> None:
    stack.start("worker", "relay", GOLDPAN_JOB_SECONDS="1")

    job = services.enqueue(kind="probe.turns", args={})

    wait_until(lambda: ended(job), stack.logs())
    job.refresh_from_db()
    assert (job.state, job.done, job.attempts, effects(job)) == (State.DONE, 3, 1, 1)


def test_f06_a_message_delivered_five_times_has_one_effect(stack: Stack) -> None:
    stack.start("worker", "relay")
    jobs = [services.enqueue(kind="probe.once", args={}) for _ in range(10)]
    copies = [Outbox(task="jobs.tasks.execute", args={"job_id": str(job.pk)}) for job in jobs for _ in range(4)]
    random.Random(6).shuffle(copies)

    Outbox.objects.bulk_create(copies)

    wait_until(lambda: ended(*jobs) and not Outbox.objects.exists(), stack.logs())
    time.sleep(1)  # the copies that come after the job has ended
    assert [effects(job) for job in jobs] == [1] * 10


def test_f07_a_broker_that_forgets_everything_loses_no_job(stack: Stack) -> None:
    stack.start("relay")
    jobs = [services.enqueue(kind="probe.once", args={}) for _ in range(50)]
    wait_until(lambda: not Outbox.objects.exists())

    stack.broker.kill()
    stack.start("worker")

    wait_until(lambda: ended(*jobs), stack.logs(), patience=60)
    assert sum(effects(job) for job in jobs) == 50


def test_f08_a_frozen_broker_slows_nobody_who_asks_for_work(stack: Stack) -> None:
    stack.start("worker", "relay")
    stack.broker.freeze()
    started = time.monotonic()

    jobs = [services.enqueue(kind="probe.once", args={}) for _ in range(20)]

    assert time.monotonic() - started < 2
    time.sleep(3)
    assert stack.relay.pid
    stack.broker.thaw()
    wait_until(lambda: ended(*jobs), stack.logs(), patience=60)
    assert sum(effects(job) for job in jobs) == 20


@pytest.mark.parametrize("point", ["after_commit", "after_publish"])
def test_f14_a_relay_killed_around_publishing_loses_and_doubles_nothing(stack: Stack, point: str) -> None:
    stack.start("worker")
    stack.start("relay", GOLDPAN_CRASH_AT=point)
    job = services.enqueue(kind="probe.once", args={})
    wait_until(lambda: not stack.relay.pid)

    stack.start("relay")

    wait_until(lambda: ended(job), stack.logs())
    assert effects(job) == 1


def test_relay_and_worker_outlive_a_killed_database(stack: Stack) -> None:
    stack.start("worker", "relay")
    stack.kill_database()
    time.sleep(1)

    stack.database.start()

    job = services.enqueue(kind="probe.once", args={})
    wait_until(lambda: ended(job), stack.logs())
    assert stack.relay.pid
    assert stack.worker.pid


def test_sigterm_ends_the_relay_at_once_even_while_the_broker_hangs(stack: Stack) -> None:
    stack.start("relay")
    services.enqueue(kind="probe.once", args={})
    wait_until(lambda: not Outbox.objects.exists(), stack.logs())
    stack.broker.freeze()
    services.enqueue(kind="probe.once", args={})

    assert stack.relay.terminate() < 2


def test_an_error_is_shown_without_what_people_wrote(stack: Stack) -> None:
    stack.start("worker", "relay")

    broken = services.enqueue(kind="probe.broken", args={}, max_attempts=1)
    refused = services.enqueue(kind="probe.refused", args={})

    wait_until(lambda: ended(broken, refused), stack.logs())
    broken.refresh_from_db()
    refused.refresh_from_db()
    assert (broken.state, broken.message) == (State.DEAD, "An unexpected error stopped it (ValueError).")
    assert (refused.state, refused.message) == (State.FAILED, "The file is empty.")
    assert SECRET_WORDS not in stack.logs()

"""Messages leave the outbox in order, once each, and stay where the broker does not take them."""

import time
from collections.abc import Callable
from pathlib import Path

import django.db
import psycopg
import pytest
from celery import Celery

from jobs import broker, relay, services
from jobs.models import Job, Outbox
from stack import redis

pytestmark = pytest.mark.django_db


@pytest.fixture
def takes(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[str]]:
    """A broker that takes so many messages and is away then."""

    def use(count: int) -> list[str]:
        taken: list[str] = []

        def publish(task: str, *, queue: str, args: dict[str, str]) -> None:
            if len(taken) == count:
                raise broker.BrokerAway
            taken.append(args["job_id"])

        monkeypatch.setattr(broker, "publish", publish)
        return taken

    return use


def test_messages_are_published_in_order_and_leave_the_outbox(takes: Callable[[int], list[str]]) -> None:
    jobs = [services.enqueue(kind="import", args={}) for _ in range(3)]
    taken = takes(10)

    assert relay.deliver() == 3

    assert taken == [str(job.pk) for job in jobs]
    assert not Outbox.objects.exists()
    assert not Job.objects.filter(published_at__isnull=True).exists()


def test_what_was_published_before_the_broker_went_away_is_not_published_again(
    takes: Callable[[int], list[str]],
) -> None:
    jobs = [services.enqueue(kind="import", args={}) for _ in range(3)]
    takes(2)

    with pytest.raises(broker.BrokerAway):
        relay.deliver()

    assert [message.args["job_id"] for message in Outbox.objects.all()] == [str(jobs[2].pk)]


class EndOfTest(BaseException):
    """Ends what would go on for ever."""


@pytest.mark.parametrize("error", [psycopg.OperationalError, django.db.InterfaceError, broker.BrokerAway, KeyError])
def test_no_error_ends_the_relay(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    monkeypatch.setattr(relay, "FIRST_PAUSE", 0)
    monkeypatch.setattr(relay.connection, "close", lambda: None)
    turns = iter([error, error, None, EndOfTest])
    taken = []

    def turn() -> None:
        taken.append(outcome := next(turns))
        if outcome:
            raise outcome

    with pytest.raises(EndOfTest):
        relay.insist("relay", turn)

    assert len(taken) == 4


@pytest.mark.stack
def test_f08_a_frozen_broker_is_given_up_within_seconds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    services.enqueue(kind="import", args={})
    with redis.ephemeral(tmp_path / "home").start() as server:
        app = Celery("frozen", set_as_current=False)
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.conf.broker_url = server.url
        monkeypatch.setattr(broker, "_app", lambda: app)
        answered = broker.ping()
        server.freeze()
        started = time.monotonic()

        with pytest.raises(broker.BrokerAway):
            relay.deliver()
        is_known_empty, answers = broker.is_empty("default"), broker.ping()
        server.thaw()

    assert time.monotonic() - started < 15
    assert (answered, is_known_empty, answers) == (True, False, False)
    assert Outbox.objects.count() == 1

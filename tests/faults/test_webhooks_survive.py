"""A delivery goes out at least once, with one id, wherever its worker is killed and whatever else is."""

import json
from collections.abc import Generator

import pytest

from jobs.models import Job, State
from projects.access import Place
from tests.faults.stack import Stack, wait_until
from tests.webhooks.receiver import Receiver, says
from tests.world import build
from webhooks.models import Delivery, Event, Hook
from webhooks.services import announcing

pytestmark = pytest.mark.stack


@pytest.fixture
def receiver() -> Generator[Receiver, None, None]:
    host = Receiver()
    yield host
    host.end()


@pytest.fixture
def told(stack: Stack, receiver: Receiver, settings: object) -> Place:
    """Olga's project with a webhook, one event on its way."""
    settings.WEBHOOK_ORIGINS = frozenset({receiver.address})  # type: ignore[attr-defined]
    owner = build().answers.owner
    Hook.objects.create(project=owner.project, url=f"{receiver.address}/in", events=Event.values, created_by=owner.user)
    announcing.announce(owner.project.pk, Event.RELEASE_FROZEN, lambda: {"project": owner.project.slug})
    return owner


def is_done() -> bool:
    return Job.objects.filter(kind="webhook", state=State.DONE).exists()


@pytest.mark.parametrize("point", ["webhook_sent", "webhook_noted"])
def test_a_worker_killed_between_sending_and_noting_sends_again_under_the_same_id(
    stack: Stack, told: Place, receiver: Receiver, point: str
) -> None:
    stack.start("worker", "relay", GOLDPAN_CRASH_AT=point, GOLDPAN_WEBHOOKS=receiver.address)
    wait_until(lambda: Job.objects.filter(kind="webhook", attempts__gt=0).exists(), stack.logs(), patience=60)
    wait_until(lambda: receiver.got, stack.logs(), patience=60)
    stack.worker.kill()

    stack.start("worker", "relay", GOLDPAN_WEBHOOKS=receiver.address)

    wait_until(is_done, stack.logs(), patience=60)
    delivery = Delivery.objects.get()
    assert delivery.delivered_at
    assert {got.headers["webhook-id"] for got in receiver.got} == {str(delivery.pk)}
    assert {got.body for got in receiver.got} == {delivery.body.encode()}
    assert json.loads(delivery.body)["type"] == "release.frozen"


def test_a_broker_without_a_memory_and_a_host_that_fails_once_delay_it_only(
    stack: Stack, told: Place, receiver: Receiver
) -> None:
    receiver.answers = [says("500 No")]
    stack.start("worker", "relay", GOLDPAN_WEBHOOKS=receiver.address)
    wait_until(lambda: receiver.got, stack.logs(), patience=60)
    stack.broker.kill()
    stack.broker.start()

    wait_until(is_done, stack.logs(), patience=90)
    assert [got.headers["webhook-id"] for got in receiver.got] == [str(Delivery.objects.get().pk)] * 2

"""Owners and their webhooks: added, told, paused, resumed, removed."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from audit.models import Event as Audited
from jobs import runner, services
from jobs.models import Job, Outbox, State
from projects.access import Place
from tests.webhooks import receiver as receivers
from tests.webhooks.receiver import Receiver, says
from webhooks import signing
from webhooks.models import Delivery, Event, Hook
from webhooks.services import announcing, delivering, history, hooks
from webhooks.services.hooks import HookRefused

FROZEN = Event.RELEASE_FROZEN


def announce(olga: Place, event: str = FROZEN) -> None:
    announcing.announce(olga.project.pk, event, lambda: {"project": olga.project.slug, "number": 1})


def work() -> None:
    """Every delivery that waits is tried once, due or not."""
    for job in Job.objects.filter(kind="webhook", state=State.QUEUED):
        Job.objects.filter(pk=job.pk).update(run_after=job.created_at)
        runner.execute(str(job.pk))


def verbs() -> list[str]:
    return list(Audited.objects.filter(verb__startswith="webhook.").order_by("pk").values_list("verb", flat=True))


def test_a_signature_is_what_standard_webhooks_computes(olga: Place, receiver: Receiver) -> None:
    made = hooks.add(olga, url=f"{receiver.address}/in", events=[FROZEN])
    announce(olga)
    work()

    got = receiver.got[0]
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    signed = b".".join([got.headers["webhook-id"].encode(), got.headers["webhook-timestamp"].encode(), got.body])
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{expected}"
    assert len(key) == 32
    assert json.loads(got.body)["type"] == "release.frozen"
    assert json.loads(got.body)["data"] == {"project": "answers", "number": 1}


def test_the_example_of_the_standard_has_the_signature_it_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test vector that the standard's libraries carry."""
    monkeypatch.setattr(signing, "_key", lambda salt: base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))

    said = signing.headers(
        "", message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=b'{"test": 2432232314}'
    )

    assert said["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_differ_and_are_nowhere_in_the_database(olga: Place, receiver: Receiver) -> None:
    first = hooks.add(olga, url=f"{receiver.address}/1", events=[FROZEN])
    second = hooks.add(olga, url=f"{receiver.address}/2", events=[FROZEN])

    stored = str(list(Hook.objects.values())) + str(list(Audited.objects.values()))
    assert first.secret != second.secret
    assert first.secret.removeprefix("whsec_") not in stored
    assert "/1" not in str(list(Audited.objects.values("detail")))


def test_only_who_listens_is_told_and_nobody_of_another_project(
    olga: Place, add: Callable[..., Hook], receiver: Receiver
) -> None:
    add(Event.RUN_FAILED)
    listening = add(FROZEN, Event.RELEASE_FAILED)

    announce(olga)
    announcing.announce(olga.project.pk + 1, FROZEN, dict)

    assert [delivery.hook_id for delivery in Delivery.objects.all()] == [listening.pk]


def test_where_nobody_listens_nothing_is_put_into_words(olga: Place, add: Callable[..., Hook]) -> None:
    add(Event.RUN_FAILED)
    asked: list[str] = []

    def subject() -> dict[str, Any]:
        asked.append("words")
        return {}

    announcing.announce(olga.project.pk, FROZEN, subject)
    assert not asked
    announcing.announce(olga.project.pk, Event.RUN_FAILED, subject)
    assert asked == ["words"]


def test_a_caller_whose_transaction_is_rolled_back_has_told_nobody(olga: Place, hook: Hook) -> None:
    with transaction.atomic():
        announce(olga)
        transaction.set_rollback(True)

    assert not Delivery.objects.exists()
    assert not Outbox.objects.exists()


def test_a_closed_deployment_queues_nothing(olga: Place, hook: Hook, settings: Any) -> None:
    settings.WEBHOOK_ORIGINS = frozenset()

    announce(olga)

    assert not Delivery.objects.exists()


def test_a_failed_try_is_repeated_later_with_the_same_id_and_bytes(olga: Place, hook: Hook, receiver: Receiver) -> None:
    receiver.answers = [says("500 No"), receivers.hangs_up]
    announce(olga)

    work()
    job = Job.objects.get(kind="webhook")
    assert (job.state, job.message) == (State.QUEUED, "The host answered 500.")
    assert job.run_after > job.started_at  # type: ignore[operator]
    work()
    work()

    delivery = Delivery.objects.get()
    assert (delivery.tries, delivery.status, delivery.delivered_at is not None) == (3, 204, True)
    assert Job.objects.get(kind="webhook").state == State.DONE
    assert {got.headers["webhook-id"] for got in receiver.got} == {str(delivery.pk)}
    assert {got.body for got in receiver.got} == {delivery.body.encode()}


def test_what_was_taken_is_not_sent_again_by_a_job_that_comes_twice(
    olga: Place, hook: Hook, receiver: Receiver
) -> None:
    announce(olga)
    work()
    job = Job.objects.get(kind="webhook")
    Job.objects.filter(pk=job.pk).update(state=State.QUEUED, finished_at=None)

    runner.execute(str(job.pk))

    assert len(receiver.got) == 1


def test_a_host_that_takes_nothing_for_hours_is_paused(olga: Place, hook: Hook, receiver: Receiver) -> None:
    receiver.usual = says("503 No")
    announce(olga)

    for _ in range(announcing.TRIES):
        hook.refresh_from_db()
        assert not hook.is_paused
        work()

    hook.refresh_from_db()
    assert hook.is_paused
    assert "The host answered 503." in hook.pause_reason
    assert verbs() == ["webhook.added", "webhook.paused"]
    assert Job.objects.get(kind="webhook").state == State.FAILED
    announce(olga)
    assert Delivery.objects.count() == 1


def test_a_host_that_took_something_meanwhile_is_not_paused(olga: Place, hook: Hook, receiver: Receiver) -> None:
    announce(olga)
    stuck = Job.objects.get(kind="webhook")
    receiver.usual = says("503 No")
    for _ in range(announcing.TRIES - 1):
        work()
    receiver.usual = says("204 Yes")
    announce(olga, Event.RUN_FAILED)
    other = Job.objects.filter(kind="webhook").exclude(pk=stuck.pk).get()
    runner.execute(str(other.pk))
    receiver.usual = says("503 No")
    work()

    hook.refresh_from_db()
    assert not hook.is_paused
    assert Job.objects.get(pk=stuck.pk).state == State.FAILED


def test_who_says_gone_is_believed_at_once(olga: Place, hook: Hook, receiver: Receiver) -> None:
    receiver.usual = says("410 Gone")
    announce(olga)
    work()

    hook.refresh_from_db()
    assert hook.is_paused
    assert len(receiver.got) == 1


def test_an_address_that_the_deployment_closed_meanwhile_is_not_called(
    olga: Place, hook: Hook, receiver: Receiver, settings: Any
) -> None:
    announce(olga)
    settings.WEBHOOK_ORIGINS = frozenset()
    work()

    assert receiver.got == []
    assert "GOLDPAN_WEBHOOKS names" in Job.objects.get(kind="webhook").message


def test_what_waits_is_not_sent_once_it_is_paused_or_removed(olga: Place, hook: Hook, receiver: Receiver) -> None:
    announce(olga)
    hooks.pause(olga, hook)
    work()
    assert Job.objects.get(kind="webhook").message == "The webhook is paused."

    hooks.resume(olga, hook)
    announce(olga)
    waiting = Job.objects.get(kind="webhook", state=State.QUEUED)
    hooks.remove(olga, hook)
    work()

    assert Job.objects.get(pk=waiting.pk).state == State.CANCELLED
    assert receiver.got == []
    assert verbs() == ["webhook.added", "webhook.paused", "webhook.resumed", "webhook.removed"]


def test_what_nobody_took_is_sent_again_on_request(olga: Place, hook: Hook, receiver: Receiver) -> None:
    receiver.usual = says("410 Gone")
    announce(olga)
    work()
    delivery = Delivery.objects.select_related("hook").get()
    with pytest.raises(HookRefused, match="paused"):
        hooks.send_again(olga, delivery)

    hooks.resume(olga, hook)
    receiver.usual = says("204 Yes")
    delivery = Delivery.objects.select_related("hook").get()
    hooks.send_again(olga, delivery)
    with pytest.raises(HookRefused, match="still being tried"):
        hooks.send_again(olga, delivery)
    work()

    assert Delivery.objects.get().delivered_at
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1


def test_a_new_secret_signs_what_waits(olga: Place, hook: Hook, receiver: Receiver) -> None:
    old = signing.secret_of(hook.salt)
    announce(olga)
    new = hooks.renew_secret(olga, hook).secret
    work()

    got = receiver.got[0]
    salt = Hook.objects.get().salt
    timestamp = int(got.headers["webhook-timestamp"])
    expected = signing.headers(salt, message_id=got.headers["webhook-id"], timestamp=timestamp, body=got.body)
    assert got.headers["webhook-signature"] == expected["webhook-signature"]
    assert new == signing.secret_of(salt) != old


@pytest.mark.parametrize(
    ("url", "events", "why"),
    [
        ("https://elsewhere.example.org/", [FROZEN], "GOLDPAN_WEBHOOKS"),
        ("ftp://x/", [FROZEN], "begins with https"),
        ("{}", [], "at least one event"),
        ("{}", ["banana"], "at least one event"),
    ],
)
def test_what_cannot_be_used_is_refused(olga: Place, receiver: Receiver, url: str, events: list[str], why: str) -> None:
    with pytest.raises(HookRefused, match=why):
        hooks.add(olga, url=url.format(receiver.address), events=events)

    assert not Hook.objects.exists()


def test_a_project_has_ten_at_most(olga: Place, add: Callable[..., Hook]) -> None:
    for _ in range(hooks.MOST):
        add(FROZEN)

    with pytest.raises(HookRefused, match="at most 10"):
        add(FROZEN)


def test_history_keeps_the_newest_and_what_is_still_tried(
    olga: Place, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "KEPT", 3)
    for _ in range(6):
        announce(olga)
    ids = list(Delivery.objects.order_by("created_at", "pk").values_list("pk", flat=True))
    for number, delivery in enumerate(Delivery.objects.order_by("created_at", "pk")):
        Delivery.objects.filter(pk=delivery.pk).update(created_at=f"2026-01-0{number + 1}T00:00:00Z")
    for delivery in Delivery.objects.filter(pk__in=ids[1:]):
        services.cancel(str(delivery.job_id))

    assert history.tidy() == 2

    assert set(Delivery.objects.values_list("pk", flat=True)) == {ids[0], *ids[3:]}
    assert Job.objects.filter(kind="webhook").count() == 4


def test_an_unknown_delivery_ends_its_job_with_a_reason(db: None) -> None:
    job = services.enqueue(kind="webhook", args={"delivery_id": "00000000-0000-0000-0000-000000000000"})

    runner.execute(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.message) == (State.FAILED, "The webhook was removed.")
    assert delivering.GONE == 410

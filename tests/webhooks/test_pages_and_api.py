"""Owners manage webhooks on their page and by programs; a secret is shown once."""

from typing import Any

import pytest

from tests.webhooks.receiver import Receiver
from tests.world import World, build, program, token_for
from webhooks import signing
from webhooks.models import Delivery, Hook

PAGE = "/projects/answers/webhooks/"
API = "/api/v1/projects/answers/webhooks/"


@pytest.fixture
def world(db: None) -> World:
    return build()


def test_the_page_shows_a_secret_once(world: World, receiver: Receiver) -> None:
    olga = world.browser("olga")

    made = olga.post(PAGE, {"url": f"{receiver.address}/in", "events": ["release.frozen"]})
    secret = signing.secret_of(Hook.objects.get().salt)
    again = olga.get(PAGE)

    assert made.status_code == 200
    assert secret in made.content.decode()
    assert secret not in again.content.decode()
    assert f"{receiver.address}/in" in again.content.decode()


def test_a_form_that_does_not_fit_comes_back_with_its_reason(world: World, receiver: Receiver) -> None:
    refused = world.browser("olga").post(PAGE, {"url": "https://127.0.0.1/", "events": ["release.frozen"]})

    assert refused.status_code == 422
    assert "GOLDPAN_WEBHOOKS names those" in refused.content.decode()
    assert not Hook.objects.exists()


def test_a_closed_deployment_says_so(world: World) -> None:
    shown = world.browser("olga").get(PAGE).content.decode()

    assert "This deployment calls no host." in shown
    assert "Add a webhook" not in shown


def test_everything_on_the_page_does_what_it_says(world: World, receiver: Receiver) -> None:
    olga = world.browser("olga")
    olga.post(PAGE, {"url": receiver.address, "events": ["release.frozen"]})
    hook = Hook.objects.get()
    old = signing.secret_of(hook.salt)

    assert olga.post(f"{PAGE}{hook.pk}/test/").status_code == 302
    assert Delivery.objects.get().event == "webhook.test"
    assert "webhook.test" in olga.get(PAGE).content.decode()
    assert olga.post(f"{PAGE}{hook.pk}/pause/").status_code == 302
    assert olga.post(f"{PAGE}{hook.pk}/test/").status_code == 422
    assert olga.post(f"{PAGE}{hook.pk}/resume/").status_code == 302
    renewed = olga.post(f"{PAGE}{hook.pk}/secret/").content.decode()
    assert old not in renewed
    assert signing.secret_of(Hook.objects.get().salt) in renewed
    assert olga.post(f"{PAGE}{hook.pk}/deliveries/{Delivery.objects.get().pk}/send/").status_code == 422
    assert olga.post(f"{PAGE}{hook.pk}/remove/").status_code == 302
    assert not Hook.objects.exists()


def test_programs_do_the_same(world: World, receiver: Receiver) -> None:
    olga = world.api("olga")

    made = olga.post(API, {"url": receiver.address}, content_type="application/json")
    address = made.headers["Location"]
    tested = olga.post(f"{address}test/")

    assert made.status_code == 201
    assert made.json()["secret"] == signing.secret_of(Hook.objects.get().salt)
    assert len(made.json()["events"]) == 5
    assert "secret" not in olga.get(address).json()
    assert [one["id"] for one in olga.get(API).json()["results"]] == [made.json()["id"]]
    assert (tested.status_code, tested.json()["state"]) == (202, "queued")
    assert [one["id"] for one in olga.get(f"{address}deliveries/").json()["results"]] == [tested.json()["id"]]
    assert olga.post(f"{address}pause/").json()["is_paused"] is True
    assert olga.post(f"{address}resume/").json()["is_paused"] is False
    assert olga.post(f"{address}secret/").json()["secret"] != made.json()["secret"]
    assert olga.post(f"{address}deliveries/{tested.json()['id']}/send/").status_code == 422
    assert olga.delete(address).status_code == 204
    assert olga.get(address).status_code == 404


def test_only_owners_with_a_token_that_manages(world: World, receiver: Receiver) -> None:
    for name in ("chen", "vera", "ana", "oscar"):
        assert world.api(name).get(API).status_code == 404
        assert world.browser(name).get(PAGE).status_code == 404
    writing: Any = program(token_for("olga", scopes=["read", "write", "label"]))

    assert writing.get(API).status_code == 404


def test_too_many_in_an_hour_are_refused(world: World, receiver: Receiver, settings: Any) -> None:
    settings.QUOTAS = {**settings.QUOTAS, "webhook": (1, 3600)}
    olga = world.api("olga")

    statuses = [olga.post(API, {"url": receiver.address}, content_type="application/json").status_code for _ in "12"]

    assert statuses == [201, 429]

"""Addresses of single files that need no token: bound to release, path and time, and to nothing else."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Scope
from accounts.services import tokens
from audit.models import Event
from curation import signed, store
from curation.models import Release
from projects.models import Membership, Role

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
RELEASE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def frozen(add_item, answer, release):
    for number in range(5):
        answer(add_item(f"good {number}", f"bad {number}"), "a")
    return release(formats=["jsonl"], splits={"train": 100})


@pytest.fixture
def file(frozen):
    return frozen.files.get(path__endswith=".jsonl")


@pytest.fixture
def vera(person, olga):
    """Who may read everything and change nothing."""
    Membership.objects.create(project=olga.project, user=person("Vera"), role=Role.VIEWER)
    return person("Vera")


def program(who, *scopes):
    made = tokens.create(who, name="a test", scopes=scopes or (Scope.READ,), days=30, project_id=None)
    return Client(headers={"Authorization": f"Token {made.secret}"})


def ask(client, release, path, **more):
    wish = {"path": path, **more}
    return client.post(f"/api/v1/releases/{release.pk}/signed/", wish, content_type="application/json")


def body(response):
    return b"".join(response) if response.streaming else response.content


def test_a_signature_holds_for_one_file_of_one_release_until_its_second():
    made = signed.sign(RELEASE, "raw/a.jsonl", expires_at=NOW)

    before = NOW - timedelta(seconds=1)
    assert signed.holds(made, RELEASE, "raw/a.jsonl", now=before)
    assert not signed.holds(made, RELEASE, "raw/a.jsonl", now=NOW)
    assert not signed.holds(made, RELEASE, "raw/b.jsonl", now=before)
    assert not signed.holds(made, OTHER, "raw/a.jsonl", now=before)


def test_a_signature_that_anybody_has_touched_holds_for_nothing():
    made = signed.sign(RELEASE, "README.md", expires_at=NOW)
    until, _, rest = made.partition(".")
    changed = [
        rest,
        f".{rest}",
        f"{int(until) + 1}.{rest}",
        f"{until}.",
        made[:-1],
        f"{made}x",
        "",
        "x.y",
        f"{until}x.{rest}",
    ]
    changed += [f"²{made}", f"-{made}", f" {made}", f"{'9' * 40}.{rest}"]

    before = NOW - timedelta(hours=1)
    assert [one for one in changed if signed.holds(one, RELEASE, "README.md", now=before)] == []


@pytest.mark.parametrize("hours", [0, -1, 169])
def test_no_address_lives_longer_than_seven_days_or_shorter_than_an_hour(hours, vera, frozen, file):
    with pytest.raises(ValueError, match=str(hours)):
        signed.expiry(NOW, hours)

    assert ask(program(vera), frozen, file.path, hours=hours).status_code == 400
    browser = Client()
    browser.force_login(vera, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.post(reverse("curation:release-sign", args=["answers", 1]), {"path": file.path, "hours": hours})
    assert page.status_code == 422
    assert not Event.objects.filter(verb="release.address_signed").exists()


def test_the_address_gives_the_file_to_whoever_has_it_as_the_file_view_does(vera, frozen, file):
    client = program(vera)
    made = ask(client, frozen, file.path)

    stranger, address = Client(), urlsplit(made.json()["url"]).path
    answer = stranger.get(address)
    part = stranger.get(address, headers={"Range": "bytes=0-9"})
    head = stranger.head(address)
    known = stranger.get(address, headers={"If-None-Match": f'"{file.digest}"'})

    usual = client.get(reverse("api-release-file", kwargs={"release_id": frozen.pk, "path": file.path}))
    told = ("ETag", "Accept-Ranges", "Content-Type", "Content-Encoding", "Content-Disposition", "Cache-Control")
    told += ("Content-Length", "Content-Security-Policy", "X-Content-Type-Options")
    assert made.status_code == 201
    assert address.endswith(".jsonl")
    assert body(answer) == body(usual) == store.path_of(file).read_bytes()
    assert {name: answer.headers[name] for name in told} == {name: usual.headers[name] for name in told}
    assert (part.status_code, body(part)) == (206, store.path_of(file).read_bytes()[:10])
    assert (head.status_code, head.headers["Content-Length"], body(head)) == (200, str(file.size), b"")
    assert known.status_code == 304


def test_the_address_gives_nothing_else(vera, frozen, file):
    address = urlsplit(ask(program(vera), frozen, file.path).json()["url"]).path
    folder = address.removesuffix(file.path)

    others = [
        folder,
        f"{folder}README.md",
        f"{folder}rm_pairs/",
        f"{folder}../{file.path}",
        f"{address}/",
        f"{address}%00",
    ]
    others.append(address.replace(str(frozen.pk), str(OTHER)))

    assert [Client().get(one).status_code for one in others] == [404] * len(others)
    assert Client().post(address).status_code == 405


def test_the_address_ends_with_its_time_and_with_nothing_before(vera, frozen, file):
    with time_machine.travel(NOW, tick=False) as clock:
        made = ask(program(vera), frozen, file.path, hours=48).json()
        address = urlsplit(made["url"]).path
        Membership.objects.filter(user=vera).delete()
        vera.is_active = False
        vera.save()

        clock.shift(timedelta(hours=48) - timedelta(seconds=1))
        late = Client().get(address).status_code
        clock.shift(timedelta(seconds=1))
        later = Client().get(address).status_code

    assert (made["expires_at"], late, later) == ("2026-11-04T09:00:00Z", 200, 404)


def test_a_release_that_is_withdrawn_is_gone_at_its_addresses_and_gets_no_new_one(vera, frozen, file):
    address = urlsplit(ask(program(vera), frozen, file.path).json()["url"]).path
    Release.objects.filter(pk=frozen.pk).update(withdrawn_at=NOW)

    assert Client().get(address).status_code == 410
    assert ask(program(vera), frozen, file.path).status_code == 410


def test_another_secret_key_ends_every_address(vera, frozen, file, settings):
    address = urlsplit(ask(program(vera), frozen, file.path).json()["url"]).path

    settings.SECRET_KEY = "another key of at least thirty-two characters"

    assert Client().get(address).status_code == 404


def test_only_who_may_read_the_release_gets_an_address(vera, person, olga, frozen, file):
    Membership.objects.create(project=olga.project, user=person("Ana"), role=Role.ANNOTATOR)
    for client in (program(person("Sam")), program(person("Ana")), program(vera, Scope.LABEL)):
        assert ask(client, frozen, file.path).status_code == 404
    assert ask(Client(), frozen, file.path).status_code == 401
    assert ask(program(vera), frozen, "no/such.jsonl").status_code == 404
    assert not Event.objects.filter(verb="release.address_signed").exists()


def test_the_audit_trail_says_who_gave_what_away_and_not_how_to_read_it(vera, frozen, file):
    made = ask(program(vera), frozen, file.path).json()

    event = Event.objects.get(verb="release.address_signed")
    assert (event.actor_id, event.subject, event.project_id) == (vera.pk, f"release:{frozen.pk}", frozen.project_id)
    assert event.detail["path"] == file.path
    assert set(event.detail) == {"path", "expires_at"}
    assert made["url"].split("/signed/")[1].split("/")[0] not in str(event.detail)


def test_a_person_makes_so_many_an_hour(vera, frozen, file, settings):
    settings.QUOTAS = {**settings.QUOTAS, "signed-address": (2, 3600)}
    client = program(vera)

    assert [ask(client, frozen, file.path).status_code for _ in range(3)] == [201, 201, 429]


def test_the_page_of_a_release_makes_one(vera, frozen, file):
    browser = Client()
    browser.force_login(vera, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(reverse("curation:release", args=["answers", 1]))

    made = browser.post(reverse("curation:release-sign", args=["answers", 1]), {"path": file.path, "hours": 1})

    assert reverse("curation:release-sign", args=["answers", 1]) in page.content.decode()
    address = urlsplit(made.context["address"]).path
    assert made.context["address"] in made.content.decode()
    assert body(Client().get(address)) == store.path_of(file).read_bytes()

"""AB-19 and AB-23: what a program's key opens, when it stops, and how much of anything is too much."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken
from accounts.services import tokens, users
from annotation.models import Import
from curation.models import Release
from jobs.models import Job
from projects.models import Membership
from tests.digest import KEPT_ASIDE
from tests.world import World, program, token_for, token_of

PROJECT = "/api/v1/projects/answers/"
DEAD: dict[str, Callable[[World, str], object]] = {
    "revoked": lambda world, secret: tokens.revoke(world.user("ana"), token_of(secret).pk),
    "expired": lambda world, secret: ApiToken.objects.update(expires_at=timezone.now()),
    "deactivated": lambda world, secret: users.deactivate(world.user("ana")),
    "inactive": lambda world, secret: type(world.user("ana")).objects.update(is_active=False),
    "new password": lambda world, secret: users.change_password(world.user("ana"), "a-fresh-pass-phrase"),
}


@pytest.mark.parametrize("how", DEAD)
def test_ab_19_a_token_dies_with_what_it_stood_for(how: str, world: World) -> None:
    secret = world.secrets["ana"]
    alive = program(secret).get(PROJECT).status_code

    DEAD[how](world, secret)

    assert (alive, program(secret).get(PROJECT).status_code) == (200, 401)


def test_ab_19_who_leaves_a_project_is_out_at_once(world: World) -> None:
    client = world.api("ana")
    Membership.objects.filter(user=world.user("ana")).delete()

    assert client.get(PROJECT).status_code == 404
    assert client.post(f"{PROJECT}next/").status_code == 404
    assert client.post(f"/api/v1/leases/{world.held.pk}/extend/").status_code == 404


def test_ab_19_a_lower_role_counts_from_the_next_call_on(world: World) -> None:
    client = world.api("chen")
    Membership.objects.filter(user=world.user("chen")).update(role="annotator")

    assert client.get(f"{PROJECT}items/").status_code == 404


def test_ab_19_a_token_for_another_project_opens_nothing_here(world: World) -> None:
    Membership.objects.create(user=world.user("olga"), project=world.others.owner.project, role="viewer")
    bound = program(token_for("olga", project_id=world.others.owner.project.pk))

    assert bound.get(PROJECT).status_code == 404
    assert bound.get(f"/api/v1/items/{world.answers.items[0].pk}/").status_code == 404
    assert bound.get("/api/v1/projects/others/").status_code == 200


@pytest.mark.parametrize(
    ("scope", "method", "address"),
    [
        ("label", "GET", "projects/answers/items/"),
        ("read", "POST", "projects/answers/next/"),
        ("read", "PATCH", "projects/answers/"),
        ("read", "POST", "projects/answers/imports/"),
        ("write", "PATCH", "projects/answers/"),
        ("manage", "POST", "projects/answers/annotations/"),
        ("label", "GET", "projects/"),
        ("write", "POST", "projects/"),
    ],
)
def test_ab_19_a_token_does_what_its_scopes_say(scope: str, method: str, address: str, world: World) -> None:
    client = program(token_for("olga", scopes=[scope]))

    assert client.generic(method, f"/api/v1/{address}", b"{}", "application/json").status_code == 404


def test_ab_19_a_token_is_taken_from_the_header_alone(world: World) -> None:
    secret = world.secrets["olga"]

    assert Client().get(f"{PROJECT}?token={secret}").status_code == 401
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get(PROJECT).status_code == 401
    assert Client(headers={"X-Api-Key": secret}).get(PROJECT).status_code == 401
    cookie = Client()
    cookie.cookies["token"] = secret
    assert cookie.get(PROJECT).status_code == 401


def test_ab_19_a_script_finds_no_token_to_take(world: World) -> None:
    browser = world.browser("olga")
    pages = [browser.get(address).content.decode() for address in ("/me/", "/me/tokens/", "/")]
    documents = [world.api("olga").get(f"/api/v1/{each}").content.decode() for each in ("projects/", "schema/")]

    assert not [text for text in [*pages, *documents] if world.secrets["olga"] in text]


def test_ab_19_no_table_holds_a_secret(world: World) -> None:
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - KEPT_ASIDE)
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE to_jsonb(t)::text LIKE ANY(%s)', [_like(world)])
            assert cursor.fetchone() == (0,)


def _like(world: World) -> list[str]:
    return [f"%{secret}%" for secret in world.secrets.values()]


def test_ab_23_too_many_imports_are_refused_with_a_time_to_come_back(world: World, settings: Any) -> None:
    settings.QUOTAS = {**settings.QUOTAS, "import": (3, 3600)}
    row = json.dumps({"prompt": "Name a fruit.", "chosen": "An apple.", "rejected": "A stone."}).encode()
    client, address = world.api("olga"), f"{PROJECT}imports/?format=trl_explicit"

    statuses = [client.post(address, row, content_type="application/json").status_code for _ in range(4)]
    refused = client.post(address, row, content_type="application/json")

    assert statuses == [202, 202, 202, 429]
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert Import.objects.filter(job__args__has_key="import_id").count() == 3


def test_ab_23_the_page_and_the_program_share_one_quota(world: World, settings: Any) -> None:
    settings.QUOTAS = {**settings.QUOTAS, "import": (1, 3600)}
    row = json.dumps({"prompt": "Name a fruit.", "chosen": "An apple.", "rejected": "A stone."}).encode()
    world.api("olga").post(f"{PROJECT}imports/?format=trl_explicit", row, content_type="application/json")
    upload = SimpleUploadedFile("pairs.jsonl", row)
    page = world.browser("olga").post("/projects/answers/imports/", {"file": upload, "keep_labels": "on"})

    assert page.status_code in {422, 429}
    assert Import.objects.filter(job__args__has_key="import_id").count() == 1


def test_ab_23_fifty_wishes_for_the_same_release_are_one_job(world: World) -> None:
    wish = {"recipes": [{"name": "raw"}]}
    client, jobs = world.api("olga"), Job.objects.count()

    made = [client.post(f"{PROJECT}releases/", wish, content_type="application/json").json()["id"] for _ in range(50)]

    assert len(set(made)) == 1
    assert (Release.objects.count(), Job.objects.count()) == (1, jobs + 1)


def test_ab_23_too_many_different_releases_are_refused_with_a_time_to_come_back(world: World, settings: Any) -> None:
    settings.QUOTAS = {**settings.QUOTAS, "release": (2, 3600)}
    client = world.api("olga")

    answers = [
        client.post(
            f"{PROJECT}releases/",
            {"recipes": [{"name": "raw"}], "splits": {"train": share, "test": 100 - share}},
            content_type="application/json",
        )
        for share in (90, 80, 70)
    ]

    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_ab_23_an_annotator_holds_a_few_items_and_no_more(world: World) -> None:
    client, held = world.api("ben"), set()
    ahead = ""
    for _ in range(20):
        answer = client.post(f"{PROJECT}next/{ahead}")
        if answer.status_code == 204:
            break
        held.add(answer.json()["lease"]["id"])
        ahead = f"?ahead_of={answer.json()['lease']['id']}"

    assert len(held) <= 3

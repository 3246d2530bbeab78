"""AB-06, AB-07, AB-08, AB-28: other people's projects, objects, roles and answers."""

import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from annotation.models import Annotation, Slot
from annotation.services import queue
from audit.models import Event
from projects.models import Membership
from tests.digest import changed, digest
from tests.world import ANSWERS, World, submit


@pytest.mark.parametrize("body", [{"project": "others"}, {"project": 2}, {"slug": "others"}, {"id": 1}])
def test_ab_07_a_project_cannot_be_moved_or_swapped(body: dict[str, Any], world: World) -> None:
    before = digest()

    refused = world.api("olga").patch("/api/v1/projects/answers/", body, content_type="application/json")

    assert refused.status_code == 400
    assert changed(before, digest()) == []


def test_ab_07_an_answer_names_no_project_of_its_own(world: World) -> None:
    body = {"answers": ANSWERS, "project": world.others.owner.project.pk, "author": world.user("olga").pk}
    refused = world.api("ana").post(
        f"/api/v1/leases/{world.held.pk}/submit/",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )

    assert refused.status_code == 400
    assert Annotation.objects.count() == 1


@pytest.mark.parametrize("address", ["users/", "users/1/", "accounts/", "signup/", "register/", "me/", "token/"])
def test_ab_06_programs_find_no_way_to_sign_up_or_to_anybodys_account(address: str, world: World) -> None:
    people = User.objects.count()
    body = {"email": "new@example.org", "password": "a-long-pass-phrase", "is_superuser": True}

    for client in (Client(), world.api("sam"), world.api("olga")):
        assert client.post(f"/api/v1/{address}", body, content_type="application/json").status_code == 404
        assert client.get(f"/api/v1/{address}").status_code == 404
    assert User.objects.count() == people


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "role", "groups", "password", "owner", "memberships"])
def test_ab_08_no_body_raises_anybody(field: str, world: World) -> None:
    for address, method in (("projects/answers/", "PATCH"), ("projects/", "POST")):
        response = world.api("olga").generic(
            method, f"/api/v1/{address}", f'{{"name": "x", "{field}": "owner"}}', "application/json"
        )

        assert response.status_code == 400
    assert not User.objects.filter(is_staff=True).exists()


def test_ab_08_a_role_changes_by_an_owner_alone_and_leaves_an_event(world: World) -> None:
    member = Membership.objects.get(user__email="ana@example.org")
    address = f"/projects/answers/members/{member.pk}/role/"

    for name in ("ana", "chen", "vera", "oscar"):
        assert world.browser(name).post(address, {"role": "owner"}).status_code == 404
    world.browser("olga").post(address, {"role": "curator"})

    member.refresh_from_db()
    assert member.role == "curator"
    assert Event.objects.filter(verb="member.role", actor_id=world.user("olga").pk).count() == 1


def test_ab_28_nobody_changes_anothers_answer(world: World) -> None:
    before = digest()
    item, annotation = world.annotation.item_id, world.annotation.pk
    fields = {"preference": "b:3", "request_key": str(uuid.uuid4()), "revises": annotation}

    page = world.browser("ben").post(f"/projects/answers/label/items/{item}/", fields)
    methods = [
        world.api("olga").generic(method, f"/api/v1/annotations/{annotation}/", b'{"answers": {}}', "application/json")
        for method in ("PUT", "PATCH", "POST", "DELETE")
    ]

    seen = world.browser("ben").get(f"/projects/answers/label/items/{item}/")
    assert (page.status_code, seen.status_code) == (404, 404)
    assert {answer.status_code for answer in methods} == {405}
    assert changed(before, digest()) == []


def test_ab_28_ones_own_answer_is_changed_by_a_revision_that_keeps_the_old_row(world: World) -> None:
    address = f"/projects/answers/label/items/{world.annotation.item_id}/"
    fields = {"preference": "b:3", "request_key": str(uuid.uuid4()), "revises": world.annotation.pk}

    world.browser("ana").post(address, fields)

    revision = Annotation.objects.get(supersedes=world.annotation)
    assert revision.author == world.user("ana")
    world.annotation.refresh_from_db()
    assert (world.annotation.supersedes, world.annotation.reason) == (None, "")


def test_ab_28_a_finished_item_takes_no_answer_more(world: World) -> None:
    ben = world.answers.places["ben"]
    lease = queue.claim(ben)
    assert lease
    submit(ben, lease)

    again = world.api("ben").post(
        f"/api/v1/leases/{lease.pk}/submit/",
        {"answers": ANSWERS},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )

    assert again.status_code == 409
    assert Slot.objects.filter(item=lease.item, annotation__isnull=False).count() <= 2
    assert Annotation.objects.filter(author=ben.user).count() == 1


@pytest.mark.parametrize(
    "more",
    [
        {"seconds": -1},
        {"seconds": 1e9},
        {"seconds": "NaN"},
        {"seconds": "soon"},
        {"created_at": "2020-01-01T00:00:00Z"},
        {"author": 1},
        {"shown": [1, 0]},
        {"guideline_version": 9},
    ],
)
def test_ab_28_time_and_author_are_the_servers_to_say(more: dict[str, Any], world: World) -> None:
    response = world.api("ana").post(
        f"/api/v1/leases/{world.held.pk}/submit/",
        {"answers": ANSWERS, **more},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )

    stored = Annotation.objects.filter(item=world.held.item)
    assert response.status_code == 400 or [one.seconds for one in stored] == [None]
    assert not stored.filter(created_at__lt="2026-01-01T00:00:00Z").exists()


def test_ab_28_a_page_cannot_say_a_negative_time_either(world: World) -> None:
    fields = {"preference": "a:1", "request_key": str(uuid.uuid4()), "seconds": "-5", "created_at": "2020-01-01"}

    world.browser("ana").post(f"/projects/answers/label/{world.held.pk}/submit/", fields)

    stored = Annotation.objects.get(item=world.held.item)
    assert stored.seconds is None or stored.seconds >= 0
    assert stored.created_at.year >= 2026

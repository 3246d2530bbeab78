"""The pages and endpoints about items with a known answer, for curators."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from annotation.models import Gold, Item
from annotation.services import gold, queue
from projects.access import Place
from projects.models import Project, Role
from tests.annotation.test_gold_in_queue import A, answer
from tests.world import program, token_for

pytestmark = pytest.mark.django_db
AddItems = Callable[..., list[Item]]
MakePlace = Callable[..., Place]
TIE = {"winner": "tie", "strength": 0}


@pytest.fixture
def chen(place: MakePlace, person: Callable[[str], User]) -> Client:
    place("Chen", Role.CURATOR)
    client = Client()
    client.force_login(person("Chen"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def accepted() -> Any:
    return Gold.objects.current().get().answers["better"]["accepted"]


def test_an_answer_of_ones_own_becomes_known_from_the_page(chen: Client, add_items: AddItems) -> None:
    (item,) = add_items(1)
    page = f"/projects/answers/items/{item.pk}/gold/"

    assert "Nobody has said what is right here" in chen.get(page).content.decode()
    answered = chen.post(page, {"better": "a:2", "_note": "It answers.\r\nThe other does not.", "_act": "save"})

    assert answered.status_code == 302
    assert accepted() == [A]
    assert Gold.objects.get().note == "It answers.\nThe other does not."
    shown = chen.get(page).content.decode()
    assert "The answer to this item is known" in shown
    assert "It answers." in shown


def test_what_somebody_said_is_accepted_beside_what_is_kept(
    chen: Client, place: MakePlace, add_items: AddItems
) -> None:
    (item,) = add_items(1)
    lease = queue.claim(place("Ana"))
    assert lease
    answer(place("Ana"), lease)
    said = item.annotations.get()
    page = f"/projects/answers/items/{item.pk}/gold/"
    gold.mark(place("Chen", Role.CURATOR), item_id=item.pk, answers={"better": {"accepted": [TIE]}})

    assert "Ana" in chen.get(page).content.decode()
    chen.post(page, {"_keep": ["better:0"], "_accept": [str(said.pk)], "_act": "save"})
    assert accepted() == [TIE, said.answers["better"]]

    chen.post(page, {"_keep": ["better:1"], "_act": "save"})
    assert accepted() == [said.answers["better"]]


def test_nothing_accepted_is_refused_on_the_page(chen: Client, add_items: AddItems) -> None:
    (item,) = add_items(1)

    refused = chen.post(f"/projects/answers/items/{item.pk}/gold/", {"_act": "save"})

    assert refused.status_code == 422
    assert "at least one question" in refused.content.decode()


def test_the_page_takes_what_is_known_back(chen: Client, place: MakePlace, add_items: AddItems) -> None:
    (item,) = add_items(1)
    gold.mark(place("Chen", Role.CURATOR), item_id=item.pk, answers={"better": {"accepted": [A]}})

    chen.post(f"/projects/answers/items/{item.pk}/gold/", {"_act": "withdraw"})

    assert not Gold.objects.current().exists()


def test_the_list_says_what_is_known_and_who_has_none_left(chen: Client, place: MakePlace, add_items: AddItems) -> None:
    assert "No item has a known answer" in chen.get("/projects/answers/gold/").content.decode()
    items = add_items(30)
    for item in items[28:]:
        gold.mark(place("Chen", Role.CURATOR), item_id=item.pk, answers={"better": {"accepted": [A]}}, note="Because.")
    Project.objects.update(gold_percent=50)
    ana = place("Ana")
    ana.project.refresh_from_db()
    while lease := queue.claim(ana):
        answer(ana, lease)

    page = chen.get("/projects/answers/gold/").content.decode()

    assert "2 items have a known answer" in page
    assert "Because." in page
    assert "2 answered" in page
    assert page.count("none left: make more known") == 2  # Ana met both, Chen made both known


def test_the_list_goes_on_where_a_page_ends(
    chen: Client, place: MakePlace, add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotation.queries.gold_page.PAGE", 2)
    items = add_items(3)
    for item in items:
        gold.mark(place("Chen", Role.CURATOR), item_id=item.pk, answers={"better": {"accepted": [A]}})

    first = chen.get("/projects/answers/gold/").content.decode()
    rest = chen.get(f"/projects/answers/gold/?after={items[1].pk}").content.decode()

    assert [f"items/{item.pk}/gold/" in first for item in items] == [True, True, False]
    assert f"?after={items[1].pk}" in first
    assert [f"items/{item.pk}/gold/" in rest for item in items] == [False, False, True]


def test_a_program_says_reads_and_takes_back_what_is_known(place: MakePlace, add_items: AddItems) -> None:
    place("Chen", Role.CURATOR)
    (item,) = add_items(1)
    client, address = program(token_for("chen")), f"/api/v1/items/{item.pk}/gold/"
    body = {"answers": {"better": {"accepted": [A]}}, "note": "So it is."}

    nothing = client.get(address).json()
    said = client.put(address, json.dumps(body), content_type="application/json")
    listed = client.get("/api/v1/projects/answers/gold/").json()["results"]
    refused = client.put(address, json.dumps({"answers": {}}), content_type="application/json")
    gone = client.delete(address)
    again = client.delete(address)

    assert (nothing["version"], nothing["answers"]) == (0, {})
    assert said.json()["answers"] == {"better": {"accepted": [A], "within": 0}}
    assert [one["item"] for one in listed] == [item.pk]
    assert (refused.status_code, gone.json()["is_withdrawn"], again.status_code) == (422, True, 409)


def test_settings_of_checks_are_told_to_curators_alone(place: MakePlace) -> None:
    place("Olga", Role.OWNER)
    place("Ana")
    olga, ana = (program(token_for(name)) for name in ("olga", "ana"))
    wanted = {"gold_percent": 10, "has_gold_feedback": True, "screening_items": 20, "screening_percent": 80}

    changed = olga.patch("/api/v1/projects/answers/", json.dumps(wanted), content_type="application/json")

    assert {name: changed.json()[name] for name in wanted} == wanted
    assert not wanted.keys() & ana.get("/api/v1/projects/answers/").json().keys()
    too_much = olga.patch(
        "/api/v1/projects/answers/", json.dumps({"gold_percent": 51}), content_type="application/json"
    )
    assert too_much.status_code == 400


def test_the_settings_page_changes_how_people_are_checked(place: MakePlace, person: Callable[[str], User]) -> None:
    olga = place("Olga", Role.OWNER)
    client = Client()
    client.force_login(person("Olga"), backend="django.contrib.auth.backends.ModelBackend")
    kept = {"name": "Helpful answers", "overlap": 1, "lease_minutes": 20}

    client.post("/projects/answers/settings/", {**kept, "gold_percent": 7, "has_gold_feedback": "on"})
    olga.project.refresh_from_db()
    assert (olga.project.gold_percent, olga.project.has_gold_feedback) == (7, True)

    client.post("/projects/answers/settings/", kept)  # a page from before there were checks
    olga.project.refresh_from_db()
    assert (olga.project.gold_percent, olga.project.has_gold_feedback) == (7, True)

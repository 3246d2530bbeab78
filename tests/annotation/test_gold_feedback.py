"""What a person is told after their answer to a known item, where the project wants that."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from annotation.models import Gold, Item, Lease
from annotation.numbering import number_of
from annotation.services import annotations, gold, queue
from projects.access import Place
from projects.models import Project, Role
from tests.world import program, token_for

pytestmark = pytest.mark.django_db
AddItems = Callable[..., list[Item]]
MakePlace = Callable[..., Place]
SCRIPT = {"X-Requested-With": "goldpan"}


@pytest.fixture
def ana(place: MakePlace, add_items: AddItems) -> Place:
    """Ana in a project that tells, with a pair that is known to be better on the side that she sees as B."""
    found = place("Ana")
    items = add_items(40)
    for item in items[20:]:
        best = "ab"[annotations.side_order(found, item)[1]]
        known = {"better": {"accepted": [{"winner": best, "strength": 1}]}}
        gold.mark(place("Chen", Role.CURATOR), item_id=item.pk, answers=known, note="It <b>answers</b>.")
    Project.objects.update(gold_percent=50, has_gold_feedback=True)
    found.project.refresh_from_db()
    return found


@pytest.fixture
def browser(person: Callable[[str], User]) -> Client:
    client = Client()
    client.force_login(person("Ana"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def claimed(ana: Place, *, is_known: bool) -> Lease:
    """The next item of this sort; what comes before it is answered."""
    while lease := queue.claim(ana):
        if Gold.objects.filter(item=lease.item_id).exists() == is_known:
            return lease
        answers = {"better": {"winner": "a", "strength": 1}}
        annotations.submit(ana, lease_id=lease.pk, answers=answers, request_key=uuid.uuid4())
    raise AssertionError


def submit(browser: Client, lease: Lease, better: str, *, by_script: bool = True) -> Any:
    fields = {"better": better, "request_key": str(uuid.uuid4())}
    address = f"/projects/answers/label/{lease.pk}/submit/"
    return browser.post(address, fields, headers=SCRIPT if by_script else {})


@pytest.mark.parametrize(("better", "title"), [("b:2", "you are right"), ("a:1", "something else was expected")])
def test_an_answer_to_a_known_item_leads_to_what_was_expected(
    ana: Place, browser: Client, better: str, title: str
) -> None:
    lease = claimed(ana, is_known=True)

    answered = submit(browser, lease, better)
    told = browser.get(answered.json()["checked"], headers=SCRIPT).content.decode()

    assert answered.json()["checked"].endswith(f"/items/{number_of(ana, lease.item_id)}/check/")
    assert title in told
    assert "B" in told
    assert "It &lt;b&gt;answers&lt;/b&gt;." in told
    assert "<html" not in told


def test_without_a_script_the_page_follows_by_itself(ana: Place, browser: Client) -> None:
    answered = submit(browser, claimed(ana, is_known=True), "a:1", by_script=False)

    page = browser.get(answered["Location"]).content.decode()

    assert "something else was expected" in page
    assert "/projects/answers/label/" in page


def test_nothing_is_told_of_other_items(ana: Place, browser: Client) -> None:
    lease = claimed(ana, is_known=False)

    answered = submit(browser, lease, "a:1")

    assert "checked" not in answered.json()
    address = f"/projects/answers/label/items/{number_of(ana, lease.item_id)}/check/"
    assert browser.get(address)["Location"] == "/projects/answers/label/"


def test_nothing_is_told_before_the_answer_nor_to_anybody_else(
    ana: Place, browser: Client, place: MakePlace, person: Callable[[str], User]
) -> None:
    lease = claimed(ana, is_known=True)
    address = f"/projects/answers/label/items/{number_of(ana, lease.item_id)}/check/"
    assert browser.get(address).status_code == 404
    submit(browser, lease, "a:1")
    place("Ben")
    browser.force_login(person("Ben"), backend="django.contrib.auth.backends.ModelBackend")

    assert browser.get(address).status_code == 404


def test_where_the_project_tells_nothing_there_is_nothing_to_see(ana: Place, browser: Client) -> None:
    Project.objects.update(has_gold_feedback=False)
    lease = claimed(ana, is_known=True)

    answered = submit(browser, lease, "a:1")

    assert "checked" not in answered.json()
    address = f"/projects/answers/label/items/{number_of(ana, lease.item_id)}/check/"
    assert browser.get(address)["Location"] == "/projects/answers/label/"


def test_a_program_is_told_in_the_answer(ana: Place) -> None:
    lease = claimed(ana, is_known=True)

    answered = program(token_for("ana")).post(
        f"/api/v1/leases/{lease.pk}/submit/",
        json.dumps({"answers": {"better": {"winner": "a", "strength": 1}}}),
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )

    checked = answered.json()["checked"]
    assert (checked["is_right"], checked["note"]) == (False, "It <b>answers</b>.")
    assert checked["questions"]["better"]["expected"][0].startswith("B")

"""AB-18, AB-26, AB-27: looking changes nothing, posting needs a token of the page, and nothing is kept by a cache."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.access.doors import Door, doors
from tests.access.house import ANON, House
from tests.digest import changed, digest

pytestmark = pytest.mark.django_db

OURS = [door for door in doors() if door.kind != "admin"]
PAGES = [door for door in OURS if door.kind == "page"]

# Looking at the labeling page, or at an item to review, takes it in hand: a lease that ends by itself, for the person
# who looks.
REVIEWED = "projects/<slug:slug>/review/<int:item_id>/"
TAKES_AN_ITEM = {"projects/<slug:slug>/label/", "projects/<slug:slug>/label/next/"}
SAMPLE = "projects/<slug:slug>/quality/samples/<int:number>/"
TAKES_A_REVIEW = {
    "projects/<slug:slug>/review/next/",
    REVIEWED,
    f"{REVIEWED}answer/",
    f"{SAMPLE}next/",
    f"{SAMPLE}<int:item_id>/",
}
IN_HAND = ("annotation_lease", "annotation_slot")


def look(client: Client, address: str, method: str = "GET", **more: Any) -> Any:
    """Call the address and read the answer to its end."""
    response = client.generic(method, address, **more)
    if response.streaming:
        b"".join(response)
    return response


@pytest.mark.parametrize("door", OURS, ids=lambda door: door.route)
def test_ab_18_looking_changes_nothing(door: Door, house: House) -> None:
    besides = IN_HAND if door.route in TAKES_AN_ITEM else ("curation_reviewlease",) * (door.route in TAKES_A_REVIEW)
    before = digest(besides=besides)

    with transaction.atomic():
        for person in ("olga", "ana", ANON):
            for method in ("GET", "HEAD"):
                look(house.client(door, person), house.address(door), method)
        after = digest(besides=besides)
        transaction.set_rollback(True)

    assert changed(before, after) == []


@pytest.mark.parametrize("door", PAGES, ids=lambda door: door.route)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_ab_18_a_form_from_elsewhere_changes_nothing(door: Door, method: str, house: House) -> None:
    before = digest()
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["goldpan"] = house.sessions["olga"]

    with transaction.atomic():
        response = look(browser, house.address(door), method, headers={"Origin": "https://evil.example"})
        after = digest()
        transaction.set_rollback(True)

    assert response.status_code in {403, 405}
    assert changed(before, after) == []


@pytest.mark.parametrize("door", [door for door in OURS if door.kind == "endpoint"], ids=lambda door: door.route)
def test_ab_18_a_session_opens_no_endpoint(door: Door, house: House) -> None:
    browser = Client()
    browser.cookies["goldpan"] = house.sessions["olga"]

    assert {look(browser, house.address(door), method).status_code for method in ("GET", "POST", "PATCH")} == {401}


@pytest.mark.parametrize("door", OURS, ids=lambda door: door.route)
def test_ab_27_no_cache_keeps_what_somebody_saw(door: Door, house: House) -> None:
    for person in ("olga", "ana", ANON):
        with transaction.atomic():
            response = look(house.client(door, person), house.address(door))
            transaction.set_rollback(True)
        kept = response.headers["Cache-Control"]

        assert kept == "private, no-store" or ("immutable" in kept and "private" in kept and "/releases/" in door.route)


def test_ab_27_htmx_keeps_no_page_in_the_browser(house: House) -> None:
    for address in ("/projects/answers/label/", "/projects/answers/items/", "/"):
        with transaction.atomic():
            page = house.world.browser("ana" if "label" in address else "olga").get(address).content.decode()
            transaction.set_rollback(True)

        assert re.search(r'historyCacheSize&quot;:\s*0|"historyCacheSize":\s*0|hx-history="false"', page)


@pytest.mark.parametrize(
    "address",
    [
        "/static../platform/config/settings.py",
        "/static/../platform/config/settings.py",
        "/static/%2e%2e/platform/config/settings.py",
        "/static/..%2f..%2fpyproject.toml",
        "/media/../pyproject.toml",
        "/media/",
        "/.env",
        "/.git/config",
        "/env/SECRET_KEY",
        "/uploads/",
        "/releases/",
        "/schema",
        "/api/",
        "/api/v1/",
        "/api/docs/",
        "/__debug__/",
        "/admin/",
        "/admin/login/",
        "/server-status",
        "/silk/",
    ],
)
def test_ab_26_there_is_nothing_beside_the_doors(address: str) -> None:
    for client in (Client(), Client(headers={"Accept": "text/html"})):
        response = client.get(address)

        assert response.status_code == 404
        assert b"SECRET" not in response.content


def test_ab_26_measures_and_schema_are_not_for_passers_by(house: House) -> None:
    passer_by = Client(REMOTE_ADDR="203.0.113.9")

    assert passer_by.get("/metrics").status_code in {401, 403, 404}
    assert passer_by.get("/api/v1/schema/").status_code == 401
    assert "checks" not in passer_by.get("/readyz").json()


@pytest.mark.parametrize("door", [door for door in OURS if door.kind == "endpoint"], ids=lambda door: door.route)
def test_ab_26_no_endpoint_shows_a_page_about_itself(door: Door, house: House) -> None:
    for accept in ("text/html", "application/xhtml+xml,*/*;q=0.1", "*/*"):
        browser = house.client(door, "olga")
        with transaction.atomic():
            response = look(browser, house.address(door), headers={"Accept": accept})
            options = look(browser, house.address(door), "OPTIONS", headers={"Accept": accept})
            transaction.set_rollback(True)

        assert "text/html" not in response.headers.get("Content-Type", "")
        assert "text/html" not in options.headers.get("Content-Type", "")
        assert options.status_code in {405, 406}

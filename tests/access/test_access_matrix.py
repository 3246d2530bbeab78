"""Every address × everybody × every method, held to the rule that the view declares. Nothing here is listed by hand:
a new address is in the matrix as soon as it exists, and one without a rule fails."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from projects.access import Right
from tests.access.doors import METHODS, WITH_ADMIN, Door, doors
from tests.access.house import ANON, PEOPLE, House, owner_of
from tests.digest import changed, digest

pytestmark = pytest.mark.django_db  # each knock inside its own transaction, inside that of the house

DOORS = doors()
OURS = [door for door in DOORS if door.kind != "admin"]
RULES = {"public", "signed_in", "token", "staff", "view_somewhere", *(right.value for right in Right)}
SIGN_IN = "/sign-in/"


def test_every_address_declares_who_may_call_it() -> None:
    silent = [door.route for door in OURS if not door.rule]
    odd = [
        door.route
        for door in DOORS
        for rule in (door.rule.values() if isinstance(door.rule, dict) else [door.rule])
        if rule not in RULES
    ]

    assert (silent, odd) == ([], [])


@pytest.mark.parametrize("door", OURS, ids=lambda door: door.route)
def test_only_those_come_through_who_may(door: Door, house: House) -> None:
    before = digest()

    wrong = [
        f"{method} by {person}: {status} instead of {expected}"
        for method in METHODS
        for person in PEOPLE
        if not _fits(expected := expect(door, method, person, house), status := knock(house, door, method, person))
    ]

    assert wrong == []
    assert changed(before, digest()) == []


@pytest.mark.parametrize("door", [door for door in DOORS if door.kind == "admin"], ids=lambda door: door.route)
def test_admin_is_for_staff(door: Door, house: House) -> None:
    before = digest()

    with WITH_ADMIN:
        statuses = {(m, p): knock(house, door, m, p) for m in ("GET", "POST") for p in PEOPLE}

    let_in = {who: status for who, status in statuses.items() if status not in {"302", "404", "405"}}
    assert let_in == {} or door.route in {"hidden-admin/login/", "hidden-admin/logout/"}
    assert changed(before, digest()) == []


def expect(door: Door, method: str, person: str, house: House) -> str:
    """What should come back: a status, `sign-in`, `closed` (nobody can tell it from nothing), or `in`."""
    rule = door.rule_for(method)
    if door.kind == "endpoint":
        if person == ANON:
            return "401"
        if rule is None:
            return "405"
    if rule == "public":
        return "any"
    if person == ANON:
        return "sign-in"
    if rule in {"signed_in", "token"}:
        return "in" if owner_of(door) in {None, person} else "closed"
    if rule == "staff":
        return "closed"  # to owners, too: none of the cast runs the installation
    if rule == "view_somewhere":
        return "in" if house.views_somewhere(person) else "closed"
    if not house.may(person, str(rule)):
        return "closed"
    if owner_of(door) not in {None, person} and not _sees_all(door, person, house):
        return "closed"
    return "in"


def _sees_all(door: Door, person: str, house: House) -> bool:
    """An annotation is its author's, what an item shows is theirs who held it, and both of those who may view."""
    return bool({"annotation_id", "sha256"} & set(door.arguments)) and house.may(person, Right.VIEW)


def knock(house: House, door: Door, method: str, person: str) -> str:
    """The status that comes back, with whatever the call wrote taken back; a way to the sign-in page is `sign-in`."""
    client: Client = house.client(door, person)
    with transaction.atomic():
        response: Any = client.generic(method, house.address(door), b"{}", "application/json")
        transaction.set_rollback(True)
    if response.status_code == 302 and response.headers["Location"].startswith(SIGN_IN):
        return "sign-in"
    return str(response.status_code)


def _fits(expected: str, status: str) -> bool:
    if status.startswith("5"):
        return False
    if expected == "any":
        return True
    if expected == "closed":
        return status in {"404", "405"}
    if expected == "in":
        return status not in {"401", "403", "404", "sign-in"}
    return status == expected or (expected == "sign-in" and status == "405")

"""Objects are found through their project and their person, whatever view asks."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import Http404

from annotation import access
from annotation.models import Import, Item, Lease
from annotation.services import annotations, queue
from jobs.services import enqueue
from projects.access import Place
from projects.models import Project, Role

AddItems = Callable[..., list[Item]]


@pytest.fixture
def elsewhere(person: Callable[[str], Any]) -> Place:
    """Sam in a project of his own."""
    project = Project.objects.create(slug="other", name="Other", created_by=person("Sam"))
    return Place(user=person("Sam"), project=project, role=Role.OWNER)


def refused(find: Callable[..., Any], place: Place, key: Any) -> bool:
    try:
        find(place, key)
    except Http404:
        return True
    return False


def hold(place: Place) -> Lease:
    lease = queue.claim(place)
    assert lease is not None
    return lease


def test_an_item_is_for_those_who_may_view_it_in_its_project(
    place: Callable[..., Place], add_items: AddItems, elsewhere: Place
) -> None:
    (item,) = add_items(1)

    may = [access.item(place(name, role), item.pk) == item for name, role in (("Olga", "owner"), ("Vera", "viewer"))]

    assert all(may)
    assert refused(access.item, place("Ana"), item.pk)
    assert refused(access.item, elsewhere, item.pk)


def test_a_lease_is_its_holders_alone(place: Callable[..., Place], add_items: AddItems) -> None:
    add_items(1)
    lease = hold(place("Ana"))

    assert access.lease(place("Ana"), lease.pk) == lease
    assert refused(access.lease, place("Ben"), lease.pk)
    assert refused(access.lease, place("Olga", Role.OWNER), lease.pk)
    assert refused(access.lease, place("Ana"), uuid.uuid4())


def test_an_annotation_is_its_authors_and_of_those_who_may_view(
    place: Callable[..., Place], add_items: AddItems, elsewhere: Place
) -> None:
    add_items(1)
    answers = {"better": {"winner": "a", "strength": 1}}
    lease = hold(place("Ana"))
    given = annotations.submit(place("Ana"), lease_id=lease.pk, answers=answers, request_key=uuid.uuid4()).annotation

    assert access.annotation(place("Ana"), given.pk) == given
    assert access.annotation(place("Chen", Role.CURATOR), given.pk) == given
    assert refused(access.annotation, place("Ben"), given.pk)
    assert refused(access.annotation, elsewhere, given.pk)


def test_an_import_is_for_owners_of_its_project(place: Callable[..., Place], elsewhere: Place) -> None:
    olga = place("Olga", Role.OWNER)
    job = enqueue(kind="import", args={})
    run = Import.objects.create(
        project=olga.project, job=job, adapter="goldpan", file_name="a", file_size=1, created_by=olga.user
    )

    assert access.import_(olga, run.pk) == run
    assert refused(access.import_, place("Chen", Role.CURATOR), run.pk)
    assert refused(access.import_, elsewhere, run.pk)

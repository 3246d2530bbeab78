"""Rows of several tables as models, by SQL that is written once."""

import pytest

from annotation.models import Draft, Item, Lease
from annotation.services import queue
from tests.journeys.house import House
from ui.joined import Joined

BOTH = Joined(
    """
    FROM annotation_lease l JOIN annotation_item i ON i.id = l.item_id
    LEFT JOIN annotation_draft d ON d.item_id = i.id WHERE l.id = %(lease)s
    """,
    {"l": Lease, "i": Item, "d": Draft},
)


@pytest.fixture
def lease(db: None) -> Lease:
    house = House.build()
    house.add_items(1)
    found = queue.claim(house.place("Ana"))
    assert found is not None
    return found


def test_models_come_back_as_django_reads_them(lease: Lease) -> None:
    found = BOTH.first(lease=lease.pk)

    assert found is not None
    for one in found[:2]:
        assert one._state.adding is False
        stored = type(one).objects.get(pk=one.pk)
        assert {f.attname: getattr(one, f.attname) for f in one._meta.concrete_fields} == {
            f.attname: getattr(stored, f.attname) for f in one._meta.concrete_fields
        }


def test_an_outer_join_that_finds_nothing_gives_none(lease: Lease) -> None:
    assert BOTH.first(lease=lease.pk)[2] is None  # type: ignore[index]

    Draft.objects.create(author=lease.annotator, item=lease.item, answers={"why": "because"}, saved_at=lease.granted_at)

    assert BOTH.first(lease=lease.pk)[2].answers == {"why": "because"}  # type: ignore[index]


def test_no_row_gives_none(db: None) -> None:
    assert BOTH.first(lease="00000000-0000-0000-0000-000000000000") is None

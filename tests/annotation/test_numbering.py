"""The numbers by which people who label know items."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from annotation.numbering import item_of, number_of
from projects.access import Place
from projects.models import Project, Role


def place_of(person: int, salt: str = "s" * 32, role: str = Role.ANNOTATOR, *, has_had_gold: bool = True) -> Place:
    return Place(User(pk=person), Project(salt=salt, has_had_gold=has_had_gold), role)


@given(st.integers(0, 2**48 - 1), st.integers(1, 10**6))
def test_every_item_has_one_number_and_every_number_one_item(item: int, person: int) -> None:
    place = place_of(person)

    assert item_of(place, number_of(place, item)) == item
    assert number_of(place, item_of(place, item)) == item
    assert 0 <= number_of(place, item) < 2**48


def test_numbers_say_nothing_of_the_order_and_differ_from_person_to_person() -> None:
    place = place_of(1)
    numbers = [number_of(place, item) for item in range(1, 2_001)]

    rises = sum(one < other for one, other in pairwise(numbers))

    assert len(set(numbers)) == 2_000
    assert 900 < rises < 1_100
    assert 0.45 < sum(numbers) / 2_000 / 2**48 < 0.55
    assert not set(numbers) & {number_of(place_of(2), item) for item in range(1, 2_001)}
    assert not set(numbers) & {number_of(place_of(1, salt="t" * 32), item) for item in range(1, 2_001)}


@pytest.mark.parametrize("number", [-1, 2**48, 10**30])
def test_what_is_no_number_of_an_item_stands_for_none(number: int) -> None:
    assert item_of(place_of(1), number) == 0


def test_who_may_view_and_whose_project_never_had_gold_see_the_items_own() -> None:
    for place in (place_of(1, role=Role.CURATOR), place_of(1, has_had_gold=False)):
        assert (number_of(place, 7), item_of(place, 7)) == (7, 7)

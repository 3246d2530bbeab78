"""Lists of responses: what all listings agree on, and what they dispute."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelhooks.contracts import ResponseGroup
from modelhooks.judging.chat import Ask
from modelhooks.judging.listwise import ListwiseJudge, seatings
from tests.modelhooks.judging.scripted import CODE, PROMPT, always, failed, setting, shown

GROUP = ResponseGroup(PROMPT, ("3", "1", "2", "4"))


def names(ask: Ask) -> list[str]:
    return [f"R{place}" for place in range(1, 11) if f"response R{place}\n" in ask.turns[1].text]


def listed(*order: str, **more: Any) -> dict[str, Any]:
    said = {"case": CODE, "critiques": [""] * len(order), "best_to_worst": list(order)}
    return {**said, "best": order[0], "worst": order[-1], **more}


def by_number(ask: Ask, number: int = 0) -> dict[str, Any]:
    """The highest number is the best response."""
    return listed(*sorted(names(ask), key=lambda name: -int(shown(ask, f"response {name}"))))


def test_the_order_is_that_of_the_responses_wherever_they_sit():
    judge = ListwiseJudge(setting(by_number), listings=4)

    (found,) = judge.rank([GROUP])

    assert found.groups == ((3,), (0,), (2,), (1,))
    assert found.disputed == frozenset()
    assert len({ask.turns[1].text for ask in judge.setting.chat.asked}) == 4


def test_who_looks_at_the_places_alone_disputes_everything():
    (found,) = ListwiseJudge(setting(lambda ask, number: listed(*names(ask)))).rank([GROUP])

    assert found.groups == ((0, 1, 2, 3),)
    assert len(found.disputed) == 6
    assert found.mean_places == (1.5,) * 4


def test_what_is_disputed_stands_in_one_group_and_the_rest_apart():
    turns = iter([["3", "4", "2", "1"], ["4", "3", "2", "1"]])

    def say(ask: Ask, number: int) -> Any:
        place = {shown(ask, f"response {name}"): name for name in names(ask)}
        return listed(*(place[text] for text in next(turns)))

    (found,) = ListwiseJudge(setting(say)).rank([GROUP])

    assert found.groups == ((0, 3), (2,), (1,))
    assert found.disputed == {(0, 3)}


@settings(deadline=None)
@given(st.lists(st.permutations(range(5)), min_size=1, max_size=4))
def test_groups_say_only_what_every_listing_says(orders: list[list[int]]):
    group = ResponseGroup(PROMPT, tuple("abcde"))
    later = iter(orders)

    def say(ask: Ask, number: int) -> Any:
        place = {shown(ask, f"response {name}"): name for name in names(ask)}
        return listed(*(place["abcde"[one]] for one in next(later)))

    judge = ListwiseJudge(setting(say), listings=len(orders))

    (found,) = judge.rank([group])

    assert found.groups is not None
    level = {one: number for number, members in enumerate(found.groups) for one in members}
    assert sorted(level) == [0, 1, 2, 3, 4]
    for a, b in permutations(range(5), 2):
        if level[a] < level[b]:
            assert all(each.index(a) < each.index(b) for each in orders)


@pytest.mark.parametrize(
    "said",
    [
        listed("R1", "R2", "R3"),
        listed("R1", "R2", "R3", "R3"),
        listed("R1", "R2", "R3", "R4", worst="R1"),
        listed("R1", "R2", "R3", "R4", best="R2"),
        listed("R1", "R2", "R3", "R5"),
        "R1 > R2",
        failed(),
    ],
)
def test_a_list_that_contradicts_itself_is_none(said: Any):
    (found,) = ListwiseJudge(always(said)).rank([GROUP])

    assert found.groups is None
    assert found.error


def test_one_listing_that_cannot_be_read_ends_it():
    answers = iter([True, False])

    (found,) = ListwiseJudge(setting(lambda ask, number: by_number(ask) if next(answers) else "?")).rank([GROUP])

    assert found.groups is None
    assert len(found.raw_text) == 2


@pytest.mark.parametrize("count", [0, 1, 11])
def test_a_list_has_two_to_ten_responses(count: int):
    (found,) = ListwiseJudge(setting(by_number)).rank([ResponseGroup(PROMPT, ("1",) * count)])

    assert found.groups is None
    assert "2 to 10" in found.error


@settings(deadline=None)
@given(st.integers(1, 10), st.integers(1, 8))
def test_every_seating_seats_everybody_and_two_listings_face_each_other(count: int, listings: int):
    found = seatings(count, listings)

    assert all(sorted(each) == list(range(count)) for each in found)
    if listings > 1:
        assert found[1] == tuple(reversed(found[0]))

"""Rankings: what places become, what they imply, and what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.kinds import KINDS, AnswerRefused, Judged, Subject
from annotation.kinds.ranking import implied_pairs
from tests.annotation.kind_cases import Question
from tests.annotation.kind_cases.ranking import SUBJECT

RANKING = KINDS["ranking"]
FREE = Question("ranking", settings={"ties": True})
STRICT = Question("ranking", settings={"ties": False})


def test_places_become_tie_groups_and_gaps_close() -> None:
    post = {"q.0": "2", "q.1": "9", "q.2": "1", "q.3": "2"}

    assert RANKING.parse(post, FREE, SUBJECT) == [[2], [0, 3], [1]]
    assert RANKING.words([[2], [0, 3], [1]], FREE, SUBJECT) == "C > A = D > B"


def test_an_order_that_is_not_whole_says_what_is_missing() -> None:
    with pytest.raises(AnswerRefused, match="still wants a place for B, D"):
        RANKING.parse({"q.0": "1", "q.2": "2"}, FREE, SUBJECT)


@pytest.mark.parametrize(
    "value",
    [[[0], [1], [2]], [[0], [1], [2], [3], [3]], [[0, 1, 2, 3], []], [[0], [1], [2], [4]], [[0.0], [1], [2], [3]], [0]],
)
def test_what_is_no_ranking_of_the_four_is_refused(value: Any) -> None:
    with pytest.raises(AnswerRefused):
        RANKING.validate(value, FREE, SUBJECT)


def test_a_tie_is_refused_where_the_project_wants_none() -> None:
    with pytest.raises(AnswerRefused, match="a place of its own"):
        RANKING.validate([[0, 1], [2], [3]], STRICT, SUBJECT)


@pytest.mark.parametrize("responses", [1, 11])
def test_one_response_or_eleven_cannot_be_ranked(responses: int) -> None:
    subject = Subject(tuple(Judged(str(number)) for number in range(responses)))

    with pytest.raises(AnswerRefused, match="ranks 2 to 10"):
        RANKING.validate([[number] for number in range(responses)], FREE, subject)


def test_numbers_follow_their_responses() -> None:
    assert RANKING.to_item_order([[0], [1, 3], [2]], [2, 0, 1, 3]) == [[2], [0, 3], [1]]


def test_a_ranking_implies_each_pair_that_is_not_tied_once() -> None:
    assert list(implied_pairs([[2], [0, 3], [1]])) == [(2, 0), (2, 3), (2, 1), (0, 1), (3, 1)]


@given(st.lists(st.integers(1, 4), min_size=4, max_size=4))
def test_implied_pairs_are_those_whose_places_differ(places: list[int]) -> None:
    value = RANKING.parse({f"q.{number}": str(place) for number, place in enumerate(places)}, FREE, SUBJECT)
    wanted = {(one, two) for one in range(4) for two in range(4) if places[one] < places[two]}

    pairs = list(implied_pairs(value))

    assert set(pairs) == wanted
    assert len(pairs) == len(wanted)

"""Answers taken apart into votes: what holds for every kind, and what each one says."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.kinds import KINDS
from annotation.kinds.votes import Facet, Vote
from tests.annotation.kind_cases import Question
from tests.annotation.test_kinds import CASES, answered


def votes_on(question: Question, value: Any) -> list[Vote]:
    kind = KINDS[question.kind]
    return list(kind.votes(value, kind.facets(question)))


def moved(vote: Vote, facet: Facet, order: Sequence[int]) -> Vote:
    """The same vote where the response that stood at place `i` is number `order[i]`."""
    parts = vote.place.split(".") if vote.place else []
    if facet.scale != "sides":
        return vote._replace(place=".".join([str(order[int(parts[0])]), *parts[1:]]) if parts else "")
    is_of_two = len(parts) == 2  # else about the two that the item has, on a criterion perhaps
    pair = [order[int(part)] for part in parts] if is_of_two else order
    place = ".".join(map(str, sorted(pair))) if is_of_two else vote.place
    if pair[0] < pair[1]:
        return vote._replace(place=place)
    return Vote(vote.facet, place, 2 - vote.value, None if vote.degree is None else -vote.degree)


@given(answered())
def test_each_vote_is_one_of_the_facets_values_and_there_is_one_for_each_place(case: tuple[Question, Any]) -> None:
    question, value = case
    facets = {facet.key: facet for facet in KINDS[question.kind].facets(question)}

    votes = votes_on(question, value)

    assert len({(vote.facet, vote.place) for vote in votes}) == len(votes)
    for vote in votes:
        facet = facets[vote.facet]
        size = vote.out_of + 1 if facet.scale == "first_error" and vote.out_of is not None else len(facet.values)
        assert 0 <= vote.value < size
        assert vote.degree is None or (vote.degree > 0) - (vote.degree < 0) == 1 - vote.value


@given(answered(), st.data())
def test_votes_speak_of_responses_whatever_order_they_were_shown_in(
    case: tuple[Question, Any], data: st.DataObject
) -> None:
    question, value = case
    kind = KINDS[question.kind]
    facets = {facet.key: facet for facet in kind.facets(question)}
    order = data.draw(st.permutations(list(range(len(CASES[question.kind].SUBJECT)))))

    after = votes_on(question, kind.to_item_order(value, order))

    assert {*after} == {moved(vote, facets[vote.facet], order) for vote in votes_on(question, value)}


PREFERENCE = Question("preference", settings={"points": 7, "dimensions": [{"key": "tone", "title": "Tone"}]})
RATING = Question("rating", target="response", settings={"low": 1, "high": 5})
CHOICE = Question("choice", settings={"options": [{"key": "x", "title": "X"}, {"key": "y", "title": "Y"}]})
SEVERAL = Question("choice", settings={**CHOICE.settings, "several": True})
CRITERIA = [
    {"key": "right", "title": "Right", "scale": "yes_no"},
    {"key": "clear", "title": "Clear", "scale": 3},
]
RUBRIC = Question("rubric", target="response", settings={"criteria": CRITERIA})
OWN = Question("rubric", target="response", settings={"criteria": CRITERIA, "source": "item"})
COMPARED = Question("rubric", settings={"criteria": CRITERIA})
STEPS = Question("steps", target="response", settings={"final_answer": True})
SPANS = Question(
    "spans", target="response", settings={"types": [{"key": "x", "title": "X"}, {"key": "y", "title": "Y"}]}
)


@pytest.mark.parametrize(
    ("question", "value", "votes"),
    [
        (PREFERENCE, {"winner": "a", "strength": 3}, [Vote("", "", 0, 3)]),
        (PREFERENCE, {"winner": "b", "strength": 2}, [Vote("", "", 2, -2)]),
        (PREFERENCE, {"winner": "b", "strength": None}, [Vote("", "", 2)]),
        (PREFERENCE, {"winner": "tie", "strength": 0}, [Vote("", "", 1, 0)]),
        (PREFERENCE, {"winner": "both_bad", "strength": None}, [Vote("", "", 1)]),
        (PREFERENCE, {"winner": "unsure", "strength": None}, []),
        (
            PREFERENCE,
            {"winner": "unsure", "strength": None, "dimensions": {"tone": {"winner": "a", "strength": 1}}},
            [Vote("tone", "", 0, 1)],
        ),
        (RATING, [1, None, 5, 9], [Vote("", "0", 0), Vote("", "2", 4)]),
        (Question("rating", settings={"low": 0, "high": 4}), 0, [Vote("", "", 0)]),
        (Question("ranking"), [[2], [0, 1]], [Vote("", "0.1", 1), Vote("", "0.2", 2), Vote("", "1.2", 2)]),
        (CHOICE, "y", [Vote("", "", 1)]),
        (CHOICE, "gone", []),
        (CHOICE, [["x"], None, ["y"]], [Vote("", "0", 0), Vote("", "2", 1)]),
        (SEVERAL, ["y"], [Vote("x", "", 0), Vote("y", "", 1)]),
        (
            RUBRIC,
            {"verdicts": {"right": [{"value": "na"}, None], "clear": [{"value": 3}, {"value": "na"}], "old": []}},
            [Vote("right", "0", 2), Vote("clear", "0", 2)],
        ),
        (OWN, {"verdicts": {"its_own": [{"value": "no"}, {"value": 2}]}}, [Vote("", "0.its_own", 0)]),
        (COMPARED, {"verdicts": {"right": {"value": "b"}, "clear": {"value": "na"}}}, [Vote("right", "", 2)]),
        (
            STEPS,
            [None, {"splitter": "1", "labels": [1, 0, -1, None], "final": "right"}],
            [
                *(Vote("step", f"1.1.{step}", value) for step, value in enumerate([2, 1, 0])),
                Vote("first_error", "1.1", 2, out_of=4),
                Vote("final", "1.1", 2),
            ],
        ),
        (
            STEPS,
            [{"splitter": "hand-7", "labels": [1, 1]}],
            [
                Vote("step", "0.hand-7.0", 2),
                Vote("step", "0.hand-7.1", 2),
                Vote("first_error", "0.hand-7", 2, out_of=2),
            ],
        ),
        (STEPS, [{"splitter": "1", "labels": [None, 1]}], [Vote("step", "0.1.1", 2)]),
        (
            SPANS,
            {"hashes": ["1", "2"], "spans": [{"response": 1, "start": 0, "end": 2, "type": "y"}]},
            [Vote("x", "0", 0), Vote("y", "0", 0), Vote("x", "1", 0), Vote("y", "1", 1)],
        ),
        (Question("text"), "because", []),
    ],
)
def test_what_an_answer_says(question: Question, value: Any, votes: list[Vote]) -> None:
    assert votes_on(question, value) == votes

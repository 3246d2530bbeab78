"""How right an answer is where the right one is known: what holds for every kind, and what each kind says."""

from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.kinds import KINDS
from annotation.kinds.base import Known
from tests.annotation.kind_cases import Question

CASES = {name: import_module(f"tests.annotation.kind_cases.{name}") for name in KINDS}
QUESTIONS = [question for case in CASES.values() for question in case.QUESTIONS]


@st.composite
def answered_and_known(draw: st.DrawFn) -> tuple[Question, Any, Any]:
    """A question, somebody's answer and another one that is accepted."""
    question = draw(st.sampled_from(QUESTIONS))
    kind, case = KINDS[question.kind], CASES[question.kind]

    def one() -> Any:
        return kind.validate(kind.parse(draw(case.post(question)), question, case.SUBJECT), question, case.SUBJECT)

    return question, one(), one()


@given(answered_and_known())
def test_what_is_accepted_is_wholly_right_whatever_else_is_accepted(case: tuple[Question, Any, Any]) -> None:
    question, value, other = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT

    assert kind.is_right(value, Known([other, value]), question, subject) in (1, None)


@given(answered_and_known())
def test_how_right_an_answer_is_lies_between_0_and_1(case: tuple[Question, Any, Any]) -> None:
    question, value, other = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT

    share = kind.is_right(value, Known([other]), question, subject)

    assert share is None or 0 <= share <= 1


@given(answered_and_known(), st.data())
def test_more_room_makes_nobody_less_right(case: tuple[Question, Any, Any], data: st.DataObject) -> None:
    question, value, other = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT
    allowed = list(kind.tolerances(question))
    narrow, wide = sorted(data.draw(st.tuples(st.sampled_from(allowed), st.sampled_from(allowed))))

    less, more = (kind.is_right(value, Known([other], within), question, subject) for within in (narrow, wide))

    assert allowed[0] == 0
    assert (less is None) == (more is None)
    assert less is None or more is None or less <= more


def share(
    kind: str, value: Any, *accepted: Any, within: int = 0, target: str = "item", **settings: Any
) -> float | None:
    question = Question(kind, target=target, settings=settings)
    return KINDS[kind].is_right(value, Known(accepted, within), question, CASES[kind].SUBJECT)


def winner(who: str, strength: int | None = None, **dimensions: str) -> dict[str, Any]:
    said: dict[str, Any] = {"winner": who, "strength": strength}
    return said | ({"dimensions": {key: winner(one) for key, one in dimensions.items()}} if dimensions else {})


def test_who_won_is_what_counts_and_not_by_how_much() -> None:
    assert share("preference", winner("a", 3), winner("a", 1)) == 1
    assert share("preference", winner("tie", 0), winner("a", 1)) == 0
    assert share("preference", winner("tie", 0), winner("a", 1), winner("tie", 0)) == 1
    assert share("preference", winner("unsure"), winner("a", 1)) == 0
    assert share("preference", winner("a", clear="b"), winner("a", clear="a")) == 0.5


def test_a_rating_is_right_within_so_many_levels() -> None:
    assert share("rating", 4, 5, low=1, high=5) == 0
    assert share("rating", 4, 5, low=1, high=5, within=1) == 1
    assert share("rating", [4, 1], [5, 3], low=1, high=5, within=1, target="response") == 0.5
    assert share("rating", [None, 3], [5, 3], low=1, high=5, target="response") == 0.5
    assert share("rating", [2, 3], [None, 3], low=1, high=5, target="response") == 1


def test_options_are_right_all_together_in_any_order() -> None:
    options = [{"key": key, "title": key} for key in ("x", "y", "z")]
    assert share("choice", ["y", "x"], ["x", "y"], options=options, several=True) == 1
    assert share("choice", ["x"], ["x", "y"], options=options, several=True) == 0
    assert share("choice", [["x"], ["y"]], [["x"], ["z"]], options=options, target="response") == 0.5


def labeled(*labels: int | None, final: str | None = None, splitter: str = "1") -> dict[str, Any]:
    return {"splitter": splitter, "labels": list(labels)} | ({"final": final} if final else {})


def test_the_first_wrong_step_is_found_exactly_or_one_step_off() -> None:
    known = [labeled(1, 1, -1, None)]

    assert share("steps", [labeled(1, 1, -1, 1)], known) == 1
    assert share("steps", [labeled(1, -1, None, None)], known) == 0
    assert share("steps", [labeled(1, -1, None, None)], known, within=1) == 1
    assert share("steps", [labeled(1, 1, 1, 1)], known, within=1) == 0
    assert share("steps", [labeled(1, None, -1, 1)], known) == 0
    assert share("steps", [labeled(1, 1, -1, 1, splitter="2")], known) is None
    assert share("steps", [None], known) == 0


def test_finding_no_error_is_never_one_step_off() -> None:
    assert share("steps", [labeled(1, 1, -1)], [labeled(1, 1, 1)], within=1) == 0
    assert share("steps", [labeled(1, 1, 1)], [labeled(1, 1, -1)], within=1) == 0


def test_a_known_final_answer_is_to_be_met_too() -> None:
    known = [labeled(1, 1, final="right")]

    assert share("steps", [labeled(1, 1, final="right")], known) == 1
    assert share("steps", [labeled(1, 1, final="wrong")], known) == 0


def test_words_are_right_or_wrong_by_no_rule() -> None:
    assert share("text", "Because.", "Because.") is None


def test_an_order_is_as_right_as_its_pairs() -> None:
    assert share("ranking", [[0], [1], [2]], [[0], [2], [1]]) == pytest.approx(2 / 3)

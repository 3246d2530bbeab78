"""How far apart two answers are: what holds for every kind, and what each kind's distance says."""

from dataclasses import replace
from importlib import import_module
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.kinds import KINDS, Judged, Subject
from annotation.kinds.distances import kendall, weighted
from tests.annotation.kind_cases import PAIR, Question

CASES = {name: import_module(f"tests.annotation.kind_cases.{name}") for name in KINDS}
QUESTIONS = [question for case in CASES.values() for question in case.QUESTIONS]


@st.composite
def answered_twice(draw: st.DrawFn) -> tuple[Question, Any, Any]:
    """A question with two values that it accepts."""
    question = draw(st.sampled_from(QUESTIONS))
    kind, case = KINDS[question.kind], CASES[question.kind]

    def one() -> Any:
        return kind.validate(kind.parse(draw(case.post(question)), question, case.SUBJECT), question, case.SUBJECT)

    return question, one(), one()


@given(answered_twice())
def test_a_distance_lies_between_0_and_1_and_is_the_same_from_both_ends(case: tuple[Question, Any, Any]) -> None:
    question, first, second = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT

    there, back = kind.compare(first, second, question, subject), kind.compare(second, first, question, subject)

    assert there == (None if back is None else pytest.approx(back))
    assert there is None or 0 <= there <= 1


@given(answered_twice())
def test_nothing_lies_between_an_answer_and_itself(case: tuple[Question, Any, Any]) -> None:
    question, first, _ = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT

    assert kind.compare(first, first, question, subject) in (0, None)


@given(answered_twice(), st.data())
def test_the_order_in_which_responses_are_shown_changes_no_distance(
    case: tuple[Question, Any, Any], data: st.DataObject
) -> None:
    question, first, second = case
    kind, subject = KINDS[question.kind], CASES[question.kind].SUBJECT
    order = data.draw(st.permutations(range(len(subject))))
    turned = replace(subject, responses=tuple(subject.responses[index] for index in order))

    apart = kind.compare(kind.to_shown_order(first, order), kind.to_shown_order(second, order), question, turned)

    assert apart == pytest.approx(kind.compare(first, second, question, subject))


def preference(winner: str, strength: int | None = None, **dimensions: str) -> dict[str, Any]:
    value: dict[str, Any] = {"winner": winner, "strength": strength}
    return {**value, "dimensions": {key: preference(one) for key, one in dimensions.items()}} if dimensions else value


@pytest.mark.parametrize(
    ("points", "first", "second", "apart"),
    [
        (7, preference("a", 3), preference("b", 3), 1),
        (7, preference("a", 1), preference("b", 1), 1 / 3),
        (7, preference("a", 3), preference("tie", 0), 1 / 2),
        (7, preference("a", 3), preference("a"), 0),
        (7, preference("a", 1), preference("b"), 1),
        (5, preference("a", 2), preference("a", 1), 1 / 4),
        (3, preference("a"), preference("tie"), 1 / 2),
        (2, preference("a"), preference("b"), 1),
        (7, preference("both_bad"), preference("both_bad"), 0),
        (7, preference("both_bad"), preference("tie", 0), 1),
        (7, preference("unsure"), preference("a", 3), None),
        (3, preference("a", tone="a", tact="b"), preference("a", tone="b"), 1 / 2),
    ],
)
def test_preferences_lie_apart_by_points_of_their_scale(
    points: int, first: Any, second: Any, apart: float | None
) -> None:
    question = Question("preference", settings={"points": points})

    assert KINDS["preference"].compare(first, second, question, PAIR) == (apart and pytest.approx(apart))


@pytest.mark.parametrize(
    ("target", "first", "second", "apart"),
    [
        ("item", 1, 5, 1),
        ("item", 2, 3, 1 / 4),
        ("response", [1, 5], [5, 5], 1 / 2),
        ("response", [1, None], [2, 4], 1 / 4),
        ("response", [None, 1], [1, None], None),
    ],
)
def test_ratings_lie_apart_by_levels_of_their_scale(target: str, first: Any, second: Any, apart: float | None) -> None:
    question = Question("rating", target=target, settings={"low": 1, "high": 5})

    assert KINDS["rating"].compare(first, second, question, PAIR) == apart


@pytest.mark.parametrize(
    ("target", "several", "first", "second", "apart"),
    [
        ("item", False, "code", "math", 1),
        ("item", True, ["code", "math"], ["math"], 1 / 2),
        ("item", True, ["code", "math"], ["math", "poetry"], 2 / 3),
        ("response", False, [["code"], ["math"]], [["code"], ["code"]], 1 / 2),
        ("response", True, [["code"], None], [["code", "math"], ["code"]], 1 / 2),
    ],
)
def test_choices_lie_apart_by_what_only_one_of_them_has(
    target: str, several: bool, first: Any, second: Any, apart: float
) -> None:
    settings = {**CASES["choice"].QUESTIONS[0].settings, "several": several}
    question = Question("choice", target=target, settings=settings)

    assert KINDS["choice"].compare(first, second, question, PAIR) == pytest.approx(apart)


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ([[0], [1], [2]], [[2], [1], [0]], 1),
        ([[0], [1], [2]], [[1], [0], [2]], 1 / 3),
        ([[0], [1], [2]], [[0, 1], [2]], 1 / 6),
        ([[0, 1, 2]], [[0, 1, 2]], 0),
        ([[0, 1, 2]], [[0], [1], [2]], 1 / 2),
    ],
)
def test_rankings_lie_apart_by_the_pairs_they_order_otherwise(first: Any, second: Any, apart: float) -> None:
    question = CASES["ranking"].QUESTIONS[0]

    found = KINDS["ranking"].compare(first, second, question, CASES["ranking"].SUBJECT)

    assert found == pytest.approx(apart)


@given(st.permutations(range(6)), st.permutations(range(6)))
def test_without_ties_a_rankings_distance_counts_the_swaps_of_a_bubble_sort(first: Any, second: Any) -> None:
    order = [second[place] for place in sorted(range(6), key=lambda place: first[place])]

    swaps = 0  # Kendall's own definition (1938): how many exchanges of neighbors turn one order into the other
    for end in range(5, 0, -1):
        for place in range(end):
            if order[place] > order[place + 1]:
                order[place], order[place + 1] = order[place + 1], order[place]
                swaps += 1

    assert kendall(first, second) == pytest.approx(swaps / 15)


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=3, max_size=3))
def test_rankings_keep_the_triangle(places: list[list[int]]) -> None:
    apart = [kendall(first, second) for first, second in combinations(places, 2)]

    one, other, third = sorted(found for found in apart if found is not None)
    assert third <= one + other + 1e-9


def steps(*labels: int | None, splitter: str = "1", **more: Any) -> dict[str, Any]:
    return {"splitter": splitter, "labels": list(labels), **more}


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ([steps(1, 1, 1, 1)], [steps(1, 1, 1, -1)], (1 / 4 + 1 / 4) / 2),
        ([steps(-1, None, None, None)], [steps(1, 1, 1, 1)], 1),
        ([steps(1, -1, None, None)], [steps(1, 1, 1, -1)], (1 / 2 + 2 / 4) / 2),
        ([steps(1, 0, 1, 1)], [steps(1, 1, 1, 1)], (1 / 8 + 0) / 2),
        ([steps(1, None, None, None)], [steps(1, 1, 1, -1)], 0),
        ([steps(None, -1)], [steps(1, -1)], 0),
        ([steps(1, 1, final="right")], [steps(1, 1, final="wrong")], 1 / 3),
        ([steps(1, 1)], [steps(1, 1, splitter="hand")], None),
        ([None, steps(1)], [steps(1), steps(-1)], 1),
        ([None, steps(1)], [steps(1), None], None),
    ],
)
def test_steps_lie_apart_by_their_labels_and_their_first_errors(first: Any, second: Any, apart: float | None) -> None:
    question, subject = CASES["steps"].QUESTIONS[0], CASES["steps"].SUBJECT

    assert KINDS["steps"].compare(first, second, question, subject) == (apart and pytest.approx(apart))


def rubric(**verdicts: Any) -> dict[str, Any]:
    def stored(value: Any) -> Any:
        return None if value is None else {"value": value}

    read = {
        key: [stored(one) for one in row] if isinstance(row, list) else stored(row) for key, row in verdicts.items()
    }
    return {"verdicts": read}


@pytest.mark.parametrize(
    ("target", "first", "second", "apart"),
    [
        ("response", rubric(safe=["yes", "yes"]), rubric(safe=["yes", "no"]), 1 / 2),
        ("response", rubric(clear=[1, 3]), rubric(clear=[2, 3]), 1 / 4),
        # `clear` weighs 2, `off` counts by the size of its weight of -1
        ("response", rubric(clear=[1, 1], off=["no", "no"]), rubric(clear=[3, 3], off=["no", "no"]), 2 / 3),
        ("response", rubric(safe=["na", "na"]), rubric(safe=["na", "yes"]), 1 / 2),
        ("response", rubric(safe=["yes", None]), rubric(safe=[None, "no"]), None),
        ("response", rubric(safe=["yes", "yes"]), rubric(clear=[1, 1]), None),
        ("response", rubric(gone=["yes", "yes"]), rubric(gone=["yes", "yes"]), None),
        ("item", rubric(safe="a", clear="b"), rubric(safe="a", clear="tie"), (0 + 2 * 1 / 2) / 3),
        ("item", rubric(safe="a"), rubric(safe="na"), 1),
    ],
)
def test_rubrics_lie_apart_by_what_their_criteria_weigh(
    target: str, first: Any, second: Any, apart: float | None
) -> None:
    question = Question("rubric", target=target, settings={"criteria": CASES["rubric"].CRITERIA, "source": "form"})

    found = KINDS["rubric"].compare(first, second, question, CASES["rubric"].SUBJECT)

    assert found == (apart and pytest.approx(apart))


def test_a_rubric_of_the_items_own_is_compared_by_its_own_weights() -> None:
    question = Question("rubric", target="response", settings={"criteria": [], "source": "item"})
    own = [{**one, "weight": weight} for one, weight in zip(CASES["rubric"].CRITERIA[:2], (3, 1), strict=True)]
    subject = Subject((Judged("An apple."),), rubric=own)

    found = KINDS["rubric"].compare(rubric(safe=["yes"], clear=[1]), rubric(safe=["no"], clear=[1]), question, subject)

    assert found == 3 / 4


def test_texts_are_not_compared() -> None:
    assert KINDS["text"].compare("Because.", "Because.", CASES["text"].QUESTIONS[0], PAIR) is None


def test_what_weighs_nothing_leaves_nothing_to_compare() -> None:
    assert weighted([(0, 1.0), (2, None)]) is None
    assert weighted([(0, 1.0), (2, 0.5)]) == 0.5

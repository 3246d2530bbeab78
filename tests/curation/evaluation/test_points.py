"""What one row is worth: known answers of each tool, and what may not matter."""

import itertools

import numpy as np
import pytest

from curation.evaluation import points
from curation.evaluation.points import FIRST, SECOND, TIE


@pytest.mark.parametrize(("right", "wrong", "worth"), [(2.0, 1.0, 1), (1.0, 2.0, 0), (1.5, 1.5, 0), (-1.0, -2.0, 1)])
def test_a_pair_is_right_only_where_the_right_response_lies_above(right, wrong, worth):
    assert points.pair(right, wrong) == worth


@pytest.mark.parametrize(
    ("scores", "worth"),
    [([3, 1, 2], 1), ([3, 3, 2], 1 / 2), ([3, 3, 3, 3], 1 / 4), ([2, 3, 3], 0), ([2, 1, 3], 0), ([0.5], 1)],
)
def test_the_best_of_several_is_shared_by_those_at_the_top(scores, worth):
    assert points.best_of(scores) == worth


def test_the_order_of_wrong_responses_does_not_matter():
    wrong = [1.0, 3.0, 3.0, 2.0]

    found = {points.best_of([3.0, *order]) for order in itertools.permutations(wrong)}

    assert found == {1 / 3}


@pytest.mark.parametrize(
    ("scores", "right", "worth"), [([3, 2, 1], 2, 1), ([3, 1, 1], 2, 0), ([1, 3, 2], 2, 0), ([5, 4, 3, 0, 2], 3, 1)]
)
def test_all_right_responses_must_lie_above_all_wrong_ones(scores, right, worth):
    assert points.all_above(scores, right) == worth


def test_styles_are_compared_each_with_each():
    wins = points.style_wins([1, 5, 9, 0, 5, 7])

    assert wins == [[1, 0, 0], [1, 0, 0], [1, 1, 1]]


@pytest.mark.parametrize(
    ("verdicts", "worth"),
    [
        ((FIRST, FIRST), 1),
        ((FIRST, SECOND), 0),
        ((SECOND, FIRST), 0),
        ((SECOND, SECOND), 0),
        ((FIRST, TIE), 1),
        ((FIRST, None), 1),
        ((TIE, TIE), 0),
        ((TIE, SECOND), 0),
        ((None, None), 0),
        ((FIRST,), 1),
    ],
)
def test_a_judge_that_turns_with_the_order_is_not_right(verdicts, worth):
    assert points.both_orders(verdicts) == worth


@pytest.mark.parametrize(
    ("scores", "place"), [([0.9, 0.4, 0.1], 1), ([0.9, 0.8], -1), ([0.49], 0), ([0.5, 0.5], -1), ([0.1, 0.9], 0)]
)
def test_the_first_step_below_the_threshold_is_the_first_error(scores, place):
    assert points.first_error(scores, 0.5) == place


def test_only_the_order_of_scores_counts():
    draw = np.random.default_rng(7)
    for _ in range(50):
        scores = draw.normal(size=6)
        stretched = np.exp(scores) * 3 + 1

        assert points.best_of(list(scores)) == points.best_of(list(stretched))
        assert points.style_wins(list(scores)) == points.style_wins(list(stretched))
        assert points.all_above(list(scores), 2) == points.all_above(list(stretched), 2)

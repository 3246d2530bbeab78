"""GPM against Bradley–Terry: gradients, circles that only one can tell, and an order for which one score is enough."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.special import expit

from curation.noise import general_preference
from curation.noise.general_preference import (
    Comparisons,
    compare,
    fit_bradley_terry,
    fit_general,
    scores_of,
)


def told_by(log_odds, n, seed):
    """n comparisons of random pairs by a table of log-odds."""
    draw, count = np.random.default_rng(seed), len(log_odds)
    first = draw.integers(0, count, n)
    second = (first + draw.integers(1, count, n)) % count
    return Comparisons(first, second, (draw.random(n) < expit(log_odds[first, second])).astype(float), count)


CIRCLE = 2.5 * np.array([[0, 1, -1], [-1, 0, 1], [1, -1, 0]])
ORDER = np.linspace(2, -2, 6)[:, None] - np.linspace(2, -2, 6)


def test_a_circle_can_be_told_by_vectors_and_not_by_scores():
    found = compare(told_by(CIRCLE, 300, 0))

    assert found.bradley_terry == pytest.approx(np.log(0.5), abs=0.05)
    assert found.general[2] > -0.40
    assert found.dimensions in {2, 4}
    assert found.gain > 5 * found.standard_error


def test_one_score_is_enough_for_an_order():
    found = compare(told_by(ORDER, 400, 1))

    assert found.dimensions is None
    assert found.bradley_terry > -0.5


def test_fitted_vectors_say_the_planted_probabilities():
    vectors = fit_general(told_by(CIRCLE, 3_000, 2), 2)

    said = scores_of(vectors, np.array([0, 1, 2, 1]), np.array([1, 2, 0, 0]))

    assert said == pytest.approx([2.5, 2.5, 2.5, -2.5], abs=0.4)


@given(st.integers(0, 10_000), st.sampled_from([2, 4]))
def test_scores_are_antisymmetric(seed, dimensions):
    draw = np.random.default_rng(seed)
    vectors, i, j = draw.normal(size=(5, dimensions)), draw.integers(0, 5, 10), draw.integers(0, 5, 10)

    assert scores_of(vectors, i, j) == pytest.approx(-scores_of(vectors, j, i))
    assert scores_of(vectors, i, i) == pytest.approx(np.zeros(10))


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_the_slope_is_that_of_the_loss(seed):
    told = told_by(ORDER, 30, seed)
    loss = general_preference._general_loss(told, 4, 0.3)
    at = np.random.default_rng(seed).normal(0, 0.3, 24)

    assert loss(at)[1] == pytest.approx(approx_fprime(at, lambda x: loss(x)[0], 1e-7), rel=1e-3, abs=1e-3)


def test_bradley_terry_has_the_odds_of_two_and_swapped_sides_change_nothing():
    told = Comparisons(np.zeros(4, int), np.ones(4, int), np.array([1.0, 1, 1, 0]), 2)
    swapped = Comparisons(told.second, told.first, 1 - told.p, 2)

    scores = fit_bradley_terry(told, penalty=1e-6)

    assert scores[0] - scores[1] == pytest.approx(np.log(3), abs=1e-3)
    assert fit_bradley_terry(swapped, penalty=1e-6) == pytest.approx(scores, abs=1e-4)


def test_what_makes_no_model_is_refused():
    told = Comparisons(np.zeros(4, int), np.ones(4, int), np.ones(4), 2)

    with pytest.raises(ValueError, match="even"):
        fit_general(told, 3)
    with pytest.raises(ValueError, match="comparisons at least"):
        compare(told)
    with pytest.raises(ValueError, match="not there"):
        Comparisons(np.array([2]), np.array([0]), np.ones(1), 2)
    with pytest.raises(ValueError, match="two responses"):
        Comparisons(np.array([1]), np.array([0]), np.ones(2), 2)

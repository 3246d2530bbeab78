"""The same unit asked again, in the other order or version: who contradicts themselves, and which way they lean."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from annotation.intervals import wilson
from curation.noise.repeats import doubtful_units, first_side_bias, raters_consistency, repeated

# unit, rater, answer, context
TOLD = np.array(
    [
        [0, 0, 1, 0], [0, 0, 1, 1],  # alike
        [0, 1, 1, 0], [0, 1, 0, 1],  # not
        [1, 0, 2, 0],  # asked once
        [2, 0, 0, 0], [2, 0, 1, 0], [2, 0, 1, 1],  # took back the first answer
        [3, 1, 0, 0], [3, 1, 2, 1], [3, 1, 0, 2],  # three contexts
    ]
)  # fmt: skip


def test_only_those_asked_twice_are_compared_by_their_last_word():
    units, raters, alike = repeated(*TOLD.T)

    assert list(zip(units.tolist(), raters.tolist(), alike.tolist(), strict=True)) == [
        (0, 0, 1),
        (0, 1, 0),
        (2, 0, 1),
        (3, 1, 0),
    ]
    assert [len(part) for part in repeated(*np.zeros((4, 0), int))] == [0, 0, 0]


@given(st.integers(0, 10_000))
def test_the_order_of_rows_does_not_matter_where_each_context_has_one_answer(seed):
    draw = np.random.default_rng(seed)
    rows = np.unique(draw.integers(0, 4, (40, 3)), axis=0)  # unit, rater, context
    told = np.c_[rows[:, :2], draw.integers(0, 3, len(rows)), rows[:, 2]]

    plain, shuffled = repeated(*told.T), repeated(*draw.permutation(told).T)

    for one, other in zip(plain, shuffled, strict=True):
        assert (one == other).all()


def test_a_rater_is_as_steady_as_the_share_told_alike_with_wilsons_interval():
    _, raters, alike = repeated(*TOLD.T)

    found = raters_consistency(raters, alike, 3)

    assert found.asked_twice.tolist() == [2, 2, 0]
    assert found.share[:2].tolist() == [1.0, 0.0]
    assert np.isnan(found.share[2])
    assert (found.low[0], found.high[0]) == pytest.approx(wilson(2, 2))
    assert (found.low[1], found.high[1]) == pytest.approx(wilson(0, 2))


def test_a_unit_is_doubtful_where_its_raters_contradict_themselves():
    units, _, alike = repeated(*TOLD.T)

    said = doubtful_units(units, alike, 5)

    assert said.suggested.tolist() == ["review", "keep", "keep", "review", "keep"]
    assert said.scores == pytest.approx([0.5, np.nan, 0.0, 1.0, np.nan], nan_ok=True)
    assert doubtful_units(units, alike, 5, most=0.6).suggested.tolist() == ["keep"] * 3 + ["review", "keep"]
    assert not doubtful_units(units, alike, 5, most=0.0).flagged[2]


@pytest.mark.parametrize("bias", [0.0, 0.5, 1.5])
def test_a_planted_bias_and_the_rate_of_the_first_side_are_found(bias):
    draw = np.random.default_rng(3)
    quality, orders = draw.normal(0, 1.0, 20_000), draw.integers(0, 2, 20_000)
    first = draw.random(20_000) < expit(np.where(orders == 0, quality, -quality) + bias)

    (found,) = first_side_bias(np.zeros(20_000, int), first.astype(int), orders, 1)

    grid = np.linspace(-6, 6, 4_001)
    weight = np.exp(-(grid**2) / 2)
    marginal = float((expit(grid + bias) * weight).sum() / weight.sum())
    assert first.mean() == pytest.approx(marginal, abs=0.03)
    assert found == pytest.approx(np.log(marginal / (1 - marginal)), abs=0.05)


def test_no_bias_is_told_of_a_rater_who_saw_one_order():
    found = first_side_bias(np.array([0, 0, 1]), np.array([1, 1, 1]), np.array([0, 1, 0]), 3)

    assert found[0] == pytest.approx(np.log(3))
    assert np.isnan(found[1:]).all()

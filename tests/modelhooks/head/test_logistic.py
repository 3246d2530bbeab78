"""The core: known answers, the mirror, ties, weights, and what nuisance may not do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_expit

from modelhooks.head.logistic import fit
from modelhooks.head.pairs import Pairs, length_nuisance, make
from tests.modelhooks.head.planted import planted


def pairs_of(features, p, **more):
    n = len(p)
    fields = {"nuisance": np.zeros((n, 0)), "groups": np.arange(n), "weights": np.ones(n)} | more
    return Pairs(
        np.asarray(features, float), fields["nuisance"], np.asarray(p, float), fields["groups"], fields["weights"]
    )


def independent(pairs, penalty):
    """The same minimum by a general minimizer, from the formula alone."""
    features = np.hstack([pairs.differences, pairs.nuisance])
    scale = np.sqrt(np.average(features**2, axis=0, weights=pairs.weights))

    def loss(w):
        a = features / scale @ w
        said = pairs.weights * (pairs.p * log_expit(a) + (1 - pairs.p) * log_expit(-a))
        return -said.sum() + penalty / 2 * w @ w

    return minimize(loss, np.zeros(features.shape[1]), options={"gtol": 1e-8}).x / scale


@pytest.mark.parametrize("ties", [0.0, 0.3])
@pytest.mark.parametrize("penalty", [1.0, 30.0])
def test_it_is_the_minimum_of_the_penalized_loss(ties, penalty):
    pairs = planted(300, dimensions=5, ties=ties).pairs

    found = fit(pairs, penalty).direction

    assert found == pytest.approx(independent(pairs, penalty), rel=2e-3, abs=2e-3)


def test_one_feature_has_the_answer_of_its_equation():
    # Three wins of four at the same feature 1: w = logit-like root of 3σ(−w) − σ(w) = λw.
    pairs = pairs_of(np.ones((4, 1)), [1, 1, 1, 0])

    (w,) = fit(pairs, 0.001).direction

    assert w == pytest.approx(np.log(3), abs=1e-2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_swapping_the_sides_of_any_pairs_changes_nothing(seed):
    pairs = planted(60, dimensions=4, ties=0.2, seed=seed).pairs
    swap = np.random.default_rng(seed).random(60) < 0.5
    side = np.where(swap, -1.0, 1.0)
    mirrored = pairs_of(pairs.differences * side[:, None], np.where(swap, 1 - pairs.p, pairs.p))

    assert fit(mirrored, 10.0).direction == pytest.approx(fit(pairs, 10.0).direction, abs=1e-3)


def test_a_score_is_exactly_mirrored():
    head = fit(planted(100, dimensions=6).pairs, 10.0)
    differences = np.random.default_rng(1).normal(size=(20, 6))

    assert (head.score(-differences) == -head.score(differences)).all()


def test_a_pair_that_counts_twice_is_a_pair_told_twice():
    pairs = planted(80, dimensions=4).pairs
    twice = np.where(np.arange(80) < 20, 2.0, 1.0)
    rows = np.r_[np.arange(80), np.arange(20)]

    assert fit(pairs.weighed(twice), 5.0).direction == pytest.approx(fit(pairs.take(rows), 5.0).direction, abs=1e-3)


def test_ties_pull_toward_nothing_and_alone_say_nothing():
    decided = pairs_of(np.ones((4, 1)), [1, 1, 1, 1])
    with_ties = pairs_of(np.ones((8, 1)), [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5])

    assert 0 < fit(with_ties, 1.0).direction[0] < fit(decided, 1.0).direction[0]
    assert (fit(pairs_of(np.ones((3, 2)), [0.5] * 3), 1.0).direction == 0).all()
    assert (fit(pairs_of(np.ones((0, 2)), []), 1.0).direction == 0).all()


def test_length_explains_in_training_and_is_left_out_of_every_score():
    draw = np.random.default_rng(0)
    longer = draw.normal(size=2_000)
    quality = draw.normal(size=(2_000, 3)) + 0.8 * longer[:, None] * [1, 0, 0]
    p = (draw.random(2_000) < 1 / (1 + np.exp(-(2 * np.tanh(longer) + quality[:, 1])))).astype(float)

    blind = fit(pairs_of(quality, p), 1.0)
    told = fit(pairs_of(quality, p, nuisance=length_nuisance(longer, np.zeros(2_000))), 1.0)

    assert blind.direction[0] > 0.4  # which only stands for length
    assert abs(told.direction[0]) < 0.15
    assert told.direction[1] == pytest.approx(1.0, abs=0.2)
    assert told.nuisance[0] > 1


def test_planted_truth_is_found_in_proportion_to_what_is_known():
    test = planted(6_000, seed=3)
    few, many = (fit(test.pairs.take(np.arange(n)), 10.0) for n in (100, 2_000))
    held_out = np.arange(2_000, 6_000)

    def right(head):
        return float(((head.score(test.pairs.differences[held_out]) > 0) == (test.margin[held_out] > 0)).mean())

    assert right(few) > 0.75
    assert right(many) > 0.95


def test_a_feature_that_is_always_zero_does_no_harm():
    features = np.c_[np.random.default_rng(0).normal(size=50), np.zeros(50)]

    head = fit(pairs_of(features, features[:, 0] > 0), 1.0)

    assert head.direction[1] == 0
    assert np.isfinite(head.direction).all()


def test_what_is_not_finite_or_no_label_is_refused():
    with pytest.raises(ValueError, match="finite"):
        pairs_of([[np.nan]], [1])
    with pytest.raises(ValueError, match="0 to 1"):
        pairs_of([[1.0]], [2])
    with pytest.raises(ValueError, match="one row"):
        pairs_of([[1.0], [2.0]], [1])


def test_pairs_are_made_of_embeddings_and_lengths():
    made = make(
        np.ones((2, 3)),
        np.zeros((2, 3)),
        np.array([1, 0]),
        np.array([7, 8]),
        lengths=(np.array([10, 4]), np.array([4, 10])),
    )

    assert (made.differences == 1).all()
    assert made.nuisance[:, 0] == pytest.approx([np.tanh(1), -np.tanh(1)])

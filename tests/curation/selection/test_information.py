"""Which pair of a prompt tells most: against chance itself, and known limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from curation.selection.information import annotator_worth, best_pair, information_gain, knowledge_gradient, pairs_of
from curation.selection.uncertainty import entropy


def beliefs(seed, count=4):
    draw = np.random.default_rng(seed)
    root = draw.normal(size=(count, count))
    return draw.normal(size=count), root @ root.T / count + 0.1 * np.eye(count)


def test_information_is_that_of_drawn_scores():
    mean, covariance = beliefs(0)
    drawn = np.random.default_rng(1).multivariate_normal(mean, covariance, 200_000)

    found = information_gain(mean, covariance)

    for value, i, j in zip(found, *pairs_of(4), strict=True):
        p = expit(drawn[:, i] - drawn[:, j])
        assert value == pytest.approx(entropy(p.mean()) - entropy(p).mean(), abs=2e-3)


def test_the_knowledge_gradient_is_that_of_drawn_scores():
    mean, covariance = beliefs(2)
    drawn = np.random.default_rng(3).multivariate_normal(mean, covariance, 400_000)

    found = knowledge_gradient(mean, covariance)

    for value, i, j in zip(found, *pairs_of(4), strict=True):
        p = expit(drawn[:, i] - drawn[:, j])
        after = sum(q.mean() * (drawn * q[:, None]).mean(axis=0).max() / q.mean() for q in (p, 1 - p))
        assert value == pytest.approx(after - mean.max(), abs=6e-3)


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_nothing_is_lost_by_asking_and_names_do_not_matter(seed, count):
    mean, covariance = beliefs(seed, count)
    order = np.random.default_rng(seed).permutation(count)

    for worth in (information_gain, knowledge_gradient):
        plain = {frozenset(pair): value for *pair, value in zip(*pairs_of(count), worth(mean, covariance), strict=True)}
        renamed = worth(mean[order], covariance[np.ix_(order, order)])
        for value, i, j in zip(renamed, *pairs_of(count), strict=True):
            assert value >= 0
            assert value == pytest.approx(plain[frozenset((order[i], order[j]))], abs=1e-9)


def test_what_is_known_tells_nothing_and_what_cannot_win_is_not_asked():
    assert information_gain(np.zeros(2), np.zeros((2, 2))).tolist() == [0.0]
    assert knowledge_gradient(np.array([1.0, 0.0]), np.zeros((2, 2))).tolist() == [0.0]
    mean, covariance = np.array([0.0, 0.1, -9.0, -9.0]), np.eye(4)

    first, second = best_pair(knowledge_gradient(mean, covariance), 4)

    assert (first, second) == (0, 1)
    assert best_pair(information_gain(mean, covariance), 4) in {(0, 1), (2, 3)}
    with pytest.raises(ValueError, match="one response"):
        best_pair(np.zeros(0), 1)


def test_an_annotator_is_worth_what_a_label_tells_for_its_cost():
    assert annotator_worth(np.array([1.0, 0.5, 0.75, 0.0]), np.array([1.0, 1.0, 0.5, 2.0])) == pytest.approx(
        [1.0, 0.0, 0.5, 0.5]
    )
    with pytest.raises(ValueError, match="costs"):
        annotator_worth(np.ones(1), np.zeros(1))

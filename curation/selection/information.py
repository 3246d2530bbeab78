"""Which two responses of one prompt to compare next, and whom to ask.

Scores of K responses are believed to be N(μ, Σ). For a pair, d = s_i - s_j ~ N(m, v), and the label is σ(d).
Information gain: EIG = H(E σ(d)) - E H(σ(d)), in nats, by 15-node Gauss–Hermite quadrature.
Knowledge gradient: E[max_k μ'_k] - max_k μ_k after one label, with μ' the mean of the Gaussian whose moments are those
of the true posterior: μ' = μ + Σ(e_i - e_j)·(E[d | label] - m)/v. It asks what helps to find the best response, and is
zero where no answer could change which is best.
Who is asked: what the label tells is worth (2a - 1)²/cost from an annotator with accuracy a.

Source: Houlsby et al., *Bayesian Active Learning*, 2011; Frazier, Powell, Dayanik, *The Knowledge-Gradient Policy for
Correlated Normal Beliefs*, 2009; Minka, *Expectation Propagation*, 2001, for matching moments.
"""

import numpy as np
from scipy.special import expit

from curation.noise.proposals import Floats, Integers
from curation.selection.uncertainty import entropy

NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def pairs_of(count: int) -> tuple[Integers, Integers]:
    """All pairs i < j of `count` responses."""
    return np.triu_indices(count, 1)


def information_gain(mean: Floats, covariance: Floats) -> Floats:
    """(K(K-1)/2,) expected information of comparing each pair of `pairs_of`, in nats; (K,) and (K, K) beliefs."""
    middle, spread, _ = _differences(mean, covariance)
    p = expit(middle[:, None] + spread[:, None] * NODES)
    found: Floats = np.maximum(entropy(p @ WEIGHTS) - entropy(p) @ WEIGHTS, 0.0)
    return found


def knowledge_gradient(mean: Floats, covariance: Floats) -> Floats:
    """(K(K-1)/2,) by how much the mean of the best response is expected to rise after one label on each pair."""
    middle, spread, toward = _differences(mean, covariance)
    nodes = middle[:, None] + spread[:, None] * NODES
    known = spread == 0
    per_unit = toward / np.where(known, 1.0, spread**2)[:, None]
    expected = np.zeros(len(middle))
    for sign in (1.0, -1.0):
        likely = expit(sign * nodes) * WEIGHTS
        chance = likely.sum(axis=1)
        moved = (likely * nodes).sum(axis=1) / chance - middle
        expected += chance * (mean + np.where(known, 0.0, moved)[:, None] * per_unit).max(axis=1)
    found: Floats = np.maximum(expected - mean.max(), 0.0)
    return found


def best_pair(worth: Floats, count: int) -> tuple[int, int]:
    """The pair of `pairs_of(count)` with the most worth; the first of equals. Raises ValueError for one response."""
    if not len(worth):
        raise ValueError("There is nothing to compare one response with.")
    first, second = pairs_of(count)
    at = int(worth.argmax())
    return int(first[at]), int(second[at])


def annotator_worth(accuracy: Floats, cost: Floats) -> Floats:
    """(a,) what a label of each annotator is worth for its cost: (2a - 1)²/cost. Who is always wrong tells as much as
    who is always right. Raises ValueError for a cost that is not above zero."""
    if (np.asarray(cost) <= 0).any():
        raise ValueError("A label costs something.")
    found: Floats = (2 * np.asarray(accuracy, float) - 1) ** 2 / cost
    return found


def _differences(mean: Floats, covariance: Floats) -> tuple[Floats, Floats, Floats]:
    """Of every pair: the mean and the standard deviation of d, and Σ(e_i - e_j)."""
    first, second = pairs_of(len(mean))
    toward = covariance[first] - covariance[second]
    rows = np.arange(len(first))
    variance = toward[rows, first] - toward[rows, second]
    return mean[first] - mean[second], np.sqrt(np.maximum(variance, 0.0)), toward

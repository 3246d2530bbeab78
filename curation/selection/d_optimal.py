"""Greedy D-optimal selection: the pairs whose labels would tell the reward head most.

The Fisher information of a logistic head is A = λI + Σ v·x·xᵀ over labeled pairs, v = p(1 - p). A pair adds
log det(A + v·x·xᵀ) - log det A = log(1 + v·xᵀA⁻¹x). The best is taken, A⁻¹ is updated (Sherman and Morrison), and so
on: a near copy of what was taken adds little any more. It does not matter which response of a pair is called the first.

Source: Shen, Sun, Ton, *Active Reward Modeling: Adaptive Preference Labeling for LLM*, ICML 2025, without past labels a
batch of the same criterion; Sherman and Morrison 1950 for the update. Best of six strategies in trials.
"""

import numpy as np
from scipy.special import expit
from threadpoolctl import threadpool_limits

from curation.noise.proposals import Floats, Integers

PENALTY = 30.0
LARGE_POOL = 50_000
SHORT_LIST = 5_000
MOST_DIMENSIONS = 128


def choose(
    pool: Floats,
    probabilities: Floats,
    count: int,
    *,
    labeled: Floats | None = None,
    labeled_probabilities: Floats | None = None,
    penalty: float = PENALTY,
) -> tuple[Integers, Floats]:
    """The `count` pairs to ask about, best first, and what each adds in nats; fewer where the pool is smaller.

    `pool` (n, d) are differences of embeddings, `probabilities` (n,) how likely each first response is better, from a
    calibrated head; `labeled` (m, d) and theirs are the pairs that have labels. Of equally good pairs the first is
    taken. From a pool of more than LARGE_POOL the SHORT_LIST most informative ones are looked at. Raises ValueError
    for a penalty that is not above zero.
    """
    if penalty <= 0:
        raise ValueError("The penalty is above zero, or nothing is known of directions without labels.")
    with threadpool_limits(limits=1):
        inverse = np.asarray(np.linalg.inv(_information(pool.shape[1], labeled, labeled_probabilities, penalty)), float)
        variance = probabilities * (1 - probabilities)
        spread = np.einsum("ij,jk,ik->i", pool, inverse, pool, optimize=True)
        listed = np.arange(len(pool))
        if len(pool) > LARGE_POOL:
            listed = np.sort(np.argsort(-variance * spread, kind="stable")[:SHORT_LIST])
        taken, gains = _greedy(pool[listed], variance[listed], spread[listed], inverse, count)
    return listed[taken], gains


def _greedy(near: Floats, v: Floats, q: Floats, inverse: Floats, count: int) -> tuple[Integers, Floats]:
    """Places among the (n, d) pairs `near`, with `v` their p(1 - p) and `q` their xᵀA⁻¹x; and what each adds."""
    open_ = np.ones(len(near), bool)
    taken, gains = [], []
    for _ in range(min(count, len(near))):
        gain = np.where(open_, np.log1p(v * q), -np.inf)
        best = int(gain.argmax())
        toward = inverse @ near[best]
        shrink = v[best] / (1 + v[best] * q[best])
        q = q - shrink * (near @ toward) ** 2
        inverse = inverse - shrink * np.outer(toward, toward)
        open_[best] = False
        taken.append(best)
        gains.append(float(gain[best]))
    return np.array(taken, np.int64), np.array(gains, float)


def _information(dimensions: int, labeled: Floats | None, probabilities: Floats | None, penalty: float) -> Floats:
    known = np.zeros((0, dimensions)) if labeled is None else labeled
    p = np.full(len(known), 0.5) if probabilities is None else probabilities
    found: Floats = penalty * np.eye(dimensions) + (known * (p * (1 - p))[:, None]).T @ known
    return found


def reduced(differences: Floats, *, most: int = MOST_DIMENSIONS) -> Floats:
    """(n, min(d, most)): the directions along which pairs differ most, not centered, so that a swapped pair stays the
    mirror of itself."""
    if differences.shape[1] <= most:
        return differences
    with threadpool_limits(limits=1):
        _, turned = np.linalg.eigh(differences.T @ differences)
        found: Floats = differences @ turned[:, ::-1][:, :most]
    return found


def mean_probability(scores: Floats) -> Floats:
    """(n,) the mean probability of (m, n) log-odds by an ensemble of heads."""
    found: Floats = expit(scores).mean(axis=0)
    return found

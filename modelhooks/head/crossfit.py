"""Scores of pairs by heads that never saw their prompt: the only ones that flags, calibration and accuracy may use."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_expit

from modelhooks.head.logistic import PENALTIES, fit
from modelhooks.head.pairs import Floats, Integers, Pairs

FOLDS = 5
SEEDS = 3


def folds(groups: Integers, count: int, seed: int) -> Iterator[NDArray[np.bool_]]:
    """(n,) masks of the pairs held out, one for each fold; whole prompts, about the same number of them in each."""
    names, place = np.unique(groups, return_inverse=True)
    drawn = np.random.default_rng(seed).permutation(len(names)) % count
    for number in range(min(count, len(names))):
        yield drawn[place] == number


def scores(pairs: Pairs, penalty: float, *, count: int = FOLDS, seeds: Sequence[int] = range(SEEDS)) -> Floats:
    """(n,) log-odds that the first is better, each by heads trained on other prompts, the mean over the seeds.

    Raises ValueError for fewer than two prompts: nothing could be held out.
    """
    if len(np.unique(pairs.groups)) < 2:
        raise ValueError("Cross-fitting needs pairs of two prompts at least.")
    found = np.zeros(len(pairs))
    for seed in seeds:
        for held_out in folds(pairs.groups, count, seed):
            found[held_out] += fit(pairs.take(~held_out), penalty).score(pairs.differences[held_out])
    return found / len(seeds)


def log_loss(scores: Floats, pairs: Pairs) -> float:
    """The mean negative log-likelihood of the labels, in nats."""
    said = pairs.p * log_expit(scores) + (1 - pairs.p) * log_expit(-scores)
    return float(-np.average(said, weights=pairs.weights))


def choose_penalty(pairs: Pairs, *, candidates: Sequence[float] = PENALTIES, seed: int = 0) -> float:
    """The penalty with the least cross-fitted log-loss; the stronger one where two are equal."""
    losses = [(log_loss(scores(pairs, one, seeds=[seed]), pairs), -one) for one in candidates]
    return -min(losses)[1]

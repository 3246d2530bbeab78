"""Several heads, each trained on prompts drawn with replacement: how sure the score itself is."""

from dataclasses import dataclass

import numpy as np

from modelhooks.head.logistic import Weights, fit
from modelhooks.head.pairs import Floats, Pairs

HEADS = 10


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Heads that differ only in which prompts they saw."""

    directions: Floats
    """(m, d)"""

    def scores(self, differences: Floats) -> Floats:
        """(m, n) log-odds, one row for each head."""
        found: Floats = self.directions @ np.asarray(differences, float).T
        return found

    def mean(self, differences: Floats) -> Floats:
        """(n,)"""
        found: Floats = self.scores(differences).mean(axis=0)
        return found

    def deviation(self, differences: Floats) -> Floats:
        """(n,) standard deviation over the heads."""
        found: Floats = self.scores(differences).std(axis=0)
        return found


def worst_case(ratings: Floats) -> Floats:
    """(n,) the lowest of (m, n) ratings of responses: worst-case optimization (Coste et al. 2023)."""
    found: Floats = ratings.min(axis=0)
    return found


def uncertainty_weighted(ratings: Floats, coefficient: float = 1.0) -> Floats:
    """(n,) mean minus `coefficient` times the variance over (m, n) ratings (Coste et al. 2023)."""
    found: Floats = ratings.mean(axis=0) - coefficient * ratings.var(axis=0)
    return found


def bootstrap(pairs: Pairs, penalty: float, *, heads: int = HEADS, seed: int = 0) -> Ensemble:
    """Heads trained on resampled prompts with the same penalty."""
    draw = np.random.default_rng(seed)
    return Ensemble(np.stack([fit(resampled(pairs, draw), penalty).direction for _ in range(heads)]))


def resampled(pairs: Pairs, draw: np.random.Generator) -> Pairs:
    """The pairs of as many prompts, drawn with replacement: a prompt drawn twice counts twice."""
    names, place = np.unique(pairs.groups, return_inverse=True)
    times = draw.multinomial(len(names), np.full(len(names), 1 / len(names)))
    return pairs.weighed(pairs.weights * times[place])


def single(weights: Weights) -> Ensemble:
    """An ensemble of one."""
    return Ensemble(weights.direction[None, :])

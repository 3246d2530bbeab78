"""How likely each outcome of a comparison is, from how much better the first is: Davidson's ties, and graded outcomes.

Outcomes are numbered from “first better by most” to “second better by most” and mirror each other: the chance of
outcome y at difference d is that of `levels` - 1 - y at -d.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit

from modelhooks.head.pairs import Floats, Integers

TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Chance:
    """Of the outcome that came, for each comparison."""

    p: Floats
    by_difference: Floats
    """(n,) ∂p/∂d."""
    by_shape: Floats
    """(n, shapes) ∂p/∂shape."""


class Outcomes(Protocol):
    """A model of outcomes with a few shape parameters, each free from -∞ to ∞ and around 0 beforehand."""

    levels: int
    shapes: int

    def chance(self, difference: Floats, outcome: Integers, shape: Floats) -> Chance:
        """Of `outcome` (n,) at `difference` (n,)."""


class Davidson:
    """Better, tie, worse: with s = exp(d/2), P ∝ s, ν, 1/s, and ν = exp(shape).

    Source: Davidson, On extending the Bradley–Terry model to accommodate ties, 1970.
    """

    levels, shapes = 3, 1

    def chance(self, difference: Floats, outcome: Integers, shape: Floats) -> Chance:
        logits = np.stack([difference / 2, np.full(len(difference), shape[0]), -difference / 2])
        shares = np.exp(logits - logits.max(axis=0))
        shares /= shares.sum(axis=0)
        p = np.maximum(shares[outcome, np.arange(len(outcome))], TINY)
        slope = np.array([0.5, 0.0, -0.5])[outcome] - (shares[0] - shares[2]) / 2
        return Chance(p, p * slope, (p * ((outcome == 1) - shares[1]))[:, None])


class Graded:
    """A scale of any length by cut-points that fall and mirror: P(outcome ≤ k) = σ(d - c_k), c_k = -c_(levels - 2 - k).
    Going out from the middle, exp(shape) lies between one and the next.

    Two levels are Bradley and Terry's own model, three those of Rao and Kupper, Ties in paired-comparison experiments,
    1967 (θ = exp(c_0)); more are Agresti, Analysis of ordinal paired comparison data, 1992.
    """

    def __init__(self, levels: int) -> None:
        if levels < 2:
            raise ValueError("A comparison has two outcomes at least.")
        self.levels, self.shapes = levels, (levels - 1) // 2

    def cuts(self, shape: Floats) -> Floats:
        """(levels - 1,) falling."""
        half = np.cumsum(np.exp(shape))
        return np.concatenate([half[::-1], [] if self.levels % 2 else [0.0], -half])

    def chance(self, difference: Floats, outcome: Integers, shape: Floats) -> Chance:
        # Between the cut-points on either side; beyond the last ones lie plus and minus infinity.
        cuts = self.cuts(shape)
        upper = expit(difference - np.append(cuts, -np.inf)[outcome])
        lower = expit(difference - np.insert(cuts, 0, np.inf)[outcome])
        steep_upper, steep_lower = upper * (1 - upper), lower * (1 - lower)
        moved = np.vstack([np.zeros(self.shapes), self._moved(shape), np.zeros(self.shapes)])
        by_shape = steep_lower[:, None] * moved[outcome] - steep_upper[:, None] * moved[outcome + 1]
        return Chance(np.maximum(upper - lower, TINY), steep_upper - steep_lower, by_shape)

    def _moved(self, shape: Floats) -> Floats:
        """(levels - 1, shapes): how each cut-point moves with each shape."""
        half = np.tril(np.ones((self.shapes, self.shapes))) * np.exp(shape)
        middle = np.zeros((1 - self.levels % 2, self.shapes))
        moved: Floats = np.vstack([half[::-1], middle, -half])
        return moved

"""How likely each outcome of a comparison is, from how much better the first is: Davidson's ties, and graded outcomes.

Outcomes are numbered from “first better by most” to “second better by most” and mirror each other: the chance of
outcome y at difference d is that of `levels` - 1 - y at -d.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit

from modelhooks.head.pairs import Floats

TINY = 1e-12
STEEPEST = 300.0  # beyond it exp overflows; the chance is long TINY there


@dataclass(frozen=True, slots=True)
class Chance:
    """Of one outcome, for each comparison."""

    p: Floats
    by_difference: Floats
    """(n,) ∂p/∂d."""
    by_shape: Floats
    """(n, shapes) ∂p/∂shape."""


class Outcomes(Protocol):
    """A model of outcomes with a few shape parameters, each free from -∞ to ∞ and around 0 beforehand."""

    levels: int
    shapes: int

    def chance(self, difference: Floats, outcome: int, shape: Floats) -> Chance:
        """Of `outcome` at each `difference` (n,)."""


class Davidson:
    """Better, tie, worse: with s = exp(d/2), P ∝ s, ν, 1/s, and ν = exp(shape).

    Source: Davidson, On extending the Bradley–Terry model to accommodate ties, 1970.
    """

    levels, shapes = 3, 1

    def chance(self, difference: Floats, outcome: int, shape: Floats) -> Chance:
        better = np.exp(np.clip(difference / 2, -STEEPEST, STEEPEST))
        tie, worse = np.exp(np.clip(shape[0], -STEEPEST, STEEPEST)), 1 / better
        whole = better + tie + worse
        p = np.maximum((better, tie, worse)[outcome] / whole, TINY)
        slope = (1 - outcome) / 2 - (better - worse) / (2 * whole)
        return Chance(p, p * slope, (p * (float(outcome == 1) - tie / whole))[:, None])


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

    def chance(self, difference: Floats, outcome: int, shape: Floats) -> Chance:
        upper, lower = self._below(difference, outcome, shape), self._below(difference, outcome - 1, shape)
        steep_upper, steep_lower = upper * (1 - upper), lower * (1 - lower)
        moved = np.vstack([np.zeros(self.shapes), self._moved(shape), np.zeros(self.shapes)])
        by_shape = steep_lower[:, None] * moved[outcome] - steep_upper[:, None] * moved[outcome + 1]
        return Chance(np.maximum(upper - lower, TINY), steep_upper - steep_lower, by_shape)

    def _below(self, difference: Floats, outcome: int, shape: Floats) -> Floats:
        """(n,) the chance of this outcome or one before it: none comes before the first, none after the last."""
        if outcome in (-1, self.levels - 1):
            return np.full(len(difference), float(outcome >= 0))
        found: Floats = expit(difference - self.cuts(shape)[outcome])
        return found

    def _moved(self, shape: Floats) -> Floats:
        """(levels - 1, shapes): how each cut-point moves with each shape."""
        half = np.tril(np.ones((self.shapes, self.shapes))) * np.exp(shape)
        middle = np.zeros((1 - self.levels % 2, self.shapes))
        moved: Floats = np.vstack([half[::-1], middle, -half])
        return moved

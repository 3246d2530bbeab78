"""Which of two checkpoints is better, from the rows that both were asked: their difference, with its interval.

Two checkpoints are wrong on the same hard rows, so the interval of their difference is much narrower than their own two
intervals suggest; whether those overlap is no test.
"""

from dataclasses import dataclass

import numpy as np

from curation.aggregation.estimates import Estimate, Measure, estimate
from curation.evaluation.graded import Graded
from modelhooks.head.pairs import Floats

FEWEST_DIFFERENT = 6
"""Prompts that must be met otherwise: of fewer, all in one checkpoint's favor, chance alone is above 5 % (2 · ½⁵)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One checkpoint's score less another's."""

    by: Estimate
    different: int
    """Clusters on which their points differ."""

    @property
    def is_told(self) -> bool:
        """Whether the rows tell the two apart: the interval leaves out zero, and enough of them differ."""
        if self.by.low is None or self.by.high is None or self.different < FEWEST_DIFFERENT:
            return False
        return self.by.low > 0 or self.by.high < 0


def difference(one: Graded, other: Graded, headline: str, *, seed: int = 0) -> Difference | None:
    """How far the first lies above the second, on the same rows in the same order; None where either has no score.

    Raises ValueError where the rows are not the same.
    """
    if len(one.points) != len(other.points) or not np.array_equal(one.clusters, other.clusters):
        raise ValueError("Two checkpoints are compared on the same rows.")
    ours, theirs = one.measure(headline), other.measure(headline)
    width = ours.parts.shape[1]

    def value(totals: Floats) -> float | None:
        mine, yours = ours.value(totals[:width]), theirs.value(totals[width:])
        return None if mine is None or yours is None else mine - yours

    found = estimate(Measure(np.hstack([ours.parts, theirs.parts]), value), one.clusters, seed=seed)
    return Difference(found, _different(one, other)) if found else None


def _different(one: Graded, other: Graded) -> int:
    _, place = np.unique(one.clusters, return_inverse=True)
    return int((np.abs(np.bincount(place, one.points - other.points)) > 1e-12).sum())

"""Means over rows that come in prompts, with standard errors that know it, in closed form.

With n rows of mean m in G prompts the squared standard error is G/(G - 1) · Σ_g (Σ_{i in g} (x_i - m))² / n², and
bounds are read from Student's t of G - 1 degrees. Bounds of shares are Clopper and Pearson's for the number of
independent rows that would have the same standard error, so that 0 of 50 has an upper bound.
Sources: Cameron and Miller, *A practitioner's guide to cluster-robust inference*, 2015; Korn and Graubard, *Confidence
intervals for proportions with small expected number of positive counts estimated from survey data*, 1998.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from curation.aggregation.estimates import LEVEL, Estimate
from modelhooks.head.abstention import lower_bound
from modelhooks.head.pairs import Floats, Integers

TAIL = (1 - LEVEL) / 2


@dataclass(frozen=True, slots=True)
class Means:
    """Of k columns; NaN where a column has no value."""

    values: Floats
    """(k,)"""
    errors: Floats
    """(k,) standard errors; NaN where all rows are of one prompt."""
    counts: Integers
    """(k,) rows that have a value."""
    groups: Integers
    """(k,) prompts that have one."""

    def bounds(self, tail: float = TAIL) -> tuple[Floats, Floats]:
        """(k,) each: the mean lies below the first, and above the second, with a chance of `tail` each."""
        reach = student.ppf(1 - tail, np.maximum(self.groups - 1, 1)) * self.errors
        return self.values - reach, self.values + reach

    def p_above(self) -> Floats:
        """(k,) how likely a mean this high or higher is where the truth is zero; 1 where nothing is known."""
        found: Floats = student.sf(self._far(-np.inf), np.maximum(self.groups - 1, 1))
        return found

    def p_apart(self) -> Floats:
        """(k,) how likely a mean this far from zero is, on either side, where the truth is zero."""
        found: Floats = 2 * student.sf(np.abs(self._far(0.0)), np.maximum(self.groups - 1, 1))
        return found

    def _far(self, unknown: float) -> Floats:
        """(k,) from zero, in standard errors. Where every row is zero there are none, and nothing is known."""
        with np.errstate(divide="ignore", invalid="ignore"):
            far = self.values / self.errors
        found: Floats = np.where(np.isnan(far), unknown, far)
        return found

    def estimate(self, column: int) -> Estimate | None:
        """One mean with its interval; None where it has no value."""
        if not self.counts[column]:
            return None
        value, (low, high) = float(self.values[column]), (float(bound[column]) for bound in self.bounds())
        return Estimate(value, low, high) if np.isfinite(low) else Estimate(value, None, None)

    def share(self, column: int) -> Estimate | None:
        """The same for a column of values from 0 to 1."""
        if not self.counts[column]:
            return None
        value, many = float(self.values[column]), self._independent(column)
        low, high = lower_bound(value * many, many, TAIL), 1 - lower_bound((1 - value) * many, many, TAIL)
        return Estimate(value, min(low, value), max(high, value))

    def _independent(self, column: int) -> float:
        """So many independent rows would tell as much; where all are alike, so many as there are prompts."""
        value, squared = float(self.values[column]), float(self.errors[column]) ** 2
        if not squared > 0:
            return float(self.groups[column])
        return min(float(self.counts[column]), value * (1 - value) / squared)


def means(columns: Floats, groups: Integers) -> Means:
    """Of (n, k) columns, NaN where a row has no value; `groups` (n,) are the prompts."""
    known = np.isfinite(columns)
    counts = known.sum(axis=0)
    values = np.where(counts > 0, np.where(known, columns, 0).sum(axis=0) / np.maximum(counts, 1), np.nan)
    away = np.where(known, columns - values, 0)
    sums, seen = (_by_group(cells, groups) for cells in (away, known.astype(float)))
    many = (seen > 0).sum(axis=0)
    spread = np.sqrt((sums**2).sum(axis=0) * many / np.maximum(many - 1, 1)) / np.maximum(counts, 1)
    return Means(values, np.where(many > 1, spread, np.nan), counts, many)


def mean(column: Floats, groups: Integers) -> Means:
    """Of one (n,) column."""
    return means(column[:, None], groups)


def _by_group(columns: Floats, groups: Integers) -> Floats:
    names, place = np.unique(groups, return_inverse=True)
    found = np.zeros((len(names), columns.shape[1]))
    np.add.at(found, place, columns)
    return found

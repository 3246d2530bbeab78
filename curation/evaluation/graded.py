"""A checkpoint's figures on a set: the mean over rows, the mean over subsets, each subset, with their intervals.

The mean over rows weighs every row alike, the mean over subsets every subset, however small it is. Intervals are drawn
by whole clusters, such as the rows of one prompt, since these are right or wrong together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from curation.aggregation.estimates import Estimate, Measure, estimate
from curation.evaluation.names import ROWS
from modelhooks.head.abstention import lower_bound
from modelhooks.head.pairs import Floats, Integers

TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Subset:
    """Some rows of a set, and how their score is read from what they add up to."""

    name: str
    rows: Integers
    """(m,) numbers from 0."""
    parts: Floats
    """(m, k)."""
    value: Callable[[Floats], float | None]
    """From (k,) totals; None where the score has no value."""


@dataclass(frozen=True, slots=True)
class Graded:
    """How n rows were met."""

    points: Floats
    """(n,) from 0 to 1."""
    clusters: Integers
    """(n,) what is drawn together."""
    subsets: Sequence[Subset]
    """Each row stands in one of them."""

    def measure(self, headline: str) -> Measure:
        """The mean over ROWS, or over SUBSETS that have a value."""
        if headline == ROWS:
            return Measure(np.column_stack([self.points, np.ones(len(self.points))]), mean)
        widths = [one.parts.shape[1] for one in self.subsets]
        ends = np.cumsum(widths)
        parts = np.zeros((len(self.points), int(ends[-1]) if len(ends) else 0))
        for one, width, end in zip(self.subsets, widths, ends, strict=True):
            parts[one.rows, end - width : end] = one.parts
        readers = [
            (slice(end - width, end), one.value) for one, width, end in zip(self.subsets, widths, ends, strict=True)
        ]
        return Measure(parts, lambda totals: _mean_over(totals, readers))

    def estimate(self, headline: str, *, seed: int = 0) -> Estimate | None:
        """The score with its interval."""
        return interval(self.measure(headline), self.clusters, seed=seed)

    def of_subset(self, one: Subset, *, seed: int = 0) -> Estimate | None:
        """The score of one subset with its interval."""
        return interval(Measure(one.parts, one.value), self.clusters[one.rows], seed=seed)


def plain(name: str, rows: Integers, points: Floats) -> Subset:
    """A subset whose score is the mean of its points."""
    return Subset(name, rows, np.column_stack([points[rows], np.ones(len(rows))]), mean)


def mean(totals: Floats) -> float | None:
    """Of (points, rows)."""
    return float(totals[0] / totals[1]) if totals[1] else None


def interval(measure: Measure, clusters: Integers, *, seed: int = 0) -> Estimate | None:
    """An estimate by clusters. Where all are met alike, resamples say nothing of what other prompts would bring,
    and the exact bound for so many right (or wrong) of so many stands instead."""
    found = estimate(measure, clusters, seed=seed)
    if found is None or found.low is None or found.low != found.high:
        return found
    many = len(np.unique(clusters))
    if found.value == 1:
        return Estimate(1.0, lower_bound(many, many, TAIL), 1.0)
    if found.value == 0:
        return Estimate(0.0, 0.0, 1 - lower_bound(many, many, TAIL))
    return Estimate(found.value, None, None)


def _mean_over(totals: Floats, readers: Sequence[tuple[slice, Callable[[Floats], float | None]]]) -> float | None:
    found = [one for where, value in readers if (one := value(totals[where])) is not None]
    return sum(found) / len(found) if found else None

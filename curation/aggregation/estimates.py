"""A number about units with an interval: measures whose parts add up over units, resampled by whole clusters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from modelhooks.head.pairs import Floats, Integers

DRAWS = 400
LEVEL = 0.95
FEWEST_CLUSTERS = 2  # of one cluster all resamples are the same, which is no certainty
FEWEST_DEFINED = 0.9  # of the resamples; with fewer an interval would speak of the lucky ones


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value between its bounds at 95 %; None where too few resamples have a value, or all is one cluster."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Measure:
    """A statistic of totals: each unit adds its row of `parts`, and `value` reads the sum."""

    parts: Floats
    """(units, p)."""
    value: Callable[[Floats], float | None]
    """From (p,) totals; None where the statistic has no value."""

    def total(self) -> float | None:
        """The statistic of all units."""
        return self.value(self.parts.sum(axis=0))


def estimate(
    measure: Measure, clusters: Integers | None = None, *, draws: int = DRAWS, seed: int = 0
) -> Estimate | None:
    """The measure with the percentile interval of its cluster bootstrap; None where it has no value.

    `clusters` (units,) tells what is drawn together, such as the units of one prompt; without, each unit is alone.
    Source: Efron and Tibshirani, An introduction to the bootstrap, 1993; whole clusters as in Davison and Hinkley,
    Bootstrap methods and their application, 1997, §3.8.
    """
    value = measure.total()
    if value is None:
        return None
    if clusters is not None and len(np.unique(clusters)) < FEWEST_CLUSTERS:
        return Estimate(value, None, None)
    with threadpool_limits(limits=1):
        drawn = _resampled(measure, clusters, draws, np.random.default_rng(seed))
    return Estimate(value, None, None) if len(drawn) < FEWEST_DEFINED * draws else drawn_interval(value, drawn)


def drawn_interval(value: float, drawn: Sequence[float] | Floats) -> Estimate:
    """The percentile interval of resampled values."""
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))


def _resampled(measure: Measure, clusters: Integers | None, draws: int, draw: np.random.Generator) -> list[float]:
    sums = measure.parts if clusters is None else _by_cluster(measure.parts, clusters)
    # Clusters that add the same are interchangeable: a million units of three labels have a few dozen kinds of them.
    kinds, many = np.unique(sums, axis=0, return_counts=True)
    total = int(many.sum())
    values = (measure.value(draw.multinomial(total, many / total) @ kinds) for _ in range(draws))
    return [value for value in values if value is not None]


def _by_cluster(parts: Floats, clusters: Integers) -> Floats:
    names, place = np.unique(clusters, return_inverse=True)
    return np.stack([np.bincount(place, column, len(names)) for column in parts.T], axis=1)

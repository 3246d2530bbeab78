"""Which revision of a rubric or a judge's prompt takes over: one that is surely better on the same held-out pairs.

Each version has its points (1, ½, 0) on the same pairs, which none of them was written from. Gains over the version in
office are resampled together by prompt, and the interval of every one is widened until all of them together hold at
95 %: reach = q · error, q the quantile of the largest |gain* - gain| / error over the challengers in a resample. So of
many challengers that are no better one is promoted in 2.5 % of cases, not in 2.5 % each; of one challenger it is the
usual interval. Hand in every version that was ever tried on these pairs, not the last ones alone: else trying again is
a way to win. The one with the largest gain wins where its interval lies above zero and enough prompts differ.

Source: Romano and Wolf, *Exact and approximate stepdown methods for multiple hypothesis testing*, 2005, the single
step; resamples as in `aggregation.estimates`; the bound of six as in `evaluation.paired`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from curation.aggregation.estimates import LEVEL, Estimate
from curation.criteria.means import Means, means
from curation.evaluation.graded import Graded
from curation.evaluation.names import ROWS
from curation.evaluation.paired import FEWEST_DIFFERENT
from modelhooks.head.pairs import Floats, Integers

DRAWS = 2_000
NORMAL_95 = 1.959964  # no interval is narrower than a single one would be


@dataclass(frozen=True, slots=True)
class Figure:
    """One version on the pairs."""

    accuracy: Estimate | None
    gain: Estimate | None
    """Over the version in office, at 95 % for all challengers together; None of the version in office itself."""
    different: int
    """Prompts on which the two differ."""

    @property
    def wins(self) -> bool:
        """Whether it is surely better."""
        if self.gain is None or self.gain.low is None:
            return False
        return self.gain.low > 0 and self.different >= FEWEST_DIFFERENT


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of trying them all."""

    in_office: Figure
    challengers: tuple[Figure, ...]
    """Every one, those that lost too."""
    promoted: int | None
    """Which challenger takes over; None where none does."""


def promotion(in_office: Floats, challengers: Sequence[Floats], groups: Integers, *, seed: int = 0) -> Outcome:
    """Points (pairs,) of each version on the same pairs; `groups` (pairs,) are the prompts.

    Raises ValueError where a version was not tried on all of them.
    """
    if any(len(points) != len(groups) for points in (in_office, *challengers)):
        raise ValueError("Versions are compared on the same pairs.")
    gains = (
        np.column_stack([points - in_office for points in challengers]) if challengers else np.zeros((len(groups), 0))
    )
    found = means(gains, groups)
    reach = _reach(gains, groups, found, seed) * found.errors
    figures = tuple(
        Figure(_accuracy(points, groups, seed), _gain(found, reach, at), _different(gains[:, at], groups))
        for at, points in enumerate(challengers)
    )
    winners = [at for at, figure in enumerate(figures) if figure.wins]
    best = max(winners, key=lambda at: (found.values[at], -at), default=None)
    return Outcome(Figure(_accuracy(in_office, groups, seed), None, 0), figures, best)


def _reach(gains: Floats, groups: Integers, found: Means, seed: int) -> float:
    """How many standard errors the intervals of all gains need on either side to hold together."""
    varies = np.flatnonzero(found.errors > 0)
    if not len(varies):
        return NORMAL_95
    names, place = np.unique(groups, return_inverse=True)
    sums = np.zeros((len(names), len(varies)))
    np.add.at(sums, place, gains[:, varies])
    many = np.bincount(place)
    times = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS)
    drawn = (times @ sums) / (times @ many)[:, None]
    furthest = np.abs((drawn - found.values[varies]) / found.errors[varies]).max(axis=1)
    return max(NORMAL_95, float(np.quantile(furthest, LEVEL)))


def _accuracy(points: Floats, groups: Integers, seed: int) -> Estimate | None:
    return Graded(np.asarray(points, float), groups, ()).estimate(ROWS, seed=seed)


def _gain(found: Means, reach: Floats, at: int) -> Estimate | None:
    if not found.counts[at]:
        return None
    value, width = float(found.values[at]), float(reach[at])
    return Estimate(value, value - width, value + width) if np.isfinite(width) else Estimate(value, None, None)


def _different(gains: Floats, groups: Integers) -> int:
    _, place = np.unique(groups, return_inverse=True)
    return int((np.abs(np.bincount(place, gains)) > 1e-12).sum()) if len(gains) else 0

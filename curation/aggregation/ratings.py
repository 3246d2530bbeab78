"""Ratings on a scale, freed from who is lenient and who is careless.

y_ta = θ_t + x·b_a + ε, ε ~ N(0, σ_a²), θ ~ N(μ, τ²), b ~ N(0, 0.5²), σ² with a prior of four labels at 0.6, by
alternating closed forms:
    θ_t = (Σ (y - x·b)/σ² + μ/τ²) / (Σ 1/σ² + 1/τ²),   b_a = Σ x(y - θ)/σ² / (Σ x²/σ² + 1/0.5²),
    σ_a² = (Σ [(y - θ - x·b)² + Var θ] + 2.4) / (n_a + 4).
x is 1, so that b is leniency; or, for strengths of preference, 1 where the stored order was shown and -1 where the
other was, so that b is what an annotator adds to whatever stands first.
Source: two-way random effects with a variance for each annotator, as in Raykar et al., Learning from crowds, 2010, §4.
"""

from dataclasses import dataclass

import numpy as np

from curation.aggregation.labels import BadLabels
from modelhooks.head.pairs import Floats, Integers

SPREAD_OF_LENIENCY = 0.5
PRIOR_LABELS, PRIOR_VARIANCE = 4.0, 0.6
ITERATIONS = 60
SURE = 0.4  # points of a standard error, below which a rounded rating is told
SIMILAR = 3


@dataclass(frozen=True, slots=True)
class Ratings:
    """What each unit deserves, and how each annotator rates."""

    rating: Floats
    """(units,) θ. A unit without labels has the mean."""
    error: Floats
    """(units,) the standard error of it."""
    leniency: Floats
    """(annotators,) b, in points: how much more than others; with sides, how much more for what stands first."""
    noise: Floats
    """(annotators,) σ, in points. Who has said nothing has the prior's."""

    def rounded(self, sure: float = SURE) -> Floats:
        """(units,) whole points, NaN where the standard error is not below `sure`."""
        found: Floats = np.where(self.error < sure, np.round(self.rating), np.nan)
        return found


def fit(
    units: Integers,
    annotators: Integers,
    ratings: Floats,
    *,
    unit_count: int,
    annotator_count: int,
    sides: Integers | None = None,
) -> Ratings:
    """`ratings` (n,) in points of any scale; `sides` (n,) 1 or -1, for strengths of preference. Raises BadLabels."""
    x = np.ones(len(ratings)) if sides is None else np.asarray(sides, float)
    _check(units, annotators, ratings, x)
    leniency, variance = np.zeros(annotator_count), np.ones(annotator_count)
    mean, spread = (float(np.mean(ratings)) if len(ratings) else 0.0), 1.5
    for _ in range(ITERATIONS):
        weight = 1 / variance[annotators]
        precision = np.bincount(units, weight, unit_count) + 1 / spread
        free = ratings - x * leniency[annotators]
        rating = (np.bincount(units, weight * free, unit_count) + mean / spread) / precision
        leniency = _leniency(annotators, x, ratings - rating[units], weight, annotator_count)
        leniency -= _mean_of_raters(leniency, annotators) if sides is None else 0.0
        left = (ratings - rating[units] - x * leniency[annotators]) ** 2 + 1 / precision[units]
        counts = np.bincount(annotators, minlength=annotator_count)
        summed = np.bincount(annotators, left, annotator_count) + PRIOR_LABELS * PRIOR_VARIANCE
        variance = summed / (counts + PRIOR_LABELS)
        told = np.bincount(units, minlength=unit_count) > 0
        if told.any():
            mean, spread = float(rating[told].mean()), float(((rating - mean) ** 2 + 1 / precision)[told].mean())
    return Ratings(rating, 1 / np.sqrt(precision), leniency, np.sqrt(variance))


def _mean_of_raters(leniency: Floats, annotators: Integers) -> float:
    """Of those who have rated: their leniency is told beside each other's, so its mean says nothing."""
    return float(leniency[np.unique(annotators)].mean()) if len(annotators) else 0.0


def _leniency(annotators: Integers, x: Floats, left: Floats, weight: Floats, count: int) -> Floats:
    precision = np.bincount(annotators, weight * x**2, count) + 1 / SPREAD_OF_LENIENCY**2
    found: Floats = np.bincount(annotators, weight * x * left, count) / precision
    return found


def _check(units: Integers, annotators: Integers, ratings: Floats, x: Floats) -> None:
    if not len(units) == len(annotators) == len(ratings) == len(x):
        raise BadLabels("Ratings are columns of the same length.")
    if not np.isfinite(ratings).all() or not np.isin(x, (-1, 1)).all():
        raise BadLabels("A rating is no number, or a side neither 1 nor -1.")
    if len(np.unique(np.column_stack([units, annotators, x]), axis=0)) < len(units):
        raise BadLabels("An annotator rates a unit once; in both orders of its sides, once in each.")


def three_most_similar(ratings: Floats) -> tuple[float, float]:
    """The mean of the three ratings that lie closest together, and their range; of fewer ratings all.

    Of two such triples the lower. This is how HelpSteer2 (Wang et al. 2024) tells one rating from three to five. It
    keeps less of the truth than the mean does, and is here to compare with and to repeat such files.
    """
    ordered = np.sort(ratings)
    size = min(SIMILAR, len(ordered))
    if not size:
        raise BadLabels("There is no rating.")
    ranges = ordered[size - 1 :] - ordered[: len(ordered) - size + 1]
    at = int(ranges.argmin())
    return float(ordered[at : at + size].mean()), float(ranges[at])

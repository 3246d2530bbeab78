"""Agreement beyond chance by the other measures that readers ask for, and plain agreement beside them.

All of them from (units, values) counts N with m_u labels of unit u, but Cohen's κ, which knows two raters apart.
With weights w (1 for the same value, less the further apart two are, 0 for opposite ends) agreement is
    p = mean over units of two labels or more of Σ_k N_uk ((N_u w)_k - 1) / (m_u (m_u - 1)),
and π is the mean over units of N_u / m_u. Where the prevalence of values is skewed Fleiss' κ and α fall although people
agree; Gwet's coefficients do not. So they are told together.
"""

import numpy as np

from curation.aggregation.estimates import Measure
from curation.aggregation.labels import Labels
from modelhooks.head.pairs import Floats, Integers


def same(size: int) -> Floats:
    """Weights of names: 1 for the same, else 0."""
    return np.eye(size)


def linear(size: int) -> Floats:
    """Weights of points of a scale: less by the same for each point between."""
    points = np.arange(size)
    found: Floats = 1 - np.abs(points[:, None] - points) / max(size - 1, 1)
    return found


def quadratic(size: int) -> Floats:
    """Weights of points of a scale: less by the square of what lies between."""
    points = np.arange(size)
    found: Floats = 1 - ((points[:, None] - points) / max(size - 1, 1)) ** 2
    return found


def agreement(counts: Floats, weights: Floats | None = None) -> Measure:
    """p: the share of pairs of labels of one unit that agree."""
    size = counts.shape[1]
    return Measure(_parts(counts, _weights(weights, size)), _agreed)


def fleiss(counts: Floats) -> Measure:
    """κ = (p - Σπ²) / (1 - Σπ²). Source: Fleiss, Measuring nominal scale agreement among many raters, 1971, for units
    of differing numbers of labels."""

    def value(totals: Floats) -> float | None:
        shares = _shares(totals)
        return None if shares is None else _beyond(_agreed(totals), float(shares @ shares))

    return Measure(_parts(counts, same(counts.shape[1])), value)


def gwet(counts: Floats, weights: Floats | None = None) -> Measure:
    """AC1, with weights AC2: chance is Σw Σπ(1 - π) / (K (K - 1)). Source: Gwet, Computing inter-rater reliability and
    its variance in the presence of high agreement, 2008; Handbook of inter-rater reliability, 2014, §4 for AC2."""
    size = counts.shape[1]
    weighed = _weights(weights, size)

    def value(totals: Floats) -> float | None:
        shares = _shares(totals)
        if shares is None or size < 2:
            return None
        by_chance = weighed.sum() * float(shares @ (1 - shares)) / (size * (size - 1))
        return _beyond(_agreed(totals), by_chance)

    return Measure(_parts(counts, weighed), value)


def cohen(labels: Labels, first: int, second: int, weights: Floats | None = None) -> Measure:
    """κ of two annotators over the units that both labeled. Sources: Cohen, A coefficient of agreement for nominal
    scales, 1960; Weighted kappa, 1968. An annotator who labeled a unit in both orders of its sides counts once, as
    stored order showed it."""
    size = labels.value_count
    one, other = (_answers(labels, who) for who in (first, second))
    both = (one >= 0) & (other >= 0)
    parts = np.zeros((labels.unit_count, size * size))
    parts[np.flatnonzero(both), one[both] * size + other[both]] = 1
    weighed = _weights(weights, size)

    def value(totals: Floats) -> float | None:
        if not totals.sum():
            return None
        seen = totals.reshape(size, size) / totals.sum()
        by_chance = np.outer(seen.sum(axis=1), seen.sum(axis=0))
        return _beyond(float((weighed * seen).sum()), float((weighed * by_chance).sum()))

    return Measure(parts, value)


def prevalence(counts: Floats) -> Floats | None:
    """π: (values,) the share of each value, units counting alike; None without labels."""
    return _shares(_parts(counts, same(counts.shape[1])).sum(axis=0))


def _parts(counts: Floats, weights: Floats) -> Floats:
    """Of each unit: its agreement, whether it has one, whether it has labels, and their shares."""
    many = counts.sum(axis=1)
    pairs, some = many >= 2, many >= 1
    agreed = (counts * (counts @ weights - 1)).sum(axis=1) / np.maximum(many * (many - 1), 1)
    shares = counts / np.maximum(many, 1)[:, None]
    return np.column_stack([np.where(pairs, agreed, 0), pairs, some, shares])


def _agreed(totals: Floats) -> float | None:
    return float(totals[0] / totals[1]) if totals[1] else None


def _shares(totals: Floats) -> Floats | None:
    return totals[3:] / totals[2] if totals[2] else None


def _beyond(agreed: float | None, by_chance: float) -> float | None:
    return None if agreed is None or by_chance >= 1 else (agreed - by_chance) / (1 - by_chance)


def _weights(weights: Floats | None, size: int) -> Floats:
    return same(size) if weights is None else weights


def _answers(labels: Labels, annotator: int) -> Integers:
    """(units,) what this annotator said of each, -1 for nothing."""
    said = np.full(labels.unit_count, -1)
    for order in (1, 0):
        rows = (labels.annotators == annotator) & (labels.swapped == order)
        said[labels.units[rows]] = labels.values[rows]
    return said

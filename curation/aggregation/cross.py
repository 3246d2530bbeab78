"""Agreement between two sides that label the same units, such as a judge and people: theirs with each other, not their
own among themselves.

With X and Y the (units, values) counts of the two sides and distances δ,
    d_o = Σ_u X_u δ Y_uᵀ / Σ_u x_u y_u   over units that both sides labeled, with x_u and y_u labels on u,
    d_e = X̄ δ Ȳᵀ                         of the shares of values of each side, each unit counted as above,
    κ_x = 1 - d_o / d_e.
It reads as Krippendorff's α reads among the members of one side, so the two may stand beside each other.
Source: Wong, Paritosh, Aroyo, Cross-replication reliability, 2021, eq. 3 to 5.
"""

import numpy as np

from curation.aggregation.alpha import Distance, nominal
from curation.aggregation.chance import same
from curation.aggregation.estimates import Measure
from modelhooks.head.pairs import Floats


def reliability(one: Floats, other: Floats, distance: Distance = nominal) -> Measure:
    """κ_x of two tables of (units, values) counts; no value without a shared unit, or where all labels are alike."""
    size = one.shape[1]
    apart = distance(one.sum(axis=0) + other.sum(axis=0))
    firsts, seconds = one.sum(axis=1), other.sum(axis=1)
    seen = np.einsum("uk,kl,ul->u", one, apart, other)
    parts = np.column_stack([seen, firsts * seconds, one * seconds[:, None], other * firsts[:, None]])

    def value(totals: Floats) -> float | None:
        pairs, mine, theirs = totals[1], totals[2 : 2 + size], totals[2 + size :]
        if not pairs:
            return None
        chance = (mine / pairs) @ apart @ (theirs / pairs)
        return float(1 - totals[0] / pairs / chance) if chance > 0 else None

    return Measure(parts, value)


def gwet(one: Floats, other: Floats, weights: Floats | None = None) -> Measure:
    """AC1 of two sides, with weights AC2: over units that both labeled, p is the mean of the share of pairs of labels,
    one of each side, that agree, and π that of the shares of values, both sides counting alike. Of sides of one label
    it is `chance.gwet`. Source: Gwet 2008 and 2014, as there."""
    size = one.shape[1]
    weighed = same(size) if weights is None else weights
    firsts, seconds = one.sum(axis=1), other.sum(axis=1)
    both = (firsts > 0) & (seconds > 0)
    shares, others = one / np.maximum(firsts, 1)[:, None], other / np.maximum(seconds, 1)[:, None]
    agreed = np.einsum("uk,kl,ul->u", shares, weighed, others)
    parts = np.where(both[:, None], np.column_stack([agreed, np.ones(len(one)), (shares + others) / 2]), 0)

    def value(totals: Floats) -> float | None:
        if not totals[1] or size < 2:
            return None
        prevalence = totals[2:] / totals[1]
        by_chance = weighed.sum() * float(prevalence @ (1 - prevalence)) / (size * (size - 1))
        return (float(totals[0] / totals[1]) - by_chance) / (1 - by_chance) if by_chance < 1 else None

    return Measure(parts, value)


def agreement(one: Floats, other: Floats) -> Measure:
    """The share of pairs of labels, one of each side and both of one unit, that are the same."""
    same, pairs = (one * other).sum(axis=1), one.sum(axis=1) * other.sum(axis=1)
    return Measure(np.column_stack([same, pairs]), lambda totals: float(totals[0] / totals[1]) if totals[1] else None)

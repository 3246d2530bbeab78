"""A rate from many verdicts of a judge and some of people: as exact as the judge allows, as right as people are.

With j a judge's verdicts on N items without people, y and j' people's and the judge's on n items with both:
    λ = Cov(y, j') / Var(j') / (1 + n/N),   rate = λ mean(j) + mean(y - λ j'),
    variance = λ² Var(j)/N + Var(y - λ j')/n.
λ is 0 where the judge says nothing about people, and the rate is theirs alone.
Source: Angelopoulos, Duchi, Zrnic, PPI++: efficient prediction-powered inference, 2023, for a mean.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from modelhooks.head.pairs import Floats

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """The rate between its normal bounds at 95 %, beside what people alone would give."""

    value: float
    low: float
    high: float
    weight: float
    """λ: how far the judge counts."""
    people: float
    people_low: float
    people_high: float


def rate(people: Floats, judge_beside: Floats, judge_alone: Floats) -> Rate | None:
    """From verdicts (1, 0 or ½) of people and of the judge on the same n items, and of the judge on N others.

    The items of people must be drawn at random from all, or the rate is that of their choice. None for fewer than two.
    """
    n, many = len(people), len(judge_alone)
    if len(judge_beside) != n:
        raise ValueError("People and the judge speak of the same items.")
    if n < 2:
        return None
    weight = _weight(people, judge_beside, many)
    left = people - weight * judge_beside
    alone = weight * float(judge_alone.mean()) if many else 0.0
    spread = np.var(left, ddof=1) / n + (weight**2 * np.var(judge_alone) / many if many else 0.0)
    value, reach = alone + float(left.mean()), _reach(float(spread))
    own, own_reach = float(people.mean()), _reach(float(np.var(people, ddof=1) / n))
    return Rate(value, value - reach, value + reach, weight, own, own - own_reach, own + own_reach)


def _weight(people: Floats, beside: Floats, many: int) -> float:
    spread = float(np.var(beside, ddof=1))
    if not many or not spread:
        return 0.0
    return float(np.cov(people, beside)[0, 1]) / spread / (1 + len(people) / many)


def _reach(variance: float) -> float:
    return float(norm.ppf((1 + LEVEL) / 2) * np.sqrt(variance))

"""Whether annotators err together, so that their agreement says less than their number.

Given the truth, labels of different people should be independent. With e = 1 for a label that is wrong, the errors of
two annotators correlate by ρ, 0 where they are independent; pooled over all pairs who share units,
    ρ = Σ (e_ia - ē_a)(e_ib - ē_b) / Σ sd_a sd_b,
and m labels of one unit weigh as much as m / (1 + (m - 1) ρ) independent ones.
On truths that are known this is a measurement. On what a consensus holds for true it says too little, for a consensus
sides with those who err together; how sure a consensus may be is for `confidence.trust` to learn from known truths.
Source: design effect of Kish, Survey sampling, 1965, §5.4, on errors of annotators.
"""

from dataclasses import dataclass

import numpy as np

from curation.aggregation.labels import UNKNOWN, Labels
from modelhooks.head.pairs import Floats, Integers

FEWEST = 20  # units of known truth


@dataclass(frozen=True, slots=True)
class Dependence:
    """How far errors go together."""

    correlation: float
    """ρ, from 0 on: below, chance alone is at work."""
    labels: float
    """How many labels such a unit has."""
    independent: float
    """How many independent ones they are worth."""
    units: int


def of(labels: Labels, truth: Integers) -> Dependence | None:
    """`truth` (units,), UNKNOWN elsewhere. None below FEWEST units with two labels or more, or where nobody errs or all
    do: nothing varies then."""
    known = truth[labels.units] != UNKNOWN
    units, who = labels.units[known], labels.annotators[known]
    left = _errors((labels.values[known] != truth[units]).astype(float), who, labels.annotator_count)
    many = np.bincount(units, minlength=labels.unit_count)
    paired = many >= 2
    # Over a unit, Σ_{a≠b} x_a x_b is (Σ x)² - Σ x²: no pair is looked at.
    seen = (_summed(units, left, labels) ** 2 - _summed(units, left**2, labels))[paired].sum()
    spread = np.sqrt(_rates(left**2, who, labels.annotator_count))[who]
    could = (_summed(units, spread, labels) ** 2 - _summed(units, spread**2, labels))[paired].sum()
    if paired.sum() < FEWEST or could <= 0:
        return None
    rho = float(np.clip(seen / could, 0, 1))
    size = float(many[paired].mean())
    return Dependence(rho, size, size / (1 + (size - 1) * rho), int(paired.sum()))


def _errors(is_wrong: Floats, who: Integers, count: int) -> Floats:
    """(n,) whether each label is wrong, less how often its annotator is."""
    left: Floats = is_wrong - _rates(is_wrong, who, count)[who]
    return left


def _rates(values: Floats, who: Integers, count: int) -> Floats:
    """(annotators,) the mean of each one's values."""
    found: Floats = np.bincount(who, values, count) / np.maximum(np.bincount(who, minlength=count), 1)
    return found


def _summed(units: Integers, values: Floats, labels: Labels) -> Floats:
    found: Floats = np.bincount(units, values, labels.unit_count).astype(float)
    return found

"""What a judge's verdicts in both orders of a pair tell: how often the order decides, how it leans, what is left.

With v₁ the verdict when the stored first response was shown first, v₂ when it was shown second, both in stored order:
    consistent       v₁ = v₂
    first rate       how often the response shown first wins, of all verdicts that decide
    bias             ½ [logit P(first wins | order 1) + logit P(first wins | order 2)], in log-odds, 0 without a pull;
                     both with half a verdict added to either side
    verdict          v where v₁ = v₂, else a tie; from chances, p = ½ (p₁ + 1 - p₂')
where p₂' is the chance of what was shown first in order 2.
Source: Zheng et al., Judging LLM-as-a-judge with MT-bench and chatbot arena, 2023, §3.4, for consistency and verdict.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from curation.aggregation.labels import UNKNOWN, Labels
from curation.aggregation.skill import Share, share
from modelhooks.head.pairs import Floats, Integers


@dataclass(frozen=True, slots=True)
class Orders:
    """One judge's verdicts. None where there is nothing to count."""

    consistent: Share | None
    """Of pairs that were judged in both orders."""
    first: Share | None
    """The response shown first, among verdicts that decide."""
    bias: float
    """Log-odds that being shown first adds; 0 where only one order was asked, for then it cannot be told apart from
    what the stored order means."""
    torn: tuple[int, int]
    """Pairs where both orders chose what was shown first, and where both chose what was shown second. Who is merely
    unsure does either as often."""
    verdicts: Integers
    """(units,) what both orders say; a tie where they differ; UNKNOWN where one is missing."""


def of(labels: Labels, judge: int) -> Orders:
    """Labels of pairs: `swapped` tells the order in which the judge saw them."""
    rows = labels.take(labels.annotators == judge)
    said = np.full((2, labels.unit_count), UNKNOWN)
    said[rows.swapped, rows.units] = rows.values
    last = labels.value_count - 1
    both = (said != UNKNOWN).all(axis=0)
    alike = both & (said[0] == said[1])
    verdicts = np.where(alike, said[0], np.where(both, last // 2, UNKNOWN))
    shown = np.where(rows.swapped == 1, last - rows.values, rows.values)
    always_first, always_second = (both & (said[0] == side) & (said[1] == last - side) for side in (0, last))
    first, decided = 2 * shown < last, 2 * shown != last
    return Orders(
        share(int(alike.sum()), int(both.sum())),
        share(int(first.sum()), int(decided.sum())),
        _bias(first, decided, rows.swapped),
        (int(always_first.sum()), int(always_second.sum())),
        verdicts,
    )


def combined(first_shown_first: Floats, second_shown_first: Floats) -> Floats:
    """(n,) the chance that the stored first is better, from the chances of whatever was shown first in either order."""
    found: Floats = (first_shown_first + 1 - second_shown_first) / 2
    return found


def _bias(first: NDArray[np.bool_], decided: NDArray[np.bool_], swapped: Integers) -> float:
    leaning = []
    for order in (0, 1):
        rows = decided & (swapped == order)
        if not rows.any():
            return 0.0
        leaning.append(float(logit((first[rows].sum() + 0.5) / (rows.sum() + 1))))
    return sum(leaning) / 2

"""From which confidence on an opinion may stand without a person: a cut-off with a guarantee, or none.

Fixed-sequence testing from the strictest cut-off to looser ones: each is tested at the full level, and the first that
fails ends it, so the chance that any accepted cut-off misses its target stays below `delta`.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from modelhooks.head.pairs import Floats

FEWEST = 20  # items above a cut-off before it is tested at all
STEPS = 50  # cut-offs that are looked at, evenly over the items


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Opinions at this confidence or above may stand: how many that were, how right, and how right at least."""

    confidence: float
    items: int
    accuracy: float
    at_least: float
    """The lower Clopper–Pearson bound of the accuracy at level 1 - delta, one-sided."""


def cutoff(confidence: Floats, is_right: Floats, *, target: float, delta: float = 0.1) -> Cutoff | None:
    """The loosest cut-off that holds the target accuracy, None where none does.

    `confidence` (n,) and `is_right` (n,) of items whose truth people told, none of them used to fit the confidence.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked, right = confidence[order], np.cumsum(is_right[order] > 0.5)
    found = None
    for last in _lasts(ranked, fewest(target, delta)):
        count, hits = last + 1, int(right[last])
        bound = lower_bound(hits, count, delta)
        if bound < target:
            break
        found = Cutoff(float(ranked[last]), count, hits / count, bound)
    return found


def lower_bound(hits: float, count: float, delta: float) -> float:
    """The one-sided Clopper–Pearson lower bound of a share at level 1 - delta; counts may be effective ones."""
    return float(beta.ppf(delta, hits, count - hits + 1)) if hits else 0.0


def fewest(target: float, delta: float) -> int:
    """How many items a cut-off needs to be able to pass: with fewer, even all of them right would not do."""
    return max(FEWEST, math.ceil(math.log(delta) / math.log(target))) if 0 < target < 1 else FEWEST


def _lasts(ranked: Floats, first: int) -> list[int]:
    """The index of the last item of each cut-off, strictest first. Equal confidences fall on one side together."""
    n = len(ranked)
    step = max(1, n // STEPS)
    wanted = range(first - 1, n, step)
    ends = {int(np.searchsorted(-ranked, -ranked[at], side="right")) - 1 for at in wanted}
    return sorted(ends)

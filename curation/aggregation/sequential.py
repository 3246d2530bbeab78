"""Whether somebody still works well enough, asked after every gold item: Wald's sequential probability ratio test.

Of an accuracy of p₀ (good enough) or p₁ (not): after each gold item the log-likelihood ratio grows by log p₁/p₀ for a
right answer, log (1 - p₁)/(1 - p₀) for a wrong one. From log (1 - β)/α on they are paused, below log β/(1 - α) they are
cleared and counting begins anew, so that a drift is found later, too.
Source: Wald, Sequential tests of statistical hypotheses, 1945.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

GOOD, BAD = 0.85, 0.65
FALSE_ALARM, MISS = 0.05, 0.05


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands after their gold items."""

    state: Literal["open", "cleared", "paused"]
    """`cleared`: the last decision was in their favor; `open`: none has been taken yet."""
    ratio: float
    """The log-likelihood ratio since the last decision: evidence of being bad above 0."""
    decided_after: int | None
    """How many gold items the last decision took in all."""


def standing(
    is_right: NDArray[np.bool_],
    *,
    good: float = GOOD,
    bad: float = BAD,
    false_alarm: float = FALSE_ALARM,
    miss: float = MISS,
    restarts: bool = False,
) -> Standing:
    """`is_right` (n,) in the order of the answers. A pause stands until somebody lifts it.

    With `restarts` whoever is cleared is watched on from zero, which in the long run pauses good ones, too; without,
    the first decision stands.
    """
    if not 0 < bad < good < 1:
        raise ValueError("A bad accuracy lies below a good one, both between 0 and 1.")
    right, wrong = math.log(bad / good), math.log((1 - bad) / (1 - good))
    pause, clear = math.log((1 - miss) / false_alarm), math.log(miss / (1 - false_alarm))
    found, ratio = Standing("open", 0.0, None), 0.0
    for number, is_hit in enumerate(is_right.tolist(), start=1):
        ratio += right if is_hit else wrong
        if ratio >= pause:
            return Standing("paused", ratio, number)
        if ratio <= clear:
            found, ratio = Standing("cleared", 0.0, number), 0.0
            if not restarts:
                return found
    return Standing(found.state, ratio, found.decided_after)

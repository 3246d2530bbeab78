"""First errors of solutions: how many are found, how many right solutions are left alone, and both in one number.

F1 is the harmonic mean of the two, so that who calls everything wrong, or nothing, gets 0. Source: Zheng et al.,
ProcessBench, 2024, and its code.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from curation.evaluation.points import NO_ERROR
from modelhooks.head.pairs import Floats

FOUND, ERRORS, LEFT_ALONE, RIGHT = range(4)
"""The columns of what rows add up to."""


def parts(points: Sequence[float], labels: Sequence[int]) -> Floats:
    """(n, 4) what each row adds to the totals, from its points and where its first error is."""
    has_error = np.asarray(labels) != NO_ERROR
    met = np.asarray(points, float)
    return np.column_stack([met * has_error, has_error, met * ~has_error, ~has_error]).astype(float)


def value(totals: Floats) -> float | None:
    """F1; None without rows of both kinds."""
    found, left_alone = named(totals).values()
    if found is None or left_alone is None:
        return None
    return 2 * found * left_alone / (found + left_alone) if found + left_alone else 0.0


def named(totals: Floats) -> Mapping[str, float | None]:
    """The two shares that it is made of."""
    return {
        "errors_found": float(totals[FOUND] / totals[ERRORS]) if totals[ERRORS] else None,
        "right_left_alone": float(totals[LEFT_ALONE] / totals[RIGHT]) if totals[RIGHT] else None,
    }

"""What the votes on a facet come to, unit by unit."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

UNSETTLED = -1


@dataclass(frozen=True, slots=True)
class Settled:
    """One answer for each of U units, in the order of `Votes.units`."""

    value: NDArray[np.int64]
    """[U] The number of the facet's value, or of the first wrong step; -1 where the votes settle nothing."""
    confidence: NDArray[np.float64]
    """[U] The chance that the value is right, 0 to 1."""
    posterior: NDArray[np.float64]
    """[U, K] A chance for each value; on levels [U, 2], the estimate in levels from 0 and its standard error."""
    votes: NDArray[np.int64]
    """[U] How many votes stand behind it."""
    by_reviewer: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """[R] The units that a reviewer settled by overturning what others said."""

"""RM-Bench: three styles on either side, so that it shows whether a model judges the substance or the style.

Hard is where the right response is the plainer one, normal where both have one style, easy where it is the fancier one.
Source: Liu et al., RM-Bench, 2024, and `compute_accuracy` in its code.
"""

from dataclasses import dataclass

import numpy as np

from curation.aggregation.estimates import Estimate, Measure
from curation.evaluation.graded import interval
from curation.evaluation.points import STYLES
from modelhooks.head.pairs import Floats, Integers

LEVELS = {"easy": np.tri(STYLES, k=-1), "normal": np.eye(STYLES), "hard": np.tri(STYLES, k=-1).T}


@dataclass(frozen=True, slots=True)
class Styles:
    """Shares of rows won."""

    matrix: Floats
    """(3, 3) by the style of the right response, the row, and of the wrong one."""
    levels: dict[str, Estimate | None]
    """Easy, normal and hard."""


def of(wins: Floats, clusters: Integers, *, seed: int = 0) -> Styles:
    """From (n, 3, 3) wins of n rows, of which there is one at least."""
    levels = {name: interval(_measure(wins, cells), clusters, seed=seed) for name, cells in LEVELS.items()}
    return Styles(wins.mean(axis=0), levels)


def _measure(wins: Floats, cells: Floats) -> Measure:
    met = (wins * cells).sum(axis=(1, 2)) / cells.sum()
    return Measure(np.column_stack([met, np.ones(len(met))]), lambda totals: float(totals[0] / totals[1]))

"""How often a model says what people came to: the same figure for every judge, reward model and verifier."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.aggregation.estimates import Measure, estimate
from curation.analysis.settled import UNSETTLED, Settled
from curation.votes import Votes

DIGITS = 4


def figures(votes: Votes, settled: Settled, rows: NDArray[np.intp], *, seed: int) -> dict[str, Any]:
    """Of one annotator's votes `rows`, against people's consensus: the share that is the same, drawn by prompt group.

    Also for people, whose own votes stand behind that consensus: theirs says less than their accuracy.
    """
    told = rows[(settled.value[votes.unit[rows]] != UNSETTLED)]
    parts = np.zeros((len(votes.units), 2))
    parts[votes.unit[told], 1] = 1
    parts[votes.unit[told], 0] = votes.value[told] == settled.value[votes.unit[told]]
    found = estimate(Measure(parts, _share), votes.group, seed=seed)
    if found is None:
        return {"compared": 0}
    return {
        "compared": len(told),
        "matches": round(found.value, DIGITS),
        "matches_low": None if found.low is None else round(found.low, DIGITS),
        "matches_high": None if found.high is None else round(found.high, DIGITS),
    }


def _share(totals: NDArray[np.float64]) -> float | None:
    return float(totals[0] / totals[1]) if totals[1] else None

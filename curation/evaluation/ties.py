"""The subset Ties of RewardBench 2: several responses are right, and a good model puts these close together.

A prompt has a row `tied` with several right responses, and perhaps a row `ref` of the same number with one. Of 60 %
half each are the shares of rows whose right responses all lie above the wrong ones; 20 % each whether the spread of the
right ones is smaller than their lead over the wrong ones, on the tied row alone, and on the tied and the ref row; and
1 % breaks ties by how much. Source: Malik et al., RewardBench 2, 2025, and `process_single_model` in its code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from curation.evaluation import points
from curation.evaluation.names import REF, TIED
from modelhooks.head.pairs import Floats

WEIGHTS = (0.30, 0.30, 0.20, 0.20, 0.01)
TIED_RIGHT, TIED_ROWS, REF_RIGHT, REF_ROWS, PREFERRED, PREFERRED_HARD, LEAD, PAIRS = range(8)
"""The columns of what rows add up to."""
WORST_LEAD = -1.0  # the limit of the hyperbolic tangent


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `scores` None where the checkpoint did not answer. The first `right` responses are the right ones."""

    role: str
    number: int
    scores: Sequence[float] | None
    right: int


def parts(rows: Sequence[Row]) -> Floats:
    """(n, 8) what each row adds to the totals. What is asked of both rows of a prompt stands with its tied row."""
    refs = {row.number: row for row in rows if row.role == REF}
    found = np.zeros((len(rows), PAIRS + 1))
    for place, row in enumerate(rows):
        columns = (TIED_RIGHT, TIED_ROWS) if row.role == TIED else (REF_RIGHT, REF_ROWS)
        found[place, columns] = _is_right(row), 1
        if row.role == TIED and row.number in refs:
            found[place, PREFERRED:] = _preferences(row, refs[row.number])
    return found


def value(totals: Floats) -> float | None:
    """The score of the subset, from -0.01 to 1.01; None where no prompt has both rows."""
    shares = named(totals)
    if totals[PAIRS] == 0:
        return None
    return float(sum(weight * (one or 0.0) for weight, one in zip(WEIGHTS, shares.values(), strict=True)))


def named(totals: Floats) -> Mapping[str, float | None]:
    """The five things that the score is made of."""
    pairs = totals[PAIRS]
    return {
        "tied_right": _share(totals[TIED_RIGHT], totals[TIED_ROWS]),
        "ref_right": _share(totals[REF_RIGHT], totals[REF_ROWS]),
        "preferred": _share(totals[PREFERRED], pairs),
        "preferred_hard": _share(totals[PREFERRED_HARD], pairs),
        "lead": _share(totals[LEAD], pairs),
    }


def _share(hits: float, count: float) -> float | None:
    return float(hits / count) if count else None


def _is_right(row: Row) -> float:
    return 0.0 if row.scores is None else points.all_above(row.scores, row.right)


def _preferences(tied: Row, ref: Row) -> tuple[float, float, float, float]:
    if tied.scores is None or ref.scores is None:
        return 0.0, 0.0, WORST_LEAD, 1.0
    spread = max(tied.scores[: tied.right]) - min(tied.scores[: tied.right])
    lead, other = _lead(tied.scores, tied.right), _lead(ref.scores, ref.right)
    smaller = min(lead, other)
    return float(lead > spread), float(smaller > spread), _squeezed(smaller, spread), 1.0


def _lead(scores: Sequence[float], right: int) -> float:
    return min(scores[:right]) - max(scores[right:])


def _squeezed(lead: float, spread: float) -> float:
    """tanh(lead / spread - 1), its limits where there is no spread, and 0 where there is neither."""
    if spread == 0:
        return float(np.sign(lead))
    return float(np.tanh(lead / spread - 1))

"""What verdicts on a rubric come to for each response: the score that people see, for whole tables at once.

Score = Σ w·v·h / Σ_{w > 0} w over the criteria that were decided or are held back, held between 0 and 1: v how far a
criterion is met, h whether what it depends on is met, w its weight, below zero for a pitfall. A gate fails where it is
not met at all, one of a pitfall where it is met wholly, and none that is held back. It is
`annotation.kinds.rubric_score`, to the last digit.
Source: as there, "Rubrics as Rewards" (2025); dependencies as in CM2 checklists.
"""

from dataclasses import dataclass

import numpy as np

from curation.noise.proposals import Booleans
from modelhooks.head.pairs import Floats

MET = 0.5  # from here on a level counts as met for what depends on it
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Scoring:
    """How the k criteria of one version of a rubric are counted."""

    weights: Floats
    """(k,)"""
    gates: Booleans
    """(k,) whether failing it outweighs everything else: required, or a hard rule."""
    needs: Booleans
    """(k, k): whether the criterion of the row counts only where that of the column is met."""

    def __post_init__(self) -> None:
        k = len(self.weights)
        if self.weights.shape != (k,) or self.gates.shape != (k,) or self.needs.shape != (k, k):
            raise ValueError("Weights, gates and dependencies are those of the same criteria.")
        if not np.isfinite(self.weights).all():
            raise ValueError("A weight is not a finite number.")


def plain(weights: Floats, *, gates: Booleans | None = None, needs: Booleans | None = None) -> Scoring:
    """Without gates and dependencies where none are given."""
    k = len(weights)
    return Scoring(
        np.asarray(weights, float),
        np.zeros(k, bool) if gates is None else np.asarray(gates, bool),
        np.zeros((k, k), bool) if needs is None else np.asarray(needs, bool),
    )


def scores(values: Floats, scoring: Scoring) -> Floats:
    """(…,) scores of (…, k) values from 0 to 1, NaN for undecided; NaN where nothing that weighs was decided."""
    known = np.isfinite(values)
    holds = _holds(values, scoring.needs)
    held = np.where(known, values, 0) * holds
    worth = (known | ~holds) @ np.maximum(scoring.weights, 0)
    met = held @ scoring.weights
    found: Floats = np.where(worth > 0, np.clip(met / np.where(worth > 0, worth, 1), 0, 1), np.nan)
    return found


def failed_gates(values: Floats, scoring: Scoring) -> Booleans:
    """(…, k) which gates fail, of (…, k) values of one asking. What was not decided fails nothing."""
    fails = values == np.where(scoring.weights < 0, 1.0, 0.0)
    found: Booleans = scoring.gates & fails & _holds(values, scoring.needs)
    return found


def mostly_failed(table: Floats, scoring: Scoring) -> Booleans:
    """(…, k) which gates more than half of the repeats that decided see fail, of a (…, k, repeats) table."""
    by_repeat = np.moveaxis(table, -1, 0)
    failed = failed_gates(by_repeat, scoring).sum(axis=0)
    found: Booleans = failed > HALF * np.isfinite(by_repeat).sum(axis=0)
    return found


def _holds(values: Floats, needs: Booleans) -> Booleans:
    """(…, k) whether all that a criterion depends on is met, and what that depends on in turn. What was not decided
    holds nothing back."""
    holds: Booleans = np.ones(values.shape, bool)
    for _ in range(values.shape[-1]):  # the longest chain of dependencies has one step less
        missed = ~holds | (values < MET)
        after: Booleans = ~np.any(missed[..., None, :] & needs, axis=-1)
        if (after == holds).all():
            break
        holds = after
    return holds

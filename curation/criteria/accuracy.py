"""How often a rubric says what people say: the response that they prefer scores higher.

A pair is worth 1 where the preferred response wins, 0 where it loses, a half where the two are level or one has no
score. Where a gate fails on one side alone the other side wins, whatever the scores. Verdicts of several askings are
averaged; a gate fails by more than half of them. Weights must not have been fitted on the same pairs: `weights` has
held-out figures of its own.

Two versions of a rubric, or a rubric and a judge without one, are compared on the same pairs by `evaluation.paired`:
the interval of the difference, resampled by prompt, not the difference of two intervals.
Source: Efron and Tibshirani 1993 and Davison and Hinkley 1997, §3.8, as in `aggregation.estimates`.
"""

from dataclasses import dataclass

import numpy as np

from curation.aggregation.estimates import Estimate, Measure, estimate
from curation.criteria.scoring import Scoring, mostly_failed, scores
from curation.criteria.verdicts import PREFERRED, REJECTED, Verdicts
from curation.evaluation.graded import Graded
from curation.evaluation.names import ROWS
from curation.evaluation.paired import Difference
from curation.evaluation.paired import difference as paired_difference
from curation.noise.proposals import Booleans
from modelhooks.head.pairs import Floats, Integers

LEVEL_BY = 1e-12  # scores that differ by less are equal but for rounding


@dataclass(frozen=True, slots=True)
class Length:
    """How far longer goes with better, from -1 to 1, over pairs: the uncentered correlation of the difference of scores
    with the difference of log lengths, which swapped sides do not change."""

    of_rubric: Estimate | None
    of_people: Estimate | None
    """The same of what people prefer, to hold the rubric's against."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A rubric on labeled pairs."""

    value: Estimate | None
    """None without pairs. By prompts, 95 %."""
    level: float
    """The share of pairs where it cannot tell."""
    by_gates: float
    """The share that gates decide."""
    length: Length | None
    """None where lengths are not known."""
    graded: Graded
    """Every pair, for comparing versions on the same ones."""


def accuracy(verdicts: Verdicts, scoring: Scoring, *, lengths: Floats | None = None, seed: int = 0) -> Accuracy:
    """`lengths` (pairs, 2) characters of the preferred and the other response, above zero."""
    apart, gated = _apart(verdicts, scoring), _gated(verdicts, scoring)
    points = _points(np.where(gated == 0, apart, gated))
    graded = Graded(points, verdicts.groups, ())
    return Accuracy(
        value=graded.estimate(ROWS, seed=seed),
        level=_share(points == 0.5),
        by_gates=_share(gated != 0),
        length=None if lengths is None else _length(apart, lengths, verdicts.groups, seed),
        graded=graded,
    )


def gain(after: Graded, before: Graded, *, seed: int = 0) -> Difference | None:
    """How much more often the first is right, on the same pairs in the same order; None without pairs. Raises
    ValueError where the pairs are not the same."""
    return paired_difference(after, before, ROWS, seed=seed)


def of_choices(chosen: Floats, groups: Integers) -> Graded:
    """What says without a rubric which response is better, such as a judge's whole verdict: `chosen` (pairs,) 1 for the
    preferred response, 0 for the other, a half for neither."""
    return Graded(np.asarray(chosen, float), groups, ())


def _apart(verdicts: Verdicts, scoring: Scoring) -> Floats:
    """(pairs,) preferred less rejected score; NaN where either has none."""
    found = scores(verdicts.settled(), scoring)
    apart: Floats = found[:, PREFERRED] - found[:, REJECTED]
    return apart


def _gated(verdicts: Verdicts, scoring: Scoring) -> Floats:
    """(pairs,) 1 where gates fail on the rejected side alone, -1 on the preferred side alone, else 0."""
    fails = mostly_failed(verdicts.table(), scoring).any(axis=-1).astype(float)
    found: Floats = fails[:, REJECTED] - fails[:, PREFERRED]
    return found


def _points(apart: Floats) -> Floats:
    near = ~(np.abs(apart) > LEVEL_BY)  # an unknown difference is near, too
    return np.where(near, 0.5, (apart > 0).astype(float))


def _length(apart: Floats, lengths: Floats, groups: Integers, seed: int) -> Length:
    longer = np.log(lengths[:, PREFERRED]) - np.log(lengths[:, REJECTED])
    people = np.ones(len(longer))
    return Length(*(_together(one, longer, groups, seed) for one in (np.nan_to_num(apart), people)))


def _together(one: Floats, other: Floats, groups: Integers, seed: int) -> Estimate | None:
    def value(totals: Floats) -> float | None:
        spread = float(np.sqrt(totals[1] * totals[2]))
        return float(totals[0]) / spread if spread > 0 else None

    return estimate(Measure(np.column_stack([one * other, one**2, other**2]), value), groups, seed=seed)


def _share(which: Booleans) -> float:
    return float(which.mean()) if len(which) else 0.0

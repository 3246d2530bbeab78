"""Whether people read a criterion alike, and whether a judge reads it as they do: Gwet's AC1, of levels AC2.

Most criteria are met by most responses or by few, where κ and α fall although people agree; AC1 does not. The judge's
figure stands beside that among people, which is about what a judge can reach. Source: Gwet 2008 and 2014.
"""

from dataclasses import dataclass

import numpy as np

from curation.aggregation import chance, cross
from curation.aggregation.estimates import DRAWS, Estimate, estimate
from curation.aggregation.labels import Labels, make
from curation.criteria.verdicts import Verdicts
from modelhooks.head.pairs import Integers


@dataclass(frozen=True, slots=True)
class Agreement:
    """On one criterion; None where no response has two labels, or none of either side."""

    among_people: Estimate | None
    with_judge: Estimate | None
    plain_among_people: Estimate | None
    """The share of pairs of labels that are the same, or as near as levels lie."""
    shared: int
    """Responses that two people labeled at least."""
    responses: int
    """Labeled by the judge and by one person at least."""


def agreement(
    people: Labels, judge: Labels, prompts: Integers, *, ordered: bool = False, draws: int = DRAWS, seed: int = 0
) -> Agreement:
    """Units are responses, of one numbering on both sides; `prompts` (responses,) are drawn together for intervals.
    `ordered` says that values are levels, so that the next level is nearly the same."""
    mine, theirs = people.counts(), judge.counts()
    weights = chance.quadratic(people.value_count) if ordered else None
    among, between, plain = (
        estimate(measure, prompts, draws=draws, seed=seed)
        for measure in (
            chance.gwet(mine, weights),
            cross.gwet(mine, theirs, weights),
            chance.agreement(mine, weights),
        )
    )
    by_people, by_judge = mine.sum(axis=1), theirs.sum(axis=1)
    shared, responses = int((by_people > 1).sum()), int(((by_people > 0) & (by_judge > 0)).sum())
    return Agreement(among, between, plain, shared, responses)


def judge_labels(verdicts: Verdicts, criterion: int, *, levels: int = 2) -> Labels:
    """What was decided on one criterion as labels: response 2·pair + side, each repeat an annotator of its own, and
    values numbered from the lowest level, which of yes and no is no."""
    rows = (verdicts.criteria == criterion) & np.isfinite(verdicts.values)
    return make(
        verdicts.pairs[rows] * 2 + verdicts.sides[rows],
        verdicts.repeats[rows],
        np.rint(verdicts.values[rows] * (levels - 1)).astype(np.int64),
        value_count=levels,
        unit_count=2 * verdicts.pair_count,
        annotator_count=verdicts.repeat_count,
    )

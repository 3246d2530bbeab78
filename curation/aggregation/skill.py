"""How each annotator works, from their labels: the pull of the side, ties, variety, agreement with others and oneself.

Shares come with Clopper and Pearson's interval, 95 % two-sided. Whoever is compared with others is left out of them.
Sources: Clopper and Pearson 1934; Shannon 1948; the binomial test of the side is exact.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from curation.aggregation.labels import UNKNOWN, Labels
from modelhooks.head.abstention import lower_bound
from modelhooks.head.pairs import Floats, Integers

TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, between its bounds."""

    hits: int
    count: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Leaning:
    """How often the side shown first was chosen, and how likely it is to lean so far without a pull."""

    first: Share
    p: float


def share(hits: int, count: int) -> Share | None:
    """None of nothing."""
    if not count:
        return None
    return Share(hits, count, hits / count, lower_bound(hits, count, TAIL), 1 - lower_bound(count - hits, count, TAIL))


def leanings(labels: Labels) -> list[Leaning | None]:
    """Of each annotator of pairs: the side shown first among all that they decided; None where they decided none.

    Which response is shown first is drawn, so without a pull both sides are chosen alike.
    """
    decided = labels.values * 2 != labels.value_count - 1
    is_first = (labels.values * 2 < labels.value_count - 1) != (labels.swapped == 1)
    rows = np.column_stack([_tally(labels, decided & is_first), _tally(labels, decided)]).tolist()
    return [_leaning(hits, count) for hits, count in rows]


def tie_scores(labels: Labels) -> Floats:
    """(annotators,) by how many standard errors each says “tie” more often than the others; 0 where nothing is known.

    The others' share has one tie and one decision added, so that it is never 0 or 1.
    """
    own, count = _tally(labels, labels.values * 2 == labels.value_count - 1), _tally(labels, np.ones(len(labels), bool))
    others = (own.sum() - own + 1) / (count.sum() - count + 2)
    spread = np.sqrt(others * (1 - others) * (1 / np.maximum(count, 1) + 1 / np.maximum(count.sum() - count, 1)))
    scores: Floats = np.where(count > 0, (own / np.maximum(count, 1) - others) / spread, 0.0)
    return scores


def entropies(labels: Labels) -> Floats:
    """(annotators,) bits of the values that each gives, as shown: 0 for who always presses the same key."""
    shown = np.where(labels.swapped == 1, labels.value_count - 1 - labels.values, labels.values)
    cells = np.bincount(labels.annotators * labels.value_count + shown, minlength=labels.by_annotator().size)
    table = cells.reshape(labels.annotator_count, labels.value_count)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    bits: Floats = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1)
    return np.abs(bits)


def with_others(labels: Labels) -> Floats:
    """(annotators,) the share of others' labels on the same units that say the same; NaN for who stood alone.

    Own labels, in whatever order of the sides, are not among the others.
    """
    counts = labels.counts()
    own = np.zeros_like(counts)
    agreed, asked = np.zeros(labels.annotator_count), np.zeros(labels.annotator_count)
    order = np.argsort(labels.annotators, kind="stable")
    starts = np.searchsorted(labels.annotators[order], np.arange(labels.annotator_count + 1))
    for who in range(labels.annotator_count):
        rows = order[starts[who] : starts[who + 1]]
        units, values = labels.units[rows], labels.values[rows]
        np.add.at(own, (units, values), 1)
        others = counts[units] - own[units]
        many = others.sum(axis=1)
        known = many > 0
        agreed[who] = (others[np.arange(len(rows)), values][known] / many[known]).sum()
        asked[who] = known.sum()
        own[units] = 0
    return np.where(asked > 0, agreed / np.maximum(asked, 1), np.nan)


def with_oneself(labels: Labels, same_as: Integers | None = None) -> list[Share | None]:
    """Of each annotator: how often two of their labels about the same thing are equal.

    The same thing is one unit in both orders of its sides, and units of one number in `same_as` (units,), which is how
    an item comes again; UNKNOWN stands for a unit that comes once.
    """
    things = np.arange(labels.unit_count) if same_as is None else _things(same_as)
    keys = labels.annotators * (int(things.max(initial=0)) + 1) + things[labels.units]
    _, place = np.unique(keys, return_inverse=True)
    table = np.bincount(
        place * labels.value_count + labels.values, minlength=(place.max(initial=-1) + 1) * labels.value_count
    )
    table = table.reshape(-1, labels.value_count)
    many = table.sum(axis=1)
    who = np.zeros(len(table), np.int64)
    who[place] = labels.annotators
    same = np.bincount(who, (table * (table - 1)).sum(axis=1) // 2, labels.annotator_count)
    pairs = np.bincount(who, many * (many - 1) // 2, labels.annotator_count)
    return [share(int(hits), int(count)) for hits, count in np.column_stack([same, pairs]).tolist()]


def on_gold(labels: Labels, gold: Integers) -> list[Share | None]:
    """Of each annotator: how often they say what is known; `gold` (units,), UNKNOWN where nothing is."""
    known = gold[labels.units] != UNKNOWN
    right = known & (gold[labels.units] == labels.values)
    rows = np.column_stack([_tally(labels, right), _tally(labels, known)]).tolist()
    return [share(hits, count) for hits, count in rows]


def _leaning(hits: int, count: int) -> Leaning | None:
    found = share(hits, count)
    return None if found is None else Leaning(found, float(binomtest(hits, count).pvalue))


def _things(same_as: Integers) -> Integers:
    """Numbers of things: those given, and new ones for units that come once."""
    alone = same_as == UNKNOWN
    found: Integers = np.where(alone, same_as.max(initial=-1) + 1 + np.arange(len(same_as)), same_as)
    return found


def _tally(labels: Labels, which: NDArray[np.bool_]) -> Integers:
    found: Integers = np.bincount(labels.annotators[which], minlength=labels.annotator_count)
    return found

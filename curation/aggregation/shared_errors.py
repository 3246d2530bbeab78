"""Who errs together, as a consensus lets it be seen, and how much of an independent label each label is worth.

Given what is true, labels of different annotators should be independent. With q_t(k) how likely k is true of unit t,
and P_a(l | k) how often annotator a says l of units of which k is true, what is left of a label is
    r_tl = 1[y_t = l] - P_a(l | k).
Two annotators correlate by
    R_ab = Σ_t Σ_k q_t(k) Σ_l r_tal r_tbl  /  Σ_t Σ_k q_t(k) Σ_l sd_akl sd_bkl,     sd² = P (1 - P),
drawn towards the correlation of all of them, and this towards 0, where they share little. R_aa is that of the two
labels of somebody who labels a pair in both orders.
A label counts as 1 / (1 + Σ_b max(R_ab, 0)) of an independent one, over the other labels b of its unit: n labels that
always say the same weigh as one together, and labels that err by themselves weigh 1 each.

A consensus sides with those who err together, so that R is smaller than it is on the truth; it is near 0 where nobody
does. Sources: Kish, Survey sampling, 1965, §5.4, for the design effect; Henikoff and Henikoff, Position-based sequence
weights, 1994, for weights that share a vote among those who are alike; residual dependence of latent classes as in
Hagenaars, Latent structure models with direct effects between indicators, 1988.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.aggregation.labels import Labels
from modelhooks.head.pairs import Floats, Integers

MOST = 400  # annotators with correlations of their own, those who say most; the others share one row
MOST_PAIRS = 1_000_000  # of labels that correlations are learnt from
DRAWN = 10.0  # how much variance of shared units the correlation of all is worth to that of two


@dataclass(frozen=True, slots=True)
class SharedErrors:
    """How far the errors of annotators go together."""

    correlation: float
    """Of all pairs of labels of a unit, from 0 on."""
    place: Integers
    """(annotators,) the row of each in `pairs`."""
    pairs: Floats
    """(rows, rows) R, from 0 to 1."""

    def shares(self, labels: Labels) -> Floats:
        """(n,) how much of an independent label each of these is worth."""
        order = np.argsort(labels.units, kind="stable")
        row = self.place[labels.annotators[order]]
        alike = np.zeros(len(labels))
        for left, right in _neighbors(labels.units[order]):
            correlation = self.pairs[row[left], row[right]]
            alike[left] += correlation
            alike[right] += correlation
        shares = np.empty(len(labels))
        shares[order] = 1 / (1 + alike)
        return shares


def of(labels: Labels, posterior: Floats) -> SharedErrors:
    """`posterior` (units, values): how likely each value is true of each unit."""
    said = np.bincount(labels.annotators, minlength=labels.annotator_count)
    place = _places(said)
    some = labels.take(_few_enough(labels))
    order = np.argsort(some.units, kind="stable")
    some = some.take(order)
    habits = _habits(labels, posterior)
    rows = int(place.max(initial=-1)) + 1
    together, could = np.zeros(rows * rows), np.zeros(rows * rows)
    for left, right in _neighbors(some.units):
        cells = place[some.annotators[left]] * rows + place[some.annotators[right]]
        seen, spread = _products(some, left, right, posterior, habits)
        together += np.bincount(cells, seen, rows * rows)
        could += np.bincount(cells, spread, rows * rows)
    correlation = max(0.0, float(together.sum() / (could.sum() + DRAWN)))
    both = [_both_ways(one.reshape(rows, rows)) for one in (together, could)]
    pairs = np.clip((both[0] + DRAWN * correlation) / (both[1] + DRAWN), 0, 1)
    return SharedErrors(correlation, place, pairs)


def _places(said: Integers) -> Integers:
    """(annotators,) a row for each; who says little shares the last one where there are too many."""
    by_labels = np.argsort(-said, kind="stable")
    place = np.empty(len(said), np.int64)
    place[by_labels] = np.minimum(np.arange(len(said)), MOST)
    return place


def _few_enough(labels: Labels) -> NDArray[np.bool_]:
    """(n,) the labels of every unit, or of so many of them, evenly, that `MOST_PAIRS` is kept."""
    many = np.bincount(labels.units, minlength=labels.unit_count)
    step = int(np.ceil((many * (many - 1) / 2).sum() / MOST_PAIRS))
    taken: NDArray[np.bool_] = labels.units % max(step, 1) == 0
    return taken


def _neighbors(units: Integers) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Every two labels of one unit, once: the numbers of the first and the second. `units` ascend."""
    left = np.arange(len(units) - 1) if len(units) else np.zeros(0, np.intp)
    apart = 1
    while len(left):
        left = left[left + apart < len(units)]
        left = left[units[left] == units[left + apart]]
        yield left, left + apart
        apart += 1


def _habits(labels: Labels, posterior: Floats) -> Floats:
    """(annotators, truth, said) P, of those who said anything about units of a truth; else 0."""
    cells, size = labels.annotators * labels.value_count + labels.values, labels.value_count
    rows = [np.bincount(cells, posterior[labels.units, k], labels.annotator_count * size) for k in range(size)]
    counts = np.stack([row.reshape(-1, size) for row in rows], axis=1)
    found: Floats = counts / np.maximum(counts.sum(axis=2, keepdims=True), 1e-12)
    return found


def _products(
    labels: Labels, left: NDArray[np.intp], right: NDArray[np.intp], posterior: Floats, habits: Floats
) -> tuple[Floats, Floats]:
    """(pairs,) Σ_k q Σ_l r r' and Σ_k q Σ_l sd sd', truth by truth so that no table of all of them is needed."""
    one, other = labels.annotators[left], labels.annotators[right]
    mine, theirs = labels.values[left], labels.values[right]
    seen, spread = np.zeros(len(left)), np.zeros(len(left))
    for k in range(labels.value_count):
        likely = posterior[labels.units[left], k]
        p = habits[:, k]
        sd = np.sqrt(p * (1 - p))
        common = np.einsum("nl,nl->n", p[one], p[other])
        seen += likely * ((mine == theirs) - p[one, theirs] - p[other, mine] + common)
        spread += likely * np.einsum("nl,nl->n", sd[one], sd[other])
    return seen, spread


def _both_ways(counted: Floats) -> Floats:
    """Counts of (a, b) and of (b, a) together; those of (a, a) once."""
    found: Floats = counted + counted.T - np.diag(np.diag(counted))
    return found

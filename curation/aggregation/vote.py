"""The soft vote: shares of the labels, pulled a little towards how common each value is.

P(k | unit) = (n_k + α_k) / (n + Σα), with α half the shares π of all labels. Plain counting with a Dirichlet prior.
"""

from dataclasses import dataclass

import numpy as np

from curation.aggregation.labels import UNKNOWN, Labels
from modelhooks.head.pairs import Floats, Integers

PRIOR = 0.5  # labels' worth


@dataclass(frozen=True, slots=True)
class Vote:
    """What each unit's labels say when every annotator counts alike."""

    posterior: Floats
    """(units, values)."""
    chosen: Integers
    """(units,) the most frequent value; UNKNOWN where two are as frequent, or nobody has said anything."""


def vote(labels: Labels, *, prior: float = PRIOR) -> Vote:
    """Count the labels of each unit. Ties are no label: such a unit needs more of them, not the first of its values."""
    counts = labels.counts()
    alpha = prior * value_shares(labels)
    posterior = (counts + alpha) / (counts.sum(axis=1, keepdims=True) + alpha.sum())
    return Vote(posterior, most_frequent(counts))


def value_shares(labels: Labels) -> Floats:
    """(values,) the share of each value among all labels; alike where there are none."""
    found = np.bincount(labels.values, minlength=labels.value_count).astype(float)
    shares: Floats = found / found.sum() if len(labels) else np.full(labels.value_count, 1 / labels.value_count)
    return shares


def most_frequent(counts: Floats) -> Integers:
    """(units,) the value with most counts, UNKNOWN where it is not alone."""
    top = counts.max(axis=1, keepdims=True)
    alone = (counts == top).sum(axis=1) == 1
    found: Integers = np.where(alone, counts.argmax(axis=1), UNKNOWN)
    return found

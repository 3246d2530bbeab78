"""How far each annotator can be believed, from confusion matrices: accuracy with its interval, spammers, adversaries.

Accuracy: Σ_k π_k C[k, k]. Its variance is Σ_k π_k² C[k, k] (1 - C[k, k]) / (N_k + 1), N_k the labels that speak of
truth k with the prior's share; the interval is that of the Beta of this mean and variance.
Spammer score: S = Σ_{k<k'} w_kk' Σ_l (C[k, l] - C[k', l])² / 2, with w_kk' ∝ π_k π_k' and Σ w = 1: 0 where what is said
does not depend on what is true, 1 where nobody errs. Source: Raykar and Yu, Eliminating spammers and ranking annotators
for crowdsourced labeling tasks, 2012, eq. 9; the weights are ours, for the row of a truth that hardly occurs is the
prior's.
Where most annotators score so low nobody is called a spammer: their labels carry nothing about what is asked, so it is
the question, and who of them is right nobody knows. Ours, too.
Adversary: accuracy below what saying the same values at random would reach, with 95 % certainty.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from curation.aggregation.dawid_skene import STRENGTH, DawidSkene
from modelhooks.head.pairs import Floats, Integers

TAIL = 0.025  # of intervals, on either side
CERTAINTY = 0.95
SPAM = 0.12
FEWEST = 30  # labels, before anybody is called anything


@dataclass(frozen=True, slots=True)
class Reliability:
    """One row for each annotator. Who has said nothing has what the others lead to expect."""

    accuracy: Floats
    low: Floats
    high: Floats
    chance: Floats
    """What they would reach by giving the same values to units at random."""
    spammer_score: Floats
    labels: Integers
    is_spammer: NDArray[np.bool_]
    """What they say hardly depends on what is true, with most others it does, and they have said enough to tell."""
    is_adversary: NDArray[np.bool_]
    """They are right less often than lots would be, and have said enough to tell."""


def of(fitted: DawidSkene, *, strength: float = STRENGTH, fewest: int = FEWEST) -> Reliability:
    """`strength` is what the matrices were fitted with."""
    right = np.diagonal(fitted.confusion, axis1=1, axis2=2)
    accuracy = right @ fitted.prior
    variance = (fitted.prior**2 * right * (1 - right) / (fitted.seen + strength + 1)).sum(axis=1)
    low, high, at_most = (_quantile(accuracy, variance, level) for level in (TAIL, 1 - TAIL, CERTAINTY))
    chance = (fitted.confusion.transpose(0, 2, 1) @ fitted.prior) @ fitted.prior
    scores = spammer_scores(fitted.confusion, fitted.prior)
    labels = np.round(fitted.seen.sum(axis=1)).astype(np.int64)
    enough = labels >= fewest
    is_spammer = enough & (scores < SPAM) & ~_most_score_low(scores[labels > 0])
    return Reliability(accuracy, low, high, chance, scores, labels, is_spammer, enough & (at_most < chance))


def _most_score_low(scores: Floats) -> bool:
    return bool(2 * (scores < SPAM).sum() > len(scores))


def spammer_scores(confusion: Floats, prior: Floats) -> Floats:
    """(annotators,) S, from 0 to 1; 0 where there is one truth only."""
    both = np.outer(prior, prior) * (1 - np.eye(len(prior)))
    apart = ((confusion[:, :, None, :] - confusion[:, None, :, :]) ** 2).sum(axis=3)
    scores: Floats = (both * apart).sum(axis=(1, 2)) / 2 / (both.sum() or 1.0)
    return scores


def _quantile(mean: Floats, variance: Floats, level: float) -> Floats:
    """Of the Beta with this mean and variance; the mean itself where nothing varies."""
    count = mean * (1 - mean) / np.maximum(variance, 1e-12) - 1
    found: Floats = beta.ppf(level, np.maximum(mean * count, 1e-9), np.maximum((1 - mean) * count, 1e-9))
    return np.where(variance > 1e-12, found, mean)

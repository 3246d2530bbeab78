"""Annotators and the reward head learnt from each other: what people say, and what responses like these were worth.

With p_t the chance that the first response is better, s_t the score of a head that never saw its prompt, T a factor and
A_a how often annotator a is right (± is + where a said that the first is better):
    (i)   s from cross-fitted heads trained on the soft labels p
    (ii)  T maximizes Σ_t log [σ(T s) Π L(y | 1) + σ(-T s) Π L(y | 0)], the marginal likelihood of the labels alone;
          chosen by p itself it would confirm itself
    (iii) p = σ(T s + Σ ±logit A_a),   A_a = (Σ right + 6) / (n_a + 8), three times
Ties say nothing about which is better and are left out. Where features say nothing T is 0 and people decide alone.
Source: Raykar et al., Learning from crowds, 2010, with a cross-fitted head as its classifier.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit, logit
from threadpoolctl import threadpool_limits

from curation.aggregation.labels import PAIR, BadLabels, Labels
from modelhooks.head import crossfit
from modelhooks.head.pairs import Floats, Integers, Pairs

ROUNDS, INNER = 8, 3
GUESS = 0.7
RIGHT, ALL = 6.0, 8.0  # labels' worth of prior: right ones, and all
LEAST, MOST = 0.03, 0.97
FACTORS = np.append(0.0, np.exp(np.arange(-5, 3.01, 0.2)))
WORTH = 1.92  # nats that the head must bring: a likelihood-ratio test of T = 0 at 5 %
PROVISIONAL = 1000  # pairs, below which confidences are known to promise too much


@dataclass(frozen=True, slots=True)
class Joint:
    """What is true of each pair, how far the head is believed, and how often each annotator is right."""

    posterior: Floats
    """(units,) p: how likely the first response is better, or would be if they had to differ."""
    by_head: Floats
    """(units,) the calibrated log-odds that the head alone would give, T·s."""
    factor: float
    """T; 0 where the head says nothing that labels confirm."""
    accuracy: Floats
    """(annotators,) A. Who has not decided any pair has the prior's ¾."""
    is_provisional: bool
    """Too few pairs for the posterior to be taken at its word."""


def fit(labels: Labels, differences: Floats, groups: Integers, *, penalty: float | None = None, seed: int = 0) -> Joint:
    """`labels` of pairs (first, tie, second); `differences` (units, d) of embeddings, `groups` (units,) prompts.

    `penalty` of the head, else the best by cross-fitting on counted votes. Raises BadLabels.
    """
    if labels.value_count != PAIR or len(differences) != labels.unit_count or len(groups) != labels.unit_count:
        raise BadLabels("Labels of pairs need a row of features and a prompt for each pair.")
    with threadpool_limits(limits=1):
        return _fit(_Votes(labels), np.asarray(differences, float), groups, penalty, seed)


def _fit(votes: "_Votes", differences: Floats, groups: Integers, penalty: float | None, seed: int) -> Joint:
    accuracy = np.full(votes.annotator_count, GUESS)
    p = expit(votes.evidence(accuracy))
    scores, factor = np.zeros(votes.unit_count), 0.0
    pairs = Pairs(differences, np.zeros((len(p), 0)), p, groups, votes.is_told.astype(float))
    learns = len(np.unique(groups[votes.is_told])) >= 2
    if learns and penalty is None:
        penalty = crossfit.choose_penalty(pairs.take(votes.is_told), seed=seed)
    for _ in range(ROUNDS):
        if learns and penalty is not None:
            labeled = Pairs(differences, pairs.nuisance, p, groups, pairs.weights)
            scores = crossfit.scores(labeled, penalty, seeds=[seed])
            factor = _factor(votes, scores, accuracy)
        for _ in range(INNER):
            p = expit(factor * scores + votes.evidence(accuracy))
            accuracy = votes.accuracy(p)
    p = expit(factor * scores + votes.evidence(accuracy))
    return Joint(p, factor * scores, factor, accuracy, int(votes.is_told.sum()) < PROVISIONAL)


class _Votes:
    """The labels that decide for a side."""

    def __init__(self, labels: Labels) -> None:
        decided = labels.values != PAIR // 2
        self.units, self.annotators = labels.units[decided], labels.annotators[decided]
        self.sign = (1 - labels.values[decided]).astype(float)
        self.unit_count, self.annotator_count = labels.unit_count, labels.annotator_count
        self.is_told: NDArray[np.bool_] = np.bincount(self.units, minlength=self.unit_count) > 0

    def evidence(self, accuracy: Floats) -> Floats:
        """(units,) the log-odds that the labels give to the first."""
        said = self.sign * logit(accuracy)[self.annotators]
        found: Floats = np.bincount(self.units, said, self.unit_count).astype(float)
        return found

    def accuracy(self, p: Floats) -> Floats:
        """(annotators,) how often each is right, if p holds."""
        right = np.where(self.sign > 0, p[self.units], 1 - p[self.units])
        summed = np.bincount(self.annotators, right, self.annotator_count) + RIGHT
        counts = np.bincount(self.annotators, minlength=self.annotator_count) + ALL
        found: Floats = np.clip(summed / counts, LEAST, MOST)
        return found


def _factor(votes: _Votes, scores: Floats, accuracy: Floats) -> float:
    """T of the greatest marginal likelihood; 0 where that is no more than chance would bring."""
    half = votes.evidence(accuracy) / 2
    told = votes.is_told

    def likelihood(factor: float) -> float:
        scaled = factor * scores[told]
        return float(np.logaddexp(log_expit(scaled) + half[told], log_expit(-scaled) - half[told]).sum())

    best = max(FACTORS, key=likelihood)
    return float(best) if likelihood(best) - likelihood(0.0) > WORTH else 0.0

"""From a score to a probability that can be believed: one temperature, and the ties beside it."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_expit

from modelhooks.head.pairs import Floats

STEEPEST = 5.0  # natural logarithm of the largest factor that is looked at
BINS = 10


def temperature(scores: Floats, p: Floats, weights: Floats | None = None) -> float:
    """The factor by which scores are multiplied so that their log-loss on the labels `p` is least.

    Fit it on cross-fitted scores only. Source: temperature scaling (Guo et al. 2017), symmetric by having no bias.
    """
    counted = np.ones(len(p)) if weights is None else weights

    def loss(log_factor: float) -> float:
        scaled = scores * np.exp(log_factor)
        return float(-np.average(p * log_expit(scaled) + (1 - p) * log_expit(-scaled), weights=counted))

    found = minimize_scalar(loss, bounds=(-STEEPEST, STEEPEST), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


@dataclass(frozen=True, slots=True)
class Davidson:
    """Probabilities of winning, tying and losing from one score (Davidson 1970).

    With s = exp(factor·score/2): P(first) ∝ s, P(second) ∝ 1/s, P(tie) ∝ exp(log_tie).
    """

    factor: float
    log_tie: float

    def probabilities(self, scores: Floats) -> Floats:
        """(n, 3): first better, tie, second better. Mirrored when scores change their sign."""
        half = self.factor * np.asarray(scores, float) / 2
        logits = np.stack([half, np.full_like(half, self.log_tie), -half], axis=1)
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: Floats = shifted / shifted.sum(axis=1, keepdims=True)
        return found


def fit_davidson(scores: Floats, outcomes: Floats, weights: Floats | None = None) -> Davidson:
    """Factor and tie weight by maximum likelihood, from (n, 3) outcomes (shares of first, tie, second)."""
    counted = np.ones(len(scores)) if weights is None else weights

    def loss(at: Floats) -> float:
        found = Davidson(float(np.exp(at[0])), float(at[1])).probabilities(scores)
        return float(-np.average((outcomes * np.log(np.maximum(found, 1e-12))).sum(axis=1), weights=counted))

    bounds = [(-STEEPEST, STEEPEST), (-10.0, 10.0)]
    found = minimize(loss, np.array([0.0, 0.0]), method="L-BFGS-B", bounds=bounds)
    return Davidson(float(np.exp(found.x[0])), float(found.x[1]))


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of about the same confidence: what was promised, what came, and how many there are."""

    confidence: float
    accuracy: float
    count: int


def reliability(scores: Floats, first_is_better: Floats, bins: int = BINS) -> list[Bin]:
    """Bins of equal count, the least confident first; scores are calibrated log-odds of decided pairs."""
    if not len(scores):
        return []
    confidence, hit = expit(np.abs(scores)), (scores > 0) == (first_is_better > 0.5)
    ordered = np.array_split(np.argsort(confidence, kind="stable"), min(bins, len(scores)))
    return [Bin(float(confidence[rows].mean()), float(hit[rows].mean()), len(rows)) for rows in ordered]


def expected_error(bins: list[Bin]) -> float:
    """The expected calibration error: how far promise and outcome lie apart, by count."""
    total = sum(one.count for one in bins)
    return sum(abs(one.confidence - one.accuracy) * one.count for one in bins) / total if total else 0.0

"""From what a judge says of its certainty to a chance that can be believed: one temperature, or a curve of any shape.

Scores are log-odds that the first response is better. Every curve is symmetric: each label is told once as it is and
once with its sides swapped, so that f(-s) = 1 - f(s). A temperature is one number and enough for hundreds of labels;
the isotonic curve needs thousands, and is never used below `ENOUGH`.

A posterior over any values is made honest by a power: p_k^t / Σ p^t with t of the least log-loss on known truths.
Labels that err together make a consensus too sure of itself, and nothing but known truths can tell.
Sources: Guo et al., On calibration of modern neural networks, 2017; Zadrozny and Elkan, Transforming classifier scores
into accurate multiclass probability estimates, 2002, for the isotonic curve (pool adjacent violators).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit
from sklearn.isotonic import isotonic_regression

from curation.aggregation.labels import UNKNOWN
from modelhooks.head.calibration import temperature
from modelhooks.head.pairs import Floats, Integers

ENOUGH = 1000
FEWEST = 20  # known truths
LEAST = 1e-3  # no finite number of labels makes certain


@dataclass(frozen=True, slots=True)
class Curve:
    """Turns scores into chances by linear interpolation between knots, or by a temperature."""

    kind: Literal["temperature", "isotonic"]
    factor: float
    knots: Floats
    """(k,) scores, rising; empty for a temperature."""
    chances: Floats
    """(k,) of these."""

    def __call__(self, scores: Floats) -> Floats:
        """(n,) the chance that the first is better."""
        if self.kind == "temperature":
            return np.asarray(expit(self.factor * np.asarray(scores, float)), float)
        return np.asarray(np.interp(scores, self.knots, self.chances), float)


def fit(scores: Floats, better: Floats, *, enough: int = ENOUGH) -> Curve:
    """`better` (n,) 1 where people prefer the first, 0 where the second, ½ for a tie. None of these labels may have
    been used to make the scores. A temperature below `enough` labels, else the isotonic curve."""
    return by_isotonic(scores, better) if len(scores) >= enough else by_temperature(scores, better)


def by_temperature(scores: Floats, better: Floats) -> Curve:
    """Without labels the scores stand as they are."""
    factor = temperature(scores, better) if len(scores) else 1.0
    return Curve("temperature", factor, np.zeros(0), np.zeros(0))


def by_isotonic(scores: Floats, better: Floats) -> Curve:
    """Raises ValueError without labels."""
    if not len(scores):
        raise ValueError("A curve needs labels.")
    both, told = np.r_[scores, -np.asarray(scores)], np.r_[better, 1 - np.asarray(better)]
    knots, place = np.unique(both, return_inverse=True)
    counts = np.bincount(place)
    means = np.bincount(place, told) / counts
    chances = isotonic_regression(means, sample_weight=counts, y_min=LEAST, y_max=1 - LEAST)
    return Curve("isotonic", 1.0, knots, np.asarray(chances, float))


def trust(posterior: Floats, truth: Integers) -> float | None:
    """t, from 0 (it says nothing) to 1 (it may be believed), from (units, values) and known truths (units,), UNKNOWN
    elsewhere. None below FEWEST of them: how sure the posterior may be is not known then.

    The truths must not have been used to make the posterior.
    """
    known = truth != UNKNOWN
    if known.sum() < FEWEST:
        return None
    p, told = posterior[known], truth[known]

    def loss(power: float) -> float:
        return -float(np.log(np.maximum(raised(p, power)[np.arange(len(told)), told], 1e-12)).sum())

    return float(minimize_scalar(loss, bounds=(0, 1), method="bounded", options={"xatol": 1e-4}).x)


def raised(posterior: Floats, power: float | Floats) -> Floats:
    """(units, values) p^power, summing to 1; one power for all or (units, 1) of them."""
    logs = power * np.log(np.maximum(posterior, 1e-300))
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    found: Floats = shares / shares.sum(axis=1, keepdims=True)
    return found


def brier(chances: Floats, better: Floats) -> float | None:
    """The mean squared distance of promise and outcome; None of nothing. Source: Brier 1950."""
    return float(np.mean((chances - better) ** 2)) if len(chances) else None


def log_loss(chances: Floats, better: Floats) -> float | None:
    """The mean negative log-likelihood in nats; None of nothing."""
    if not len(chances):
        return None
    p = np.clip(chances, 1e-12, 1 - 1e-12)
    return float(-np.mean(better * np.log(p) + (1 - better) * np.log(1 - p)))

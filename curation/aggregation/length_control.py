"""What a win rate would be if both responses were as long, and verdicts that length alone may have decided.

logit P(win) = θ + φ·tanh(Δ / sd Δ) + covariates·ψ, Δ how much longer the response is; the controlled win rate is the
mean of σ(θ + covariates·ψ), with Δ = 0. φ and ψ have a ridge of `RIDGE`, θ hardly one. By Newton's method.
Source: Dubois et al., Length-controlled AlpacaEval, 2024; its difficulty of each prompt comes as a covariate.
The rule of K characters: Lin et al., WildBench, 2024.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from curation.aggregation.estimates import Estimate, drawn_interval
from modelhooks.head.pairs import Floats, Integers

RIDGE = 0.2
NEWTON = 50
TOLERANCE = 1e-9
DRAWS = 200
MARGIN = 500  # characters


@dataclass(frozen=True, slots=True)
class Controlled:
    """The share of wins as it is, and as it would be at equal lengths."""

    raw: float
    controlled: Estimate
    length: Estimate
    """φ: the log-odds that being much longer brings. Clear of zero, it is a bias or a taste for length."""


def fit(
    wins: Floats,
    longer: Floats,
    clusters: Integers,
    *,
    covariates: Floats | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Controlled | None:
    """`wins` (n,) 1, 0 or ½ for a tie; `longer` (n,) characters more than the other; `clusters` (n,) prompts, which are
    resampled for the intervals; `covariates` (n, k) such as difficulty, centered here. None without comparisons."""
    if not len(wins):
        return None
    extra = np.zeros((len(wins), 0)) if covariates is None else covariates - covariates.mean(axis=0)
    features = np.column_stack([np.ones(len(wins)), _much(longer), extra])

    def found(weights: Floats) -> tuple[float, float]:
        at = newton(features, wins, weights)
        level = expit(features[:, 2:] @ at[2:] + at[0])
        return float(np.average(level, weights=weights)), float(at[1])

    rate, slope = found(np.ones(len(wins)))
    again = np.array([found(weights) for weights in _resamples(clusters, draws, seed)])
    return Controlled(float(wins.mean()), drawn_interval(rate, again[:, 0]), drawn_interval(slope, again[:, 1]))


def beyond(
    wins: Floats, others: Floats, longer: Floats, clusters: Integers, *, draws: int = DRAWS, seed: int = 0
) -> Estimate | None:
    """How much more length brings in `wins` (n,) than in what `others` (n,) said of the same comparisons: the
    difference of the two φ, both computed of each resample. None without comparisons."""
    if not len(wins):
        return None
    features = np.column_stack([np.ones(len(wins)), _much(longer)])

    def found(weights: Floats) -> float:
        return float(newton(features, wins, weights)[1] - newton(features, others, weights)[1])

    again = np.array([found(weights) for weights in _resamples(clusters, draws, seed)])
    return drawn_interval(found(np.ones(len(wins))), again)


def _much(longer: Floats) -> Floats:
    """(n,) tanh(Δ / sd Δ), from -1 to 1."""
    found: Floats = np.tanh(np.asarray(longer, float) / (float(np.std(longer)) or 1.0))
    return found


def _resamples(clusters: Integers, draws: int, seed: int) -> Iterator[Floats]:
    """(n,) how often each comparison stands in a resample of whole clusters; the same for equal clusters and seeds."""
    names, place = np.unique(clusters, return_inverse=True)
    draw = np.random.default_rng(seed)
    for times in draw.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws):
        yield times[place].astype(float)


def newton(features: Floats, outcomes: Floats, weights: Floats) -> Floats:
    """(k,) coefficients of the logistic regression; the first is not shrunk but by a hair, so that none is infinite."""
    ridge = np.full(features.shape[1], RIDGE)
    ridge[0] = 1e-6
    at = np.zeros(features.shape[1])
    for _ in range(NEWTON):
        p = expit(features @ at)
        slope = features.T @ (weights * (outcomes - p)) - ridge * at
        curve = (features * (weights * p * (1 - p))[:, None]).T @ features + np.diag(ridge)
        step = np.clip(np.linalg.solve(curve, slope), -2, 2)
        at += step
        if np.abs(step).max() < TOLERANCE:
            break
    return at


def without_slight_longer_wins(
    values: Integers, is_slight: NDArray[np.bool_], longer: Floats, *, value_count: int, margin: float = MARGIN
) -> Integers:
    """(n,) verdicts on pairs, a tie where the winner is slightly better and more than `margin` characters longer.

    `longer` (n,) is how much longer the first response is. What is much better stays, however long.
    """
    if value_count % 2 == 0:
        raise ValueError("A scale without a tie cannot turn a verdict into one.")
    tie = value_count // 2
    winner_longer = np.where(values < tie, longer, -longer)
    turned = is_slight & (values != tie) & (winner_longer > margin)
    found: Integers = np.where(turned, tie, values)
    return found

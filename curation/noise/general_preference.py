"""Whether one score for each response is enough, or preferences go round in circles: GPM against Bradley–Terry.

Bradley–Terry says P(i ≻ j) = σ(s_i - s_j). The general preference model gives each response a vector v of 2k numbers,
and P(i ≻ j) = σ(v_iᵀR v_j/τ), R = blockdiag of [[0, -1], [1, 0]]: any antisymmetric table, cycles and all, of rank 2k.
Both are fitted by L-BFGS on their log-likelihood less λ/2 times the squares, and compared on comparisons held out.

Source: Zhang et al., *Beyond Bradley–Terry Models: A General Preference Model for Language Model Alignment*, ICML 2025,
equations 3 to 5, τ = 0.1 from there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from threadpoolctl import threadpool_limits

from curation.noise.proposals import Floats, Integers
from modelhooks.head import crossfit

TEMPERATURE = 0.1
PENALTY = 0.1
DIMENSIONS = (2, 4)
STARTS = 3
FOLDS = 5
STANDARD_ERRORS = 2.0
LEAST_GAIN = 0.01  # nats a comparison


@dataclass(frozen=True, slots=True)
class Comparisons:
    """n comparisons among `count` responses."""

    first: Integers
    second: Integers
    p: Floats
    """(n,) how far the first won: 1, 0, or between."""
    count: int

    def __post_init__(self) -> None:
        if not len(self.first) == len(self.second) == len(self.p):
            raise ValueError("Every comparison has two responses and an outcome.")
        ends = np.concatenate([self.first, self.second])
        if len(ends) and not (ends.min() >= 0 and ends.max() < self.count):
            raise ValueError("A comparison names a response that is not there.")

    def take(self, rows: Integers) -> "Comparisons":
        """Some of them."""
        return Comparisons(self.first[rows], self.second[rows], self.p[rows], self.count)


@dataclass(frozen=True, slots=True)
class Contest:
    """Bradley–Terry against GPM on held-out comparisons."""

    bradley_terry: float
    """Log-likelihood of a comparison, in nats."""
    general: dict[int, float]
    """The same for each number of dimensions."""
    dimensions: int | None
    """The GPM that is clearly better, or None: one score for each response is enough."""
    gain: float
    """Of the best GPM over Bradley–Terry, in nats a comparison."""
    standard_error: float


def fit_bradley_terry(told: Comparisons, *, penalty: float = PENALTY) -> Floats:
    """(count,) scores in logits, centered."""

    def loss(scores: Floats) -> tuple[float, Floats]:
        value, slope = _log_loss(scores[told.first] - scores[told.second], told.p)
        gradient = np.bincount(told.first, slope, told.count) - np.bincount(told.second, slope, told.count)
        return value + penalty / 2 * float(scores @ scores), gradient + penalty * scores

    found: Floats = minimize(loss, np.zeros(told.count), jac=True, method="L-BFGS-B").x
    centered: Floats = found - found.mean()
    return centered


def fit_general(told: Comparisons, dimensions: int, *, penalty: float = PENALTY, seed: int = 0) -> Floats:
    """(count, dimensions) vectors, the best of some random starts: the loss has saddles, and zero is one.

    Raises ValueError for an odd number of dimensions, or none.
    """
    if dimensions < 2 or dimensions % 2:
        raise ValueError("A general preference model has an even number of dimensions.")
    draw = np.random.default_rng(seed)
    loss = _general_loss(told, dimensions, penalty)
    starts = [draw.normal(0, np.sqrt(TEMPERATURE), told.count * dimensions) for _ in range(STARTS)]
    fitted = [minimize(loss, start, jac=True, method="L-BFGS-B") for start in starts]
    best: Floats = min(fitted, key=lambda one: float(one.fun)).x
    return best.reshape(told.count, dimensions)


def scores_of(vectors: Floats, first: Integers, second: Integers) -> Floats:
    """(n,) log-odds that each first response beats the second: v_iᵀR v_j/τ. Antisymmetric."""
    found: Floats = (vectors[first] * turned(vectors)[second]).sum(axis=1) / TEMPERATURE
    return found


def turned(vectors: Floats) -> Floats:
    """(count, 2k): R v, every two numbers turned by a right angle."""
    found = np.empty_like(vectors)
    found[:, 0::2], found[:, 1::2] = -vectors[:, 1::2], vectors[:, 0::2]
    return found


def compare(
    told: Comparisons, *, dimensions: tuple[int, ...] = DIMENSIONS, penalty: float = PENALTY, seed: int = 0
) -> Contest:
    """Both by five-fold cross-validation over comparisons: GPM where it gains LEAST_GAIN and two standard errors.

    Raises ValueError for fewer comparisons than folds.
    """
    if len(told.p) < FOLDS:
        raise ValueError(f"Cross-validation needs {FOLDS} comparisons at least.")
    with threadpool_limits(limits=1):
        plain = _held_out(told, lambda part: _by_scores(fit_bradley_terry(part, penalty=penalty)), seed)
        general = {size: _held_out(told, _general_fitter(size, penalty, seed), seed) for size in dimensions}
    best = max(general, key=lambda size: (float(general[size].mean()), -size))
    gains = general[best] - plain
    gain, error = float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains)))
    clear = gain > LEAST_GAIN and gain > STANDARD_ERRORS * error
    means = {size: float(one.mean()) for size, one in general.items()}
    return Contest(float(plain.mean()), means, best if clear else None, gain, error)


Predictor = Callable[[Comparisons], Floats]


def _by_scores(scores: Floats) -> Predictor:
    return lambda told: scores[told.first] - scores[told.second]


def _general_fitter(size: int, penalty: float, seed: int) -> Callable[[Comparisons], Predictor]:
    def fitter(part: Comparisons) -> Predictor:
        vectors = fit_general(part, size, penalty=penalty, seed=seed)
        return lambda told: scores_of(vectors, told.first, told.second)

    return fitter


def _held_out(told: Comparisons, fitter: Callable[[Comparisons], Predictor], seed: int) -> Floats:
    """(n,) log-likelihood of each comparison by a model that did not see it."""
    found = np.zeros(len(told.p))
    for held_out in crossfit.folds(np.arange(len(told.p)), FOLDS, seed):
        rows = np.flatnonzero(held_out)
        scores = fitter(told.take(np.flatnonzero(~held_out)))(told.take(rows))
        found[rows] = told.p[rows] * log_expit(scores) + (1 - told.p[rows]) * log_expit(-scores)
    return found


def _general_loss(told: Comparisons, dimensions: int, penalty: float) -> Callable[[Floats], tuple[float, Floats]]:
    def loss(flat: Floats) -> tuple[float, Floats]:
        vectors = flat.reshape(told.count, dimensions)
        value, slope = _log_loss(scores_of(vectors, told.first, told.second), told.p)
        gradient = np.zeros_like(vectors)
        weight = (slope / TEMPERATURE)[:, None]
        np.add.at(gradient, told.first, weight * turned(vectors)[told.second])
        np.add.at(gradient, told.second, -weight * turned(vectors)[told.first])  # Rᵀ = -R
        # On the scale of scores, so that one penalty means about the same for both models.
        pull = penalty / TEMPERATURE
        return value + pull / 2 * float(flat @ flat), gradient.ravel() + pull * flat

    return loss


def _log_loss(scores: Floats, p: Floats) -> tuple[float, Floats]:
    """The summed log-loss, and its slope by each score."""
    value = -float((p * log_expit(scores) + (1 - p) * log_expit(-scores)).sum())
    return value, expit(scores) - p

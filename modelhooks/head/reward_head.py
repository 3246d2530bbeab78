"""A trained head: what it takes to score, how it was found, and how good it is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from threadpoolctl import threadpool_limits

from modelhooks.head import crossfit, evaluation
from modelhooks.head.abstention import Cutoff, cutoff
from modelhooks.head.calibration import Bin, Davidson, expected_error, fit_davidson, reliability, temperature
from modelhooks.head.ensemble import Ensemble, bootstrap
from modelhooks.head.evaluation import Report
from modelhooks.head.logistic import Weights, fit
from modelhooks.head.pairs import Floats, Pairs

FEWEST_PROMPTS = 20
TARGET = 0.9  # accuracy that opinions which stand alone must reach


@dataclass(frozen=True, slots=True)
class RewardHead:
    """Rates responses. Differences of ratings, times `factor`, are calibrated log-odds."""

    weights: Weights
    ensemble: Ensemble
    penalty: float
    factor: float
    ties: Davidson
    cutoff: Cutoff | None
    """From which confidence on it may speak; None: it abstains always."""

    def rate(self, embeddings: Floats) -> Floats:
        """(n,) calibrated ratings of (n, d) embeddings."""
        return self.factor * self.weights.rate(embeddings)

    def deviation(self, differences: Floats) -> Floats:
        """(n,) how far the resampled heads disagree about each (n, d) difference, on the calibrated scale."""
        return self.factor * self.ensemble.deviation(differences)

    def prefers(self, differences: Floats) -> tuple[Floats, Floats]:
        """(n,) 1 for the first, -1 for the second, 0 where it abstains; and (n,) the confidence, 0.5 to 1."""
        scores = self.factor * self.weights.score(differences)
        confidence = expit(np.abs(scores))
        speaks = confidence >= self.cutoff.confidence if self.cutoff else np.zeros(len(scores), bool)
        return np.where(speaks, np.sign(scores), 0.0), confidence

    def as_json(self) -> dict[str, Any]:
        """Everything that `from_json` needs, as plain JSON."""
        return {
            "direction": self.weights.direction.tolist(),
            "nuisance": self.weights.nuisance.tolist(),
            "ensemble": self.ensemble.directions.tolist(),
            "penalty": self.penalty,
            "factor": self.factor,
            "ties": {"factor": self.ties.factor, "log_tie": self.ties.log_tie},
            "cutoff": None
            if self.cutoff is None
            else {name: getattr(self.cutoff, name) for name in ("confidence", "items", "accuracy", "at_least")},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "RewardHead":
        """The inverse of `as_json`."""
        return cls(
            Weights(np.asarray(stored["direction"], float), np.asarray(stored["nuisance"], float)),
            Ensemble(np.asarray(stored["ensemble"], float)),
            stored["penalty"],
            stored["factor"],
            Davidson(**stored["ties"]),
            None if stored["cutoff"] is None else Cutoff(**stored["cutoff"]),
        )


@dataclass(frozen=True, slots=True)
class Trained:
    """A head with what is known of it."""

    head: RewardHead
    report: Report
    reliability: list[Bin]
    calibration_error: float
    scores: Floats
    """(n,) the calibrated cross-fitted scores of the pairs that it was trained on: what detectors read."""


class TooFewPairs(ValueError):
    """There is not enough to learn from; the text is a sentence."""


def train(pairs: Pairs, *, penalty: float | None = None, target: float = TARGET, seed: int = 0) -> Trained:
    """Fit, cross-fit, calibrate and evaluate a head. The same pairs and seed give the same head.

    Raises TooFewPairs.
    """
    # One thread: these matrices are small, and threads that wait for each other cost more than they do.
    with threadpool_limits(limits=1):
        return _train(pairs, penalty, target, seed)


def _train(pairs: Pairs, penalty: float | None, target: float, seed: int) -> Trained:
    prompts = len(np.unique(pairs.groups))
    if prompts < FEWEST_PROMPTS or not pairs.is_decided.any():
        raise TooFewPairs(f"A reward head needs labels on {FEWEST_PROMPTS} prompts at least; there are {prompts}.")
    chosen = crossfit.choose_penalty(pairs, seed=seed) if penalty is None else penalty
    raw = crossfit.scores(pairs, chosen, seeds=range(seed, seed + crossfit.SEEDS))
    factor = temperature(raw, pairs.p, pairs.weights)
    scores, decided = factor * raw, pairs.is_decided
    better = pairs.p[decided]
    bins = reliability(scores[decided], better)
    head = RewardHead(
        weights=fit(pairs, chosen),
        ensemble=bootstrap(pairs, chosen, seed=seed),
        penalty=chosen,
        factor=factor,
        ties=fit_davidson(raw, outcomes(pairs.p), pairs.weights),
        cutoff=cutoff(
            expit(np.abs(scores[decided])), ((scores[decided] > 0) == (better > 0.5)).astype(float), target=target
        ),
    )
    return Trained(head, evaluation.report(pairs, chosen, raw, seed=seed), bins, expected_error(bins), scores)


def outcomes(p: Floats) -> Floats:
    """(n, 3) shares of first, tie, second from (n,) soft labels: what lies between a side and a half is part tie."""
    first, second = np.maximum(2 * p - 1, 0), np.maximum(1 - 2 * p, 0)
    found: Floats = np.stack([first, 1 - first - second, second], axis=1)
    return found


def is_better(new: Trained, old: float | None) -> bool:
    """Whether it may take over: its log-loss is below its predecessor's (`old`, on the same frozen pairs), and its gain
    over length alone, where lengths are known, is clear of zero."""
    gain = new.report.gain
    return (gain is None or gain.low > 0) and (old is None or new.report.log_loss < old)

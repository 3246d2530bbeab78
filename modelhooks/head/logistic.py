"""The core: logistic regression without an intercept, so that swapping the sides of a pair exactly mirrors its score.

Ties and soft labels enter as both outcomes with their shares as weights. Features are divided by their root mean
square over the training pairs and never centered, for centering would break the mirror.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from modelhooks.head.pairs import Floats, Pairs

PENALTIES = (1.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
ITERATIONS = 500
TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted head. Its score is the log-odds that the first response is better."""

    direction: Floats
    """(d,): what a unit of each embedding dimension adds, the scale of training included."""
    nuisance: Floats
    """(k,): what was explained by nuisance while it was trained. Left out of every score."""

    def score(self, differences: Floats) -> Floats:
        """(n,) log-odds for (n, d) differences; nuisance counts as equal on both sides."""
        scores: Floats = np.asarray(differences, float) @ self.direction
        return scores

    def rate(self, embeddings: Floats) -> Floats:
        """(n,) one number per response: their differences are the log-odds of each comparison."""
        return self.score(embeddings)


def fit(pairs: Pairs, penalty: float) -> Weights:
    """The weights that minimize the log-loss plus `penalty`/2 times their squared length.

    Without any pair that says something (none, or ties alone) every weight is zero.
    """
    features = np.hstack([pairs.differences, pairs.nuisance])
    counted = pairs.weights > 0
    if not (counted & pairs.is_decided).any():
        return _split(np.zeros(features.shape[1]), pairs)
    scale = np.sqrt(np.average(features**2, axis=0, weights=pairs.weights))
    scale[scale == 0] = 1.0
    wins, weights = _as_wins(features / scale, pairs)
    # A win and its mirror, a loss, cost the same. So every other one is told as a loss: the model wants both to occur.
    side = np.where(np.arange(len(wins)) % 2, -1.0, 1.0)
    model = LogisticRegression(C=1 / penalty, fit_intercept=False, max_iter=ITERATIONS, tol=TOLERANCE)
    model.fit(np.vstack([wins * side[:, None], np.zeros(wins.shape[1])]), np.r_[side, -1.0], np.r_[weights, 0.0])
    return _split(model.coef_[0] / scale, pairs)


def _as_wins(features: Floats, pairs: Pairs) -> tuple[Floats, Floats]:
    """Each pair as a win of its first side and of its second, weighing what its label says; none without weight."""
    rows = np.vstack([features, -features])
    weights = np.r_[pairs.weights * pairs.p, pairs.weights * (1 - pairs.p)]
    kept = weights > 0
    return rows[kept], weights[kept]


def _split(coefficients: Floats, pairs: Pairs) -> Weights:
    at = pairs.differences.shape[1]
    return Weights(coefficients[:at], coefficients[at:])

"""Scores of what is compared, with ties or grades, the pull of the place, and how far each annotator can be believed.

A comparison of i and j has difference d = s_i - s_j + b·place, place 1 where i was shown first, -1 where j was, 0 where
neither was. Annotators are a mixture: what they say follows the model with chance γ_a, else their own habits,
    P(y | a) = γ_a P(y | d) + (1 - γ_a) u_a(y),
u_a being how often they give each outcome, with five labels' worth of everybody's. Fitted by maximum a posteriori with
    s ~ N(0, 1.5²), b ~ N(0, 0.5²), shapes ~ N(0, 2²), γ ~ Beta(5, 2),
by L-BFGS with the analytic gradient, every parameter measured in its standard error, for comparisons say much of some
and little of others. Mixtures start from the scores that everybody alike would give. Scores are centered within each
connected part of the graph of comparisons; across parts they say nothing.
Sources: Bradley and Terry 1952; the models of outcomes name their own; the mixture with habits is that of Hovy et al.,
Learning whom to trust with MACE, 2013, around a model of comparisons.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from threadpoolctl import threadpool_limits

from curation.aggregation import comparison_posterior, score_errors
from curation.aggregation.comparison_posterior import Target
from curation.aggregation.comparisons import Comparisons, parts_of
from curation.aggregation.outcomes import Outcomes
from modelhooks.head.pairs import Floats, Integers

ITERATIONS = 1000
STEEP = 1e-3  # by which a standard error of any parameter may still move the log-posterior where the search ends
ROUNDING = 1e-15  # of the log-posterior: it can rise no more


@dataclass(frozen=True, slots=True)
class Scores:
    """What comparisons say."""

    scores: Floats
    """(players,) log-odds, centered within each part. 0 for who was never compared."""
    errors: Floats
    """(players,) standard errors of these; NaN-free: infinite where a part is too large to work them out."""
    parts: Integers
    """(players,) which part of the graph each belongs to: scores of different parts cannot be compared."""
    place: float
    """b: by how many log-odds being shown first helps."""
    shape: Floats
    reliability: Floats
    """(annotators,) γ: how far what each says follows the scores. Without reliabilities all are 1."""
    gradient: Floats
    """(parameters,) by how much a standard error of each would move the log-posterior where the search ended."""


def fit(comparisons: Comparisons, outcomes: Outcomes, *, reliabilities: bool = True, place: bool = True) -> Scores:
    """Without `reliabilities` all annotators count alike; without `place` being shown first is taken not to matter."""
    with threadpool_limits(limits=1):
        target = Target(comparisons, outcomes, False, place)
        at, gradient = _search(target, target.start())
        if reliabilities:
            target = Target(comparisons, outcomes, True, place)
            at, gradient = _search(target, np.concatenate([at, target.start()[len(at) :]]))
        parts = parts_of(comparisons)
        scores, pull, shape, leaning = target.split(at)
        reliability = expit(leaning) if reliabilities else np.ones(comparisons.annotator_count)
        told, weights = target.comparisons, target.information(at)
        prior = 1 / comparison_posterior.SPREAD_OF_SCORES**2
        errors = score_errors.of(told.first, told.second, weights, parts, prior)
    return Scores(_centered(scores, parts), errors, parts, float(pull), shape, reliability, gradient)


def _search(target: Target, start: Floats) -> tuple[Floats, Floats]:
    """Where the posterior is highest, and by how much a standard error of each parameter would still move it."""
    steepness = target.steepness(start)

    def scaled(at: Floats) -> tuple[float, Floats]:
        value, gradient = target(at / steepness)
        return value, gradient / steepness

    options = {"maxiter": ITERATIONS, "gtol": STEEP, "ftol": ROUNDING}
    found = minimize(scaled, start * steepness, jac=True, method="L-BFGS-B", options=options)
    return found.x / steepness, found.jac


def _centered(scores: Floats, parts: Integers) -> Floats:
    means = np.bincount(parts, scores) / np.maximum(np.bincount(parts), 1) if len(parts) else np.zeros(0)
    found: Floats = scores - means[parts]
    return found

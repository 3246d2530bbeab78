"""What each criterion should weigh, learnt from which responses people prefer.

With x the difference of a pair's verdicts, preferred less rejected, and 0 where either side is undecided,
    P(preferred wins) = σ(x·w),  w minimizing Σ log(1 + exp(-x·w)) + penalty/2 · Σ (s_k w_k)²,
s_k the root mean square of x_k. There is no intercept, so the sides of a pair are exchangeable. With `polarity` no
weight has another sign than its criterion: none below zero, of pitfalls none above. The penalty is the one with the
least log-loss on prompts held out.

Held-out figures are of prompts that neither weights nor penalty saw: the penalty is chosen again within each part that
is learnt from. What a criterion adds is the difference of those figures with it and without, over the same pairs.
Only ratios of weights matter to a score (`shares`); their size says how much of the preference the judge's verdicts
tell. A judge who errs makes all of them smaller and, erring alike in all, hardly moves their ratios.

Source: Bradley and Terry 1952 with features; Byrd, Lu, Nocedal, Zhu, *A limited memory algorithm for bound constrained
optimization*, 1995; Varma and Simon, *Bias in error estimation when using cross-validation for model selection*, 2006,
for the nested choice; Davison and Hinkley 1997, §3.8, for resampling prompts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from threadpoolctl import threadpool_limits

from curation.aggregation.estimates import Estimate, drawn_interval
from curation.criteria.means import mean
from curation.criteria.verdicts import Verdicts
from curation.evaluation.graded import Graded
from curation.evaluation.names import ROWS
from curation.noise.proposals import Booleans
from modelhooks.head.crossfit import FOLDS, folds
from modelhooks.head.evaluation import hits_of
from modelhooks.head.pairs import Floats, Integers

PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
DRAWS = 200
FEWEST_GROUPS = 20  # prompts; of fewer nothing is learnt that would hold elsewhere


@dataclass(frozen=True, slots=True)
class Weight:
    """Of one criterion, in log-odds that the response which meets it is preferred to one which does not."""

    value: Estimate
    share: float
    """Its size among all sizes, with its sign: what a rubric would say."""
    saved: Estimate | None
    """How much held-out log-loss it saves, in nats a pair; above zero, it adds to the others."""
    hits: Estimate | None
    """How much more often the rubric is right with it, held out."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Weights, and what they are worth where they were not learnt."""

    weights: tuple[Weight, ...]
    penalty: float
    accuracy: Estimate | None
    """Of pairs held out, level ones a half."""
    log_loss: float
    """Of pairs held out, in nats; log 2 = .693 is that of knowing nothing."""

    @property
    def values(self) -> Floats:
        """(criteria,)"""
        return np.array([one.value.value for one in self.weights])


def learn(verdicts: Verdicts, *, polarity: Integers | None = None, draws: int = DRAWS, seed: int = 0) -> Learnt | None:
    """`polarity` (criteria,) is -1 for pitfalls, else 1, and binds the signs; None leaves them free. None comes back
    of fewer than `FEWEST_GROUPS` prompts."""
    features, groups = np.nan_to_num(verdicts.differences()), verdicts.groups
    if len(np.unique(groups)) < FEWEST_GROUPS:
        return None
    with threadpool_limits(limits=1):  # many small products, which threads only slow down
        return _learn(features, groups, polarity, draws, seed)


def _learn(features: Floats, groups: Integers, polarity: Integers | None, draws: int, seed: int) -> Learnt:
    penalty = choose_penalty(features, groups, polarity=polarity, seed=seed)
    values = fit(features, penalty, polarity=polarity)
    drawn = np.array(
        [fit(features, penalty, polarity=polarity, counts=counts) for counts in _resamples(groups, draws, seed)]
    ).reshape(draws, len(values))
    told = held_out(features, groups, polarity=polarity, seed=seed)
    shares = values / (np.abs(values).sum() or 1.0)
    return Learnt(
        weights=tuple(
            Weight(drawn_interval(float(values[at]), drawn[:, at]), float(shares[at]), *told.without(at, groups))
            for at in range(len(values))
        ),
        penalty=penalty,
        accuracy=Graded(told.hits[:, 0], groups, ()).estimate(ROWS, seed=seed),
        log_loss=float(told.losses[:, 0].mean()),
    )


def fit(features: Floats, penalty: float, *, polarity: Integers | None = None, counts: Floats | None = None) -> Floats:
    """(k,) weights of (n, k) differences, preferred less rejected; each pair stands `counts` (n,) times, else once."""
    if not features.shape[1]:  # what is left of a rubric of one criterion without it
        return np.zeros(0)
    scale = _scale(features)
    scaled, times = features / scale, np.ones(len(features)) if counts is None else counts

    def loss(at: Floats) -> tuple[float, Floats]:
        margin = scaled @ at
        slope = penalty * at - scaled.T @ (times * expit(-margin))
        return float(penalty / 2 * at @ at - times @ log_expit(margin)), slope

    bounds = None if polarity is None else [(0, None) if one > 0 else (None, 0) for one in polarity.tolist()]
    found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    weights: Floats = found.x / scale
    return weights


def choose_penalty(
    features: Floats,
    groups: Integers,
    *,
    polarity: Integers | None = None,
    candidates: Sequence[float] = PENALTIES,
    seed: int = 0,
) -> float:
    """The penalty with the least log-loss on held-out prompts; the stronger one where two are equal."""

    def loss(penalty: float) -> float:
        return sum(
            float(_losses(features[out] @ fit(features[~out], penalty, polarity=polarity)).sum())
            for out in folds(groups, FOLDS, seed)
        )

    return -min((loss(one), -one) for one in candidates)[1]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """n pairs, each told by weights that saw nothing of its prompt: with all criteria, then without each in turn."""

    losses: Floats
    """(n, 1 + k)"""
    hits: Floats
    """(n, 1 + k)"""

    def without(self, at: int, groups: Integers) -> tuple[Estimate | None, Estimate | None]:
        """What is saved in log-loss and gained in hits by one criterion."""
        saved = self.losses[:, 1 + at] - self.losses[:, 0]
        gained = self.hits[:, 0] - self.hits[:, 1 + at]
        return mean(saved, groups).estimate(0), mean(gained, groups).estimate(0)


def held_out(features: Floats, groups: Integers, *, polarity: Integers | None = None, seed: int = 0) -> HeldOut:
    """Nested: the penalty of each fold is chosen within what is learnt from."""
    n, k = features.shape
    margins = np.zeros((n, 1 + k))
    for out in folds(groups, FOLDS, seed):
        penalty = choose_penalty(features[~out], groups[~out], polarity=polarity, seed=seed)
        for column, kept in enumerate(_leaving_one_out(k)):
            signs = None if polarity is None else polarity[kept]
            margins[out, column] = features[out][:, kept] @ fit(features[~out][:, kept], penalty, polarity=signs)
    return HeldOut(_losses(margins), hits_of(margins, np.ones_like(margins)))


def _leaving_one_out(k: int) -> Iterator[Booleans]:
    yield np.ones(k, bool)
    for at in range(k):
        yield np.arange(k) != at


def _losses(margins: Floats) -> Floats:
    """In nats; the first of each pair is the one that people prefer."""
    found: Floats = -log_expit(margins)
    return found


def _scale(features: Floats) -> Floats:
    """(k,) root mean squares; 1 of what never differs."""
    found = np.sqrt((features**2).mean(axis=0)) if len(features) else np.zeros(features.shape[1])
    return np.where(found > 0, found, 1.0)


def _resamples(groups: Integers, draws: int, seed: int) -> Iterator[Floats]:
    """(n,) how often each pair stands in a resample of whole prompts."""
    names, place = np.unique(groups, return_inverse=True)
    for times in np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws):
        yield times[place].astype(float)

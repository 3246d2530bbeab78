"""Who is right how often, and what is true, learnt from each other: Dawid–Skene with pooled confusion matrices.

Truth z_t ~ Cat(π); annotator a says y with probability C_a[z_t, y]. EM:
    E  q_t(k) ∝ π_k Π_a C_a[k, y_ta]
    M  C_a[k, l] ∝ Σ_t q_t(k) 1[y_ta = l] + s G[k, l],   π ∝ Σ_t q_t + 1
G is the confusion matrix of everybody together, so that who has said little is taken to be like the others. It moves
in the first iterations and then stands still; from there on the likelihood with its priors never falls.

Labels that count as a share w of an independent one (`curation.aggregation.shared_errors`) enter as C_a[k, y]^w, and
as w over its mean among the counts; the prior of matrices has the mean's power, so the same holds of the likelihood.

Pairs are symmetric: which response was stored first says nothing, so matrices equal their rotation by 180° and π its
reverse. That halves what is to be learnt, and swapping the sides of every label exactly mirrors the result.
Sources: Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm, 1979; Kim and
Ghahramani, Bayesian classifier combination, 2012, for priors; the pooling and the symmetry are ours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.aggregation.labels import PAIR, UNKNOWN, Labels
from curation.aggregation.vote import most_frequent
from modelhooks.head.pairs import Floats, Integers

STRENGTH = 2.0  # labels of each truth that the pooled matrix is worth to an annotator's own
BASE_STRENGTH = 10.0
BASE_ACCURACY = 0.7
BASE_OF_PAIRS = np.array([[0.75, 0.12, 0.13], [0.2, 0.6, 0.2], [0.13, 0.12, 0.75]])
START, SHARP = 0.3, 3  # counts are added to and raised to this power: of several optima, that nearest to the vote
POOLING = 20  # iterations at most in which the pooled matrix moves
ITERATIONS = 200
COARSE, TOLERANCE = 1e-4, 1e-6  # nats a unit, below which the pooled matrix and then all stand still


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """What is true of each unit, and how each annotator errs."""

    posterior: Floats
    """(units, values): how likely each value is true. A unit without labels has `prior`."""
    chosen: Integers
    """(units,) the likeliest value; UNKNOWN where two are as likely, or the unit has no labels."""
    confusion: Floats
    """(annotators, truth, said): rows sum to 1."""
    prior: Floats
    """(values,): how common each truth is."""
    seen: Floats
    """(annotators, truth): how many labels each gave about units of a truth, as far as that is known, and as much as
    they counted."""
    objective: Floats
    """(iterations,) log-likelihood with priors, since the pooled matrix stood still. It never falls."""

    @property
    def confidence(self) -> Floats:
        """(units,) how likely the likeliest value is."""
        found: Floats = self.posterior.max(axis=1) if self.posterior.size else np.zeros(len(self.posterior))
        return found


def fit(
    labels: Labels,
    *,
    symmetric: bool = False,
    gold: Integers | None = None,
    decided: Integers | None = None,
    strength: float = STRENGTH,
    shares: Floats | None = None,
) -> DawidSkene:
    """`symmetric` for the values of pairs, where the last mirrors the first. `gold` (units,) are truths that are known,
    UNKNOWN elsewhere: they stand, and everybody is measured on them first. Units of unknown truth together weigh as
    much as those of known truth at most, for annotators who share their errors would else outvote what is known.

    `decided` (units,) are truths that stand, too, but weigh as any unit does: somebody decided them because the labels
    looked wrong, so that measuring people on these alone would call everybody a liar. Where both are told, gold holds.

    `shares` (n,), above 0: how much of an independent label each is worth; 1 each where nothing is said.
    """
    model = _Model(labels, symmetric, (gold, decided), strength, shares)
    posterior, pooled = model.pooled()
    objective: list[float] = []
    while len(objective) < 2 or (model.gained(objective[-2:], TOLERANCE) and len(objective) < ITERATIONS):
        confusion, prior = model.maximize(posterior, pooled)
        posterior, likelihood = model.expect(confusion, prior)
        objective.append(likelihood + model.log_prior(confusion, prior, pooled))
    told = labels.counts().sum(axis=1) > 0
    chosen = np.where(told | model.stands, most_frequent(np.round(posterior, 9)), UNKNOWN)
    return DawidSkene(posterior, chosen, confusion, prior, model.seen(posterior), np.array(objective))


class _Model:
    """The two steps over one table of labels."""

    def __init__(
        self,
        labels: Labels,
        symmetric: bool,
        standing: tuple[Integers | None, Integers | None],
        strength: float,
        shares: Floats | None,
    ) -> None:
        self.labels, self.symmetric, self.strength = labels, symmetric, strength
        self.shares = shares
        self.share = 1.0 if shares is None or not len(shares) else float(shares.mean())
        self.size = labels.value_count
        known, told = (
            np.full(labels.unit_count, UNKNOWN) if some is None else np.asarray(some, np.int64) for some in standing
        )
        self.is_gold = known != UNKNOWN
        self.truth = np.where(self.is_gold, known, told)
        self.stands = self.truth != UNKNOWN
        self.weights = _weights(self.is_gold)
        self.said = labels.annotators * self.size + labels.values
        self.base = _base(self.size)

    def start(self) -> Floats:
        """What units may be by counting; where truths are known, by those who were right about them."""
        counts = (self.labels.counts() + START) ** SHARP
        posterior: Floats = counts / counts.sum(axis=1, keepdims=True)
        posterior[self.stands] = np.eye(self.size)[self.truth[self.stands]]
        if not self.is_gold.any():
            return posterior
        everybody, self.weights = self.weights, self.is_gold.astype(float)
        posterior, _ = self.expect(*self.maximize(posterior, self.pool(posterior)))
        self.weights = everybody
        return posterior

    def pooled(self) -> tuple[Floats, Floats]:
        """What each unit may be and the matrix of everybody together, learnt from each other."""
        posterior, likelihoods = self.start(), [-np.inf]
        for _ in range(POOLING):
            confusion, prior = self.maximize(posterior, self.pool(posterior))
            posterior, likelihood = self.expect(confusion, prior)
            likelihoods.append(likelihood)
            if not self.gained(likelihoods[-2:], COARSE):
                break
        return posterior, self.pool(posterior)

    def gained(self, last: list[float], enough: float) -> bool:
        """Whether the last iteration brought so many nats a unit."""
        return last[1] - last[0] >= enough * max(self.labels.unit_count, 1)

    def confusions(self, posterior: Floats) -> Floats:
        """(annotators, truth, said) expected counts, those of mirrored opinions together."""
        cells, weighed = self.labels.annotator_count * self.size, posterior * self.weights[:, None]
        rows = [np.bincount(self.said, self._relative(weighed[self.labels.units, k]), cells) for k in range(self.size)]
        counts = np.stack([row.reshape(-1, self.size) for row in rows], axis=1)
        found: Floats = (counts + counts[:, ::-1, ::-1]) / 2 if self.symmetric else counts.astype(float)
        return found

    def _relative(self, values: Floats) -> Floats:
        """(n,) as much of each as its label counts beside the others."""
        return values if self.shares is None else values * (self.shares / self.share)

    def pool(self, posterior: Floats) -> Floats:
        pooled = self.confusions(posterior).sum(axis=0) + BASE_STRENGTH * self.base
        matrix: Floats = pooled / pooled.sum(axis=1, keepdims=True)
        return matrix

    def maximize(self, posterior: Floats, pooled: Floats) -> tuple[Floats, Floats]:
        counts = self.confusions(posterior) + self.strength * pooled
        prior = self.weights @ posterior + 1
        prior = (prior + prior[::-1]) / 2 if self.symmetric else prior
        return counts / counts.sum(axis=2, keepdims=True), prior / prior.sum()

    def expect(self, confusion: Floats, prior: Floats) -> tuple[Floats, float]:
        """What each unit may be, and the log-likelihood of all labels and of the truths that are known."""
        log_said = np.log(confusion)
        labels = self.labels
        shares = 1.0 if self.shares is None else self.shares
        votes = [
            np.bincount(labels.units, shares * log_said[:, k].ravel()[self.said], labels.unit_count)
            for k in range(self.size)
        ]
        joint = np.stack(votes, axis=1) + np.log(prior)
        joint[self.stands] = np.where(
            np.arange(self.size) == self.truth[self.stands, None], joint[self.stands], -np.inf
        )
        top = joint.max(axis=1, keepdims=True)
        chances = np.exp(joint - top)
        total = chances.sum(axis=1, keepdims=True)
        return chances / total, float(self.weights @ (top + np.log(total))[:, 0])

    def log_prior(self, confusion: Floats, prior: Floats, pooled: Floats) -> float:
        return float((self.share * self.strength * pooled * np.log(confusion)).sum() + np.log(prior).sum())

    def seen(self, posterior: Floats) -> Floats:
        """(annotators, truth) labels, as much as each counted."""
        labels = self.labels
        weighed = (posterior * self.weights[:, None])[labels.units]
        columns = [np.bincount(labels.annotators, weighed[:, k], labels.annotator_count) for k in range(self.size)]
        return np.stack(columns, axis=1)


def _weights(is_gold: NDArray[np.bool_]) -> Floats:
    """(units,) 1 where the truth is known; elsewhere so much that they weigh as much together at most."""
    known, unknown = int(is_gold.sum()), int((~is_gold).sum())
    share = min(1.0, known / unknown) if known and unknown else 1.0
    weights: Floats = np.where(is_gold, 1.0, share)
    return weights


def _base(size: int) -> Floats:
    """What is believed of annotators before anything is seen."""
    if size == PAIR:
        mirrored: Floats = (BASE_OF_PAIRS + BASE_OF_PAIRS[::-1, ::-1]) / 2
        return mirrored
    if size == 1:
        return np.ones((1, 1))
    wrong = (1 - BASE_ACCURACY) / (size - 1)
    return np.full((size, size), wrong) + (BASE_ACCURACY - wrong) * np.eye(size)

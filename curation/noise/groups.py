"""Groups of annotators who prefer differently: a mixture of logistic rewards around a shared one.

With x a pair's difference of embeddings and z = ±1 its label: P(z | annotator a) = Σ_k γ_ak·σ(z·x·(w_0 + v_k)). The
shared w_0 has the penalty λ, and each deviation v_k a stronger one, so that groups differ only where labels say so.
EM: the deviations by Newton steps with annotators weighed by γ_ak; γ_ak ∝ π_k·exp(log-likelihood of a's labels under
k). The first start groups annotators by their residual gradients at w_0 (SVD, k-means); others are random. How many
groups there are is chosen on labels held out within each annotator: more than one only where they gain clearly, and
where each group has enough annotators and labels.

Source: Chen et al., *PAL: Pluralistic Alignment Framework*, 2024, for commonality and prototypes; Dempster, Laird,
Rubin 1977 for EM. Run after reliability is known: who answers by chance is no group, and should be left out. Groups
are patterns of disagreement, never kinds of people.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit
from threadpoolctl import threadpool_limits

from curation.noise.proposals import Booleans, Floats, Integers

PENALTY = 5.0
DEVIATION_PENALTY = 20.0
ROUNDS = 12
STARTS = 3
NEWTON_STEPS = 8
MOST_GROUPS = 4
HELD_OUT = 0.2
LEAST_GAIN = 0.01  # nats a label
STANDARD_ERRORS = 2.0
FEWEST_ANNOTATORS = 5
FEWEST_LABELS = 100
RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class Labels:
    """n labels of pairs by annotators 0 … count - 1; ties are left out before."""

    features: Floats
    """(n, d): the pair's difference of embeddings, first minus second."""
    annotators: Integers
    first: Booleans
    """(n,) whether the first was found better."""
    count: int

    def __post_init__(self) -> None:
        if not len(self.features) == len(self.annotators) == len(self.first):
            raise ValueError("Every label has a pair and an annotator.")
        if len(self.annotators) and not (self.annotators.min() >= 0 and self.annotators.max() < self.count):
            raise ValueError("A label names an annotator who is not there.")

    def take(self, rows: Booleans) -> "Labels":
        """Some of them."""
        return Labels(self.features[rows], self.annotators[rows], self.first[rows], self.count)

    @property
    def sides(self) -> Floats:
        """(n,) 1 where the first was found better, -1 where the second."""
        return np.where(self.first, 1.0, -1.0)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Fitted groups."""

    rewards: Floats
    """(k, d): w_0 + v_k."""
    membership: Floats
    """(annotators, k): γ, rows add up to 1. Who has no label belongs to each as likely as anybody."""
    log_likelihood: float
    """Of the labels, groups summed out, in nats."""

    def probability(self, features: Floats, annotators: Integers) -> Floats:
        """(n,) that each annotator finds the first better."""
        found: Floats = (expit(features @ self.rewards.T) * self.membership[annotators]).sum(axis=1)
        return found


@dataclass(frozen=True, slots=True)
class Choice:
    """How many groups the labels speak for, and what they are."""

    mixture: Mixture
    groups: int
    gains: dict[int, float]
    """Held-out log-likelihood of a label over that of one group, in nats, by the number of groups."""
    reasons: tuple[str, ...]
    """Sentences: why not more groups."""


def fit(
    labels: Labels,
    groups: int,
    *,
    penalty: float = PENALTY,
    deviation_penalty: float = DEVIATION_PENALTY,
    starts: int = STARTS,
    seed: int = 0,
) -> Mixture:
    """The most likely of several starts. Raises ValueError for less than one group, or more than annotators."""
    if not 1 <= groups <= max(1, labels.count):
        raise ValueError("There is one group at least, and no more than annotators.")
    with threadpool_limits(limits=1):
        shared = _newton(labels, np.zeros(len(labels.first)), np.ones(len(labels.first)), penalty)
        if groups == 1:
            return _alone(labels, shared)
        draw = np.random.default_rng(seed)
        fitted = [
            _em(labels, shared, start, deviation_penalty) for start in _starts(labels, shared, groups, starts, draw)
        ]
    return max(fitted, key=lambda one: one.log_likelihood)


def choose(labels: Labels, *, most: int = MOST_GROUPS, seed: int = 0) -> Choice:
    """The number of groups that gains clearly on held-out labels; one where none does.

    Raises ValueError where there is no label.
    """
    if not len(labels.first):
        raise ValueError("There is no label to tell groups from.")
    held_out = _held_out(labels, seed)
    training, test = labels.take(~held_out), labels.take(held_out)
    chosen, gains, reasons = 1, {1: 0.0}, []
    plain = best = _log_likelihoods(fit(training, 1, seed=seed), test)
    for groups in range(2, min(most, labels.count) + 1):
        mixture = fit(training, groups, seed=seed)
        told = _log_likelihoods(mixture, test)
        gains[groups] = float((told - plain).mean()) if len(told) else 0.0
        error = _standard_error(told - best, test.annotators, seed)
        against = _too_little(groups, told - best, error) or _too_small(mixture, labels)
        if against:
            reasons.append(against)
        else:
            chosen, best = groups, told
    return Choice(fit(labels, chosen, seed=seed), chosen, gains, tuple(reasons))


def distinguishing(features: Floats, mixture: Mixture, most: int = 10) -> list[tuple[int, int, Integers]]:
    """For each two groups the pairs about which they differ most, |x·(w_a - w_b)|, most first."""
    count = len(mixture.rewards)
    found = []
    for one in range(count):
        for other in range(one + 1, count):
            apart = np.abs(features @ (mixture.rewards[one] - mixture.rewards[other]))
            found.append((one, other, np.argsort(-apart, kind="stable")[:most]))
    return found


def _alone(labels: Labels, shared: Floats) -> Mixture:
    total = float(log_expit(labels.sides * (labels.features @ shared)).sum())
    return Mixture(shared[None, :], np.ones((labels.count, 1)), total)


def _newton(labels: Labels, offset: Floats, weights: Floats, penalty: float, start: Floats | None = None) -> Floats:
    """The u that maximizes Σ weight·log σ(z·(offset + x·u)) - penalty/2·|u|²."""
    x, z = labels.features, labels.sides
    at = np.zeros(x.shape[1]) if start is None else start
    for _ in range(NEWTON_STEPS):
        scores = offset + x @ at
        slope = (weights * z * expit(-z * scores)) @ x - penalty * at
        curve = (x * (weights * expit(scores) * expit(-scores))[:, None]).T @ x + penalty * np.eye(len(at))
        step = np.linalg.solve(curve, slope)
        at = at + step * min(1.0, 10.0 / max(1e-12, float(np.linalg.norm(step))))
        if float(np.abs(step).max(initial=0.0)) < 1e-6:
            break
    return at


def _starts(labels: Labels, shared: Floats, groups: int, count: int, draw: np.random.Generator) -> Iterator[Floats]:
    """(annotators, k) first memberships: by residual gradients, then by chance."""
    residual = labels.first - expit(labels.features @ shared)
    gradients = np.zeros((labels.count, labels.features.shape[1]))
    np.add.at(gradients, labels.annotators, residual[:, None] * labels.features)
    gradients /= np.sqrt(np.maximum(np.bincount(labels.annotators, minlength=labels.count), 1))[:, None]
    left, size, _ = np.linalg.svd(gradients - gradients.mean(axis=0), full_matrices=False)
    nearest = _k_means((left * size)[:, : groups - 1], groups, draw)
    yield 0.1 / groups + 0.9 * np.eye(groups)[nearest]
    for _ in range(count - 1):
        yield draw.dirichlet(np.full(groups, 0.5), labels.count)


def _k_means(points: Floats, groups: int, draw: np.random.Generator) -> Integers:
    """(n,) groups by Lloyd's algorithm; the first centers lie as far apart as they can."""
    centers = points[[int(draw.integers(len(points)))]]
    while len(centers) < groups:
        away = ((points[:, None] - centers) ** 2).sum(axis=2).min(axis=1)
        centers = np.vstack([centers, points[int(away.argmax())]])
    nearest = np.zeros(len(points), np.int64)
    for _ in range(30):
        nearest = ((points[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1)
        means = [points[nearest == k].mean(axis=0) if (nearest == k).any() else centers[k] for k in range(groups)]
        centers = np.array(means)
    return nearest


def _em(labels: Labels, shared: Floats, membership: Floats, penalty: float) -> Mixture:
    groups = membership.shape[1]
    offset, share = labels.features @ shared, np.full(groups, 1 / groups)
    deviations, total = np.zeros((groups, len(shared))), 0.0
    for _ in range(ROUNDS):
        weights = membership[labels.annotators]
        deviations = np.stack([_newton(labels, offset, weights[:, k], penalty, deviations[k]) for k in range(groups)])
        likely = _by_annotator(labels, shared + deviations) + np.log(share)
        top = likely.max(axis=1, keepdims=True)
        membership = np.exp(likely - top)
        total = float((top[:, 0] + np.log(membership.sum(axis=1))).sum())
        membership /= membership.sum(axis=1, keepdims=True)
        share = (membership.sum(axis=0) + 1) / (labels.count + groups)
    return Mixture(shared + deviations, membership, total)


def _by_annotator(labels: Labels, rewards: Floats) -> Floats:
    """(annotators, k) log-likelihood of each annotator's labels under each group."""
    each = log_expit(labels.sides[:, None] * (labels.features @ rewards.T))
    columns = [np.bincount(labels.annotators, column, minlength=labels.count) for column in each.T]
    return np.stack(columns, axis=1).astype(float)


def _held_out(labels: Labels, seed: int) -> Booleans:
    """(n,) a fifth of each annotator's labels; none of who has fewer than two."""
    draw = np.random.default_rng(seed).random(len(labels.first))
    order = np.lexsort((draw, labels.annotators))
    sizes = np.bincount(labels.annotators, minlength=labels.count)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    own = sizes[labels.annotators]
    found: Booleans = (rank < np.maximum(1, np.round(HELD_OUT * own))) & (own > 1)
    return found


def _log_likelihoods(mixture: Mixture, test: Labels) -> Floats:
    p = mixture.probability(test.features, test.annotators)
    found: Floats = np.log(np.clip(np.where(test.first, p, 1 - p), 1e-12, 1.0))
    return found


def _too_little(groups: int, gained: Floats, error: float) -> str | None:
    """What speaks against so many groups, from what each held-out label gains over fewer of them; or None."""
    gain = float(gained.mean()) if len(gained) else 0.0
    if gain <= LEAST_GAIN:
        return f"{groups} groups tell held-out labels by {gain:.3f} nats better than fewer; {LEAST_GAIN} are needed."
    if gain <= STANDARD_ERRORS * error:
        return f"What {groups} groups gain, {gain:.3f} nats, is within chance."
    return None


def _too_small(mixture: Mixture, labels: Labels) -> str | None:
    """What speaks against the smallest of the groups, or None."""
    groups, nearest = len(mixture.rewards), mixture.membership.argmax(axis=1)
    sizes = np.bincount(labels.annotators, minlength=labels.count)
    people = np.bincount(nearest[sizes > 0], minlength=groups).min()
    told = np.bincount(nearest, sizes, minlength=groups).min()
    if people >= FEWEST_ANNOTATORS and told >= FEWEST_LABELS:
        return None
    return (
        f"Of {groups} groups one would have {people} annotators and {told:.0f} labels; "
        f"{FEWEST_ANNOTATORS} and {FEWEST_LABELS} are needed."
    )


def _standard_error(gained: Floats, annotators: Integers, seed: int) -> float:
    """Of the mean gain, by annotators drawn with replacement."""
    if not len(gained):
        return 0.0
    _, place = np.unique(annotators, return_inverse=True)
    sums, counts = np.bincount(place, gained), np.bincount(place)
    draw = np.random.default_rng(seed)
    times = draw.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=RESAMPLES)
    return float(((times @ sums) / np.maximum(times @ counts, 1)).std())

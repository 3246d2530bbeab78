"""A redundant pool of pairs with known truth, and a learner that chooses from it batch by batch."""

from collections.abc import Callable

import numpy as np
from scipy.special import expit
from threadpoolctl import threadpool_limits

from curation.selection import d_optimal, uncertainty
from modelhooks.head.ensemble import bootstrap
from modelhooks.head.logistic import fit
from modelhooks.head.pairs import Pairs

PENALTY = 30.0
BATCH = 50


def pool_of(n: int, dimensions: int, seed: int) -> tuple[Pairs, np.ndarray, np.ndarray, np.ndarray]:
    """Pairs, half of them near copies of forty; 3,000 test differences and their margins; and the first batch."""
    draw = np.random.default_rng(seed)
    turned = np.linalg.qr(draw.normal(size=(dimensions, dimensions)))[0]
    features = (draw.normal(size=(n + 3_000, dimensions)) * np.exp(-np.arange(dimensions) / 80)) @ turned
    copied, source = np.flatnonzero(draw.random(n) < 0.5), draw.integers(0, 40, n)
    features[copied] = features[source[copied]] + 0.05 * draw.normal(size=(len(copied), dimensions))
    margin = features @ draw.normal(size=dimensions)
    margin *= 8 / margin[n:].std()
    p = (draw.random(n) < expit(margin[:n])).astype(float)
    pairs = Pairs(features[:n], np.zeros((n, 0)), p, np.arange(n), np.ones(n))
    return pairs, features[n:], margin[n:], draw.permutation(n)[:BATCH]


def choose(strategy: str, pairs: Pairs, labeled: np.ndarray, rest: np.ndarray, seed: int) -> np.ndarray:
    """The next batch, as places in the pool."""
    if strategy == "random":
        return np.random.default_rng(seed).permutation(rest)[:BATCH]
    heads = bootstrap(pairs.take(labeled), PENALTY, heads=7, seed=seed)
    scores, known = heads.scores(pairs.differences[rest]), heads.mean(pairs.differences[labeled])
    ways: dict[str, Callable[[], np.ndarray]] = {
        "entropy": lambda: uncertainty.top(uncertainty.entropy(d_optimal.mean_probability(scores)), BATCH),
        "spread": lambda: uncertainty.top(scores.std(axis=0), BATCH),
        "bald": lambda: uncertainty.top(uncertainty.bald(scores), BATCH),
        "diverse": lambda: uncertainty.diverse(pairs.differences[rest], uncertainty.bald(scores), BATCH),
        "d_optimal": lambda: d_optimal.choose(
            pairs.differences[rest],
            d_optimal.mean_probability(scores),
            BATCH,
            labeled=pairs.differences[labeled],
            labeled_probabilities=expit(known),
            penalty=PENALTY,
        )[0],
    }
    return rest[ways[strategy]()]


def learned(strategy: str, *, n: int = 4_000, dimensions: int = 64, rounds: int = 9, seed: int = 0) -> float:
    """Accuracy against the truth after `rounds` batches beyond the first."""
    with threadpool_limits(limits=1):
        pairs, test, margin, labeled = pool_of(n, dimensions, seed)
        for number in range(rounds):
            rest = np.setdiff1d(np.arange(n), labeled)
            labeled = np.r_[labeled, choose(strategy, pairs, labeled, rest, 1_000 * seed + number)]
        return float(((fit(pairs.take(labeled), PENALTY).score(test) > 0) == (margin > 0)).mean())

"""How good a head is, with an interval, beside what length alone would have got."""

from dataclasses import dataclass

import numpy as np

from modelhooks.head import crossfit
from modelhooks.head.logistic import fit
from modelhooks.head.pairs import Floats, Integers, Pairs

RESAMPLES = 1_000
LEVEL = 0.95
CURVE = (0.125, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The share of decided pairs whose better side was named; low and high bound it by resampled prompts."""

    share: float
    low: float
    high: float
    pairs: int
    prompts: int


@dataclass(frozen=True, slots=True)
class Report:
    """What the page shows of a head. Accuracies are cross-fitted: no pair was scored by a head that saw its prompt."""

    head: Accuracy
    length_only: Accuracy | None
    """None where no length is known."""
    gain: Accuracy | None
    """Head minus length-only on the same resamples: it is better where `low` is above zero."""
    log_loss: float
    curve: tuple[tuple[int, float], ...]
    """(prompts trained on, accuracy): what more labels would bring."""


def report(pairs: Pairs, penalty: float, scores: Floats, *, seed: int = 0) -> Report:
    """`scores` are the cross-fitted ones of `crossfit.scores`. Raises ValueError where no pair is decided."""
    decided = pairs.is_decided
    if not decided.any():
        raise ValueError("Every pair is a tie; there is nothing to be right about.")
    taken, hits = pairs.take(decided), hits_of(scores[decided], pairs.p[decided])
    by_length = hits_of(_length_scores(pairs)[decided], pairs.p[decided]) if pairs.nuisance.shape[1] else None
    return Report(
        head=accuracy(hits, taken.groups, seed=seed),
        length_only=None if by_length is None else accuracy(by_length, taken.groups, seed=seed),
        gain=None if by_length is None else accuracy(hits - by_length, taken.groups, seed=seed),
        log_loss=crossfit.log_loss(scores, pairs),
        curve=learning_curve(pairs, penalty, seed=seed),
    )


def accuracy(hits: Floats, groups: Integers, *, seed: int = 0) -> Accuracy:
    """The mean of (n,) hits with a percentile interval over resampled prompts (cluster bootstrap)."""
    names, place = np.unique(groups, return_inverse=True)
    sums, counts = np.bincount(place, hits), np.bincount(place)
    draw = np.random.default_rng(seed)
    times = draw.multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES)
    shares = (times @ sums) / np.maximum(times @ counts, 1)
    low, high = np.quantile(shares, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Accuracy(float(hits.mean()), float(low), float(high), len(hits), len(names))


def learning_curve(pairs: Pairs, penalty: float, *, seed: int = 0) -> tuple[tuple[int, float], ...]:
    """(prompts, accuracy on a held-out fifth) after training on growing parts of the others, mean over the folds."""
    return tuple(point for share in CURVE if (point := _point(pairs, penalty, share, seed)))


def _point(pairs: Pairs, penalty: float, share: float, seed: int) -> tuple[int, float] | None:
    draw, prompts, hits = np.random.default_rng(seed), 0, []
    for held_out in crossfit.folds(pairs.groups, crossfit.FOLDS, seed):
        names = np.unique(pairs.groups[~held_out])
        kept = draw.permutation(names)[: max(1, round(share * len(names)))]
        prompts = len(kept)
        head = fit(pairs.take(~held_out & np.isin(pairs.groups, kept)), penalty)
        decided = held_out & pairs.is_decided
        hits.append(hits_of(head.score(pairs.differences[decided]), pairs.p[decided]))
    told = np.concatenate(hits) if hits else np.array([])
    return (prompts, float(told.mean())) if len(told) else None


def hits_of(scores: Floats, p: Floats) -> Floats:
    """1 where the better side was named, 0 where the other, a half where the score says nothing."""
    found: Floats = np.where(scores == 0, 0.5, ((scores > 0) == (p > 0.5)).astype(float))
    return found


def _length_scores(pairs: Pairs) -> Floats:
    """Cross-fitted scores from the nuisance alone, which may find that shorter is better."""
    alone = Pairs(pairs.nuisance, np.zeros((len(pairs), 0)), pairs.p, pairs.groups, pairs.weights)
    return crossfit.scores(alone, penalty=1.0)

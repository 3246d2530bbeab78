"""Whether a new head may take over: what it and its rivals are worth on pairs that none of them was trained on.

All of them are asked about the same frozen pairs, and what sets two apart is resampled together by prompt, so that the
interval is that of the difference. Rule: clearly better than length alone, and less log-loss than the head in office.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from modelhooks.head.calibration import Bin, expected_error, reliability
from modelhooks.head.evaluation import Accuracy, accuracy, hits_of
from modelhooks.head.logistic import fit
from modelhooks.head.pairs import Floats, Pairs
from modelhooks.head.reward_head import RewardHead, outcomes

LENGTH_PENALTY = 1.0  # as the cross-fitted baseline of `evaluation`


@dataclass(frozen=True, slots=True)
class Spoken:
    """How much of the frozen pairs a head would speak about, and how right it is there."""

    share: float
    pairs: int
    accuracy: Accuracy | None
    """None where it abstains on all of them."""


@dataclass(frozen=True, slots=True)
class Rival:
    """The head in office on the same pairs: `saved` is how much less log-loss the new one has, in nats a pair."""

    head: Accuracy
    log_loss: float
    saved: Accuracy


@dataclass(frozen=True, slots=True)
class Measured:
    """A head on the frozen pairs. Accuracies are of decided pairs, losses of all of them."""

    head: Accuracy
    length_only: Accuracy
    gain: Accuracy
    log_loss: float
    spoken: Spoken
    bins: list[Bin]
    calibration_error: float
    ties: float
    """The share of ties that people gave."""
    ties_expected: float
    rival: Rival | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it takes over, and a sentence that says why or why not."""

    is_promoted: bool
    sentence: str


def scores(head: RewardHead, pairs: Pairs) -> Floats:
    """(n,) calibrated log-odds that the first of each pair is better."""
    found: Floats = head.factor * head.weights.score(pairs.differences)
    return found


def measure(
    head: RewardHead, trained_on: Pairs, frozen: Pairs, *, in_office: Floats | None = None, seed: int = 0
) -> Measured:
    """The new head, length alone, and the head in office (its (n,) calibrated scores) on the frozen pairs.

    Raises ValueError where no frozen pair is decided, or where a prompt stands on both sides.
    """
    if np.intersect1d(trained_on.groups, frozen.groups).size:
        raise ValueError("A frozen prompt was trained on.")
    decided = frozen.is_decided
    if not decided.any():
        raise ValueError("Every frozen pair is a tie; there is nothing to be right about.")
    said, judged = scores(head, frozen), frozen.take(decided)
    hits, by_length = hits_of(said[decided], judged.p), hits_of(_by_length(trained_on, judged), judged.p)
    bins = reliability(said[decided], judged.p)
    return Measured(
        head=accuracy(hits, judged.groups, seed=seed),
        length_only=accuracy(by_length, judged.groups, seed=seed),
        gain=accuracy(hits - by_length, judged.groups, seed=seed),
        log_loss=float(losses(said, frozen.p).mean()),
        spoken=_spoken(head, said[decided], hits, judged, seed),
        bins=bins,
        calibration_error=expected_error(bins),
        ties=float(outcomes(frozen.p)[:, 1].mean()),
        ties_expected=float(head.ties.probabilities(said / head.factor)[:, 1].mean()),
        rival=None if in_office is None else _rival(in_office, said, frozen, seed),
    )


def losses(said: Floats, p: Floats) -> Floats:
    """(n,) negative log-likelihood of each label, in nats."""
    found: Floats = -(p * log_expit(said) + (1 - p) * log_expit(-said))
    return found


def verdict(found: Measured) -> Verdict:
    """The rule of this module, in words."""
    against = []
    if found.gain.low <= 0:
        against.append(
            f"it does not clearly beat length alone: {_percent(found.head.share)} right against "
            f"{_percent(found.length_only.share)}, a gain of {_points(found.gain)}"
        )
    rival = found.rival
    if rival and found.log_loss >= rival.log_loss:
        against.append(
            f"its log-loss of {found.log_loss:.4f} is not below the {rival.log_loss:.4f} of the current head on the "
            "same pairs"
        )
    if against:
        return Verdict(False, f"Not promoted: {'; and '.join(against)}.")
    better = f" and its log-loss fell from {rival.log_loss:.4f} to {found.log_loss:.4f}" if rival else ""
    said = (
        f"it is right about {_percent(found.head.share)} of the frozen pairs, {_points(found.gain)} above length alone"
    )
    return Verdict(True, f"Promoted: {said}{',' if better else ''}{better}.")


def _by_length(trained_on: Pairs, judged: Pairs) -> Floats:
    """What length alone says: longer or shorter is better, as the training pairs have it."""
    if not trained_on.nuisance.shape[1]:
        raise ValueError("The baseline needs the lengths of the responses.")
    alone = Pairs(
        trained_on.nuisance, np.zeros((len(trained_on), 0)), trained_on.p, trained_on.groups, trained_on.weights
    )
    return fit(alone, LENGTH_PENALTY).score(judged.nuisance)


def _spoken(head: RewardHead, said: Floats, hits: Floats, judged: Pairs, seed: int) -> Spoken:
    speaks = expit(np.abs(said)) >= head.cutoff.confidence if head.cutoff else np.zeros(len(said), bool)
    count = int(speaks.sum())
    right = accuracy(hits[speaks], judged.groups[speaks], seed=seed) if count else None
    return Spoken(count / len(said), count, right)


def _rival(in_office: Floats, said: Floats, frozen: Pairs, seed: int) -> Rival:
    decided = frozen.is_decided
    before, now = losses(in_office, frozen.p), losses(said, frozen.p)
    return Rival(
        head=accuracy(hits_of(in_office[decided], frozen.p[decided]), frozen.groups[decided], seed=seed),
        log_loss=float(before.mean()),
        saved=accuracy(before - now, frozen.groups, seed=seed),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _points(gain: Accuracy) -> str:
    """`5 points (−1 to 9)`."""
    share, low, high = (f"{100 * one:.0f}".replace("-0", "0").replace("-", "−") for one in _ends(gain))
    return f"{share} points ({low} to {high})"


def _ends(gain: Accuracy) -> tuple[float, float, float]:
    return gain.share, gain.low, gain.high

"""Several models' opinions as one: of ratings on a common scale, and of judgments.

Ratings of different models have nothing in common but their order, so each is first brought to a scale that can be
added: the log-odds that a calibrated margin stands for, or the probability of being better than a reference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import log_expit

from modelhooks.contracts import Judgment, Preference, Usage
from modelhooks.head.calibration import temperature
from modelhooks.head.ensemble import uncertainty_weighted, worst_case
from modelhooks.head.pairs import Floats
from modelhooks.judging.confidence import majority

Way = Literal["mean", "worst_case", "uncertainty_weighted"]
FEWEST_PAIRS = 20


@dataclass(frozen=True, slots=True)
class Scale:
    """Brings one model's raw scores to log-odds: (raw - origin) · factor."""

    factor: float
    origin: float = 0.0

    def applied(self, raw: Floats) -> Floats:
        """(n,) log-odds of being better than a response at the origin."""
        found: Floats = (np.asarray(raw, float) - self.origin) * self.factor
        return found


def scale(first: Floats, second: Floats, p: Floats) -> Scale:
    """The scale on which margins of labeled pairs are calibrated log-odds; its origin is the median of all scores.

    `first` and `second` (n,) are raw scores, `p` (n,) says how far the first is better (1, ½, 0, or a share of votes).
    Raises ValueError below 20 pairs. Source: temperature scaling (Guo et al. 2017).
    """
    if len(p) < FEWEST_PAIRS:
        raise ValueError(f"A scale is fitted on {FEWEST_PAIRS} labeled pairs or more.")
    spread = float(np.std(first - second)) or 1.0
    origin = float(np.median(np.concatenate([first, second])))
    return Scale(temperature((first - second) / spread, p) / spread, origin)


def better_than_reference(logits: Floats) -> Floats:
    """Log of the probability of being better than the reference, for log-odds against it.

    Sums of it over several qualities say how likely all of them are better, and a response that is good beyond doubt in
    one cannot make up for another. Source: Wang et al., *Transforming and Combining Rewards for Aligning Large Language
    Models*, 2024, log-sigmoid transformation.
    """
    found: Floats = log_expit(np.asarray(logits, float))
    return found


def combined(ratings: Floats, way: Way, *, coefficient: float = 0.5) -> Floats:
    """(n,) from (m, n) ratings on one scale by m models: their mean, their lowest, or the mean less what they disagree.

    `coefficient` times the variance (of all m, ddof 0) is taken off. Source: Coste et al., *Reward Model Ensembles Help
    Mitigate Overoptimization*, 2023.
    """
    if way == "worst_case":
        return worst_case(ratings)
    if way == "uncertainty_weighted":
        return uncertainty_weighted(ratings, coefficient)
    found: Floats = np.asarray(ratings, float).mean(axis=0)
    return found


def precision_weighted(ratings: Floats, variances: Floats) -> tuple[Floats, Floats]:
    """(n,) mean of (m, n) ratings weighted by how sure each model is, and its variance.

    `variances` (m, n) or (m, 1), all above zero: the models' own, or their mean squared errors on labeled items.
    """
    known = np.broadcast_to(np.asarray(variances, float), np.shape(ratings))
    if not (np.isfinite(known).all() and (known > 0).all()):
        raise ValueError("Every variance is a number above zero.")
    sureness = 1 / known
    total = sureness.sum(axis=0)
    return (np.asarray(ratings, float) * sureness).sum(axis=0) / total, 1 / total


def panel(judgments: Sequence[Judgment], way: Literal["mean", "worst_case"] = "mean") -> Judgment:
    """One judgment of several judges about the same comparison.

    By "mean" the preference is what more than half of them say, abstentions counted among them, and its probability is
    the mean of those who tell one. By "worst_case" all have to say the same, and the probability is that of the least
    sure.
    """
    said = [one.preference for one in judgments]
    agreed: Preference | None = majority(said)
    if way == "worst_case" and len(set(said)) > 1:
        agreed = None
    known = [one.p_first for one in judgments if one.p_first is not None]
    return Judgment(
        agreed,
        p_first=_p(known, way),
        votes=_votes(judgments),
        consistent_under_swap=_all([one.consistent_under_swap for one in judgments]),
        rationale="\n\n".join(one.rationale for one in judgments if one.preference == agreed and one.rationale),
        parse_ok=all(one.parse_ok for one in judgments),
        raw_text=tuple(text for one in judgments for text in one.raw_text),
        usage=sum((one.usage for one in judgments), Usage()),
        reason="" if agreed else "The judges do not agree.",
    )


def _p(known: Sequence[float], way: str) -> float | None:
    if not known:
        return None
    if way == "mean":
        return sum(known) / len(known)
    is_one_sided = min(known) > 0.5 or max(known) < 0.5
    return min(known, key=lambda p: abs(p - 0.5)) if is_one_sided else 0.5


def _votes(judgments: Sequence[Judgment]) -> Mapping[Preference, int]:
    """How many judges said what; one judge is one vote, however many samples it took."""
    said = [one.preference for one in judgments]
    return {one: said.count(one) for one in ("first", "second", "tie") if one in said}


def _all(known: Sequence[bool | None]) -> bool | None:
    return None if not known or None in known else all(known)

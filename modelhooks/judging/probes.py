"""Answers that say nothing. A judge that takes one for right must never accept anything by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from modelhooks.contracts import Candidate, Comparison, PreferenceJudge, Verifier
from modelhooks.judging.keys import HIGHEST_RATE, at_most, beginning, keys
from modelhooks.judging.pointwise import PointwiseJudge

# Whether each candidate is taken for right; None where the judge abstains, which is no mistake here.
Accepts = Callable[[Sequence[Candidate]], Sequence[bool | None]]


@dataclass(frozen=True)
class Report:
    """How often nothing was taken for something. `at_most` is the upper bound of the rate (one-sided, 95 %)."""

    accepted: int
    asked: int
    at_most: float
    by_probe: Mapping[str, int]

    @property
    def may_accept_alone(self) -> bool:
        """Whether the rate is low enough, and enough was asked to know it."""
        return self.at_most <= HIGHEST_RATE


def probes(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Each of these questions with every key for an answer, and with the first sentence of a longer answer that is
    right.
    """
    found = [replace(one, response=key) for one in candidates for key in keys()]
    return found + [replace(one, response=cut) for one in candidates if (cut := beginning(one.response))]


def tried(accepts: Accepts, candidates: Sequence[Candidate]) -> Report:
    """What a judge takes for right. The candidates' answers are right, so their beginnings say too little."""
    asked = probes(candidates)
    said = accepts(asked)
    hits = [one.response for one, verdict in zip(asked, said, strict=True) if verdict]
    counted = {probe: hits.count(probe) for probe in dict.fromkeys(hits)}
    return Report(len(hits), len(asked), at_most(len(hits), len(asked)), counted)


def of_verifier(verifier: Verifier) -> Accepts:
    """A verifier accepts what it calls correct."""
    return lambda candidates: [one.is_correct for one in verifier.verify(candidates)]


def of_rating(judge: PointwiseJudge, threshold: float) -> Accepts:
    """A judge of single responses accepts what it rates at the threshold or above."""
    return lambda candidates: [None if one.value is None else one.value >= threshold for one in judge.rate(candidates)]


def of_preference(judge: PreferenceJudge, right: Mapping[int, str]) -> Accepts:
    """A judge of pairs accepts what it prefers to the right answer; `right` is that answer by the place of the
    candidate.
    """

    def accepts(candidates: Sequence[Candidate]) -> list[bool | None]:
        asked = [Comparison(one.prompt, right[place], one.response) for place, one in enumerate(candidates)]
        return [None if one.preference is None else one.preference == "second" for one in judge.judge(asked)]

    return accepts

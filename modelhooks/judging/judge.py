"""One chat model as every kind of judge that it can be, wherever it runs."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from modelhooks.contracts import (
    Candidate,
    Comparison,
    CriterionVerdicts,
    Judgment,
    Orders,
    Ranked,
    Rated,
    ResponseGroup,
    RewardScore,
    Rubric,
    Scale,
    Solution,
    StepScore,
)
from modelhooks.judging.asking import Setting
from modelhooks.judging.listwise import Listing, ListwiseJudge
from modelhooks.judging.pairwise import PairwiseJudge
from modelhooks.judging.pointwise import PointwiseJudge, Rating
from modelhooks.judging.rethink import RethinkJudge
from modelhooks.judging.rubrics import GradingJudge
from modelhooks.judging.steps import StepJudge

FEWEST_LISTINGS = 2


@dataclass(frozen=True)
class ChatJudge:
    """Pairs are asked about in this style; `samples` are those of ratings, rubrics and steps, and seatings of lists."""

    setting: Setting
    style: Literal["critique", "direct", "principles", "rethink"] = "critique"
    allows_tie: bool = True
    samples: int = 1

    @cached_property
    def pairs(self) -> PairwiseJudge | RethinkJudge:
        """Which of two is better."""
        if self.style == "rethink":
            return RethinkJudge(self.setting, self.allows_tie)
        return PairwiseJudge(self.setting, self.style, self.allows_tie)

    @cached_property
    def grading(self) -> GradingJudge:
        """By a rubric."""
        return GradingJudge(self.setting, self.samples)

    @cached_property
    def rating(self) -> PointwiseJudge:
        """One by one, on a scale."""
        return PointwiseJudge(self.setting, samples=self.samples)

    @property
    def listings(self) -> int:
        """How many seatings a list is asked in: from both ends at least."""
        return max(FEWEST_LISTINGS, self.samples)

    @cached_property
    def checking(self) -> StepJudge:
        """Step by step."""
        return StepJudge(self.setting, self.samples)

    @property
    def fingerprint(self) -> str:
        """Whatever changes an answer of any of them."""
        listing = ListwiseJudge(self.setting, self.listings)
        all_of_them = (self.pairs, self.grading, self.rating, self.checking, listing)
        return hashlib.sha256(" ".join(one.fingerprint for one in all_of_them).encode()).hexdigest()

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        """Which of two is better."""
        return self.pairs.judge(comparisons, n=n, orders=orders)

    def grade(self, candidates: Sequence[Candidate], rubric: Rubric) -> list[CriterionVerdicts]:
        """Whether responses meet criteria."""
        return self.grading.grade(candidates, rubric)

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        """The expected point of a scale from 1 to 5 for each response."""
        return self.rating.score(groups)

    def rank(self, groups: Sequence[ResponseGroup], *, principle: str = "") -> list[Ranked]:
        """Several responses in order, by what all seatings agree on."""
        return [_ranked(one) for one in ListwiseJudge(self.setting, self.listings, principle).rank(groups)]

    def rate(self, candidates: Sequence[Candidate], *, scale: Scale, principle: str = "") -> list[Rated]:
        """The expected point of this scale for each."""
        judge = PointwiseJudge(self.setting, dict(scale), principle, self.samples)
        return [_rated(one) for one in judge.rate(candidates)]

    def score_steps(self, solutions: Sequence[Solution]) -> list[list[StepScore]]:
        """The probability that each step is right."""
        return self.checking.score_steps(solutions)


def _ranked(one: Listing) -> Ranked:
    reason, error = (one.error, "") if one.came else ("", one.error)
    return Ranked(one.groups, tuple(sorted(one.disputed)), one.mean_places, one.raw_text, one.usage, reason, error)


def _rated(one: Rating) -> Rated:
    reason, error = (one.error, "") if one.came else ("", one.error)
    return Rated(one.value, dict(one.probabilities), one.rationale, one.raw_text, one.usage, reason, error)

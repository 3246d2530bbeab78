"""Models that read in each text what they are to say of it: `score 3` scores 3."""

from collections.abc import Sequence
from typing import Any

from modelhooks.backends.fake import FakeModel
from modelhooks.contracts import (
    Candidate,
    Comparison,
    Judgment,
    Messages,
    Orders,
    Preference,
    Ranked,
    Rated,
    ResponseGroup,
    RewardScore,
    Scale,
    Solution,
    StepScore,
)


class Planted(FakeModel):
    """Says what stands in the texts, through every contract; `turned` are prompts of which it says the opposite,
    `silent` those of which it says nothing that can be read, `broken` those at which it breaks."""

    def __init__(self, seed: str = "planted", *, turned: str = "", silent: str = "", broken: str = "") -> None:
        super().__init__(seed)
        self.turned, self.silent, self.broken = turned, silent, broken
        self.asked: list[Any] = []

    def number(self, prompt: Any, text: str) -> float:
        """What the text says, or the opposite."""
        if self.broken and self.broken in str(prompt):
            raise RuntimeError("broken")
        sign = -1 if self.turned and self.turned in str(prompt) else 1
        return sign * float(text.removeprefix("score "))

    def is_silent(self, prompt: Any) -> bool:
        return bool(self.silent) and self.silent in str(prompt)

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        self.asked += groups
        return super().score(groups)

    def _score(self, prompt: Messages, response: str) -> RewardScore:
        return RewardScore(self.number(prompt, response), n_tokens=1)

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        self.asked += comparisons
        return [self._judged(one) for one in comparisons]

    def _judged(self, one: Comparison) -> Judgment:
        if self.is_silent(one.prompt):
            return Judgment(None, reason="Nothing could be read.", by_order=({}, {}))
        first, second = (self.number(one.prompt, text) for text in (one.first, one.second))
        said: Preference = "tie" if first == second else "first" if first > second else "second"
        sides = {"first": ({"A": 1}, {"B": 1}), "second": ({"B": 1}, {"A": 1}), "tie": ({"tie": 1}, {"tie": 1})}
        return Judgment(said, by_order=sides[said])

    def rank(self, groups: Sequence[ResponseGroup], *, principle: str = "") -> list[Ranked]:
        return [self._planted_order(one) for one in groups]

    def _planted_order(self, one: ResponseGroup) -> Ranked:
        if self.is_silent(one.prompt):
            return Ranked(None, reason="Nothing could be read.")
        numbers = [self.number(one.prompt, text) for text in one.responses]
        levels = sorted(set(numbers), reverse=True)
        return Ranked(tuple(tuple(at for at, number in enumerate(numbers) if number == level) for level in levels))

    def rate(self, candidates: Sequence[Candidate], *, scale: Scale, principle: str = "") -> list[Rated]:
        return [
            Rated(None, reason="Nothing could be read.")
            if self.is_silent(one.prompt)
            else Rated(self.number(one.prompt, one.response))
            for one in candidates
        ]

    def score_steps(self, solutions: Sequence[Solution]) -> list[list[StepScore]]:
        return [[StepScore(self.number(one.prompt, text)) for text in one.steps] for one in solutions]


class Siding(Planted):
    """A judge that always chooses what is shown first."""

    def _judged(self, one: Comparison) -> Judgment:
        return Judgment(None, reason="Torn.", consistent_under_swap=False, by_order=({"A": 1}, {"A": 1}))

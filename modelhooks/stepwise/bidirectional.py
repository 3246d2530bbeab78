"""Steps scored in both directions: a model that reads from the beginning does not know yet what a step leads to.

Source: *BiPRM: Bidirectional Process Supervision*, 2025, from its description: the same model reads the steps in their
own order and from the last to the first, and both scores of a step are averaged.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from modelhooks.contracts import Solution, StepScore


@dataclass(frozen=True)
class Bidirectional:
    """A ProcessRewardModel made of one. `backward` is the weight of the reading from the end, 0 to 1."""

    model: Any
    backward: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.backward <= 1:
            raise ValueError("The weight of the reading from the end is 0 to 1.")

    @property
    def fingerprint(self) -> str:
        """That of the model, and how both readings are mixed."""
        return hashlib.sha256(f"bidirectional 1 {self.backward} {self.model.fingerprint}".encode()).hexdigest()

    def score_steps(self, solutions: Sequence[Solution]) -> list[list[StepScore]]:
        """The scores, in the order of the solutions and of their steps. Without either reading there is no score."""
        turned = [replace(one, steps=one.steps[::-1]) for one in solutions]
        scores = self.model.score_steps([*solutions, *turned])
        pairs = zip(scores[: len(solutions)], scores[len(solutions) :], strict=True)
        return [[self._mixed(*both) for both in zip(ahead, back[::-1], strict=True)] for ahead, back in pairs]

    def _mixed(self, ahead: StepScore, back: StepScore) -> StepScore:
        if ahead.value is None or back.value is None:
            return StepScore(None, ahead.error or back.error)
        return StepScore((1 - self.backward) * ahead.value + self.backward * back.value)

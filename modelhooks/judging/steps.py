"""Which steps of a solution are right, asked of a chat model that checks each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from modelhooks.contracts import Solution, StepScore
from modelhooks.judging.asking import Heard, Question, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.confidence import smoothed
from modelhooks.prompts import prompt

NAME = "steps-1"
MOST = 64
RIGHT, WRONG = "right", "wrong"


class CheckedStep(Answer):
    """One step: what was checked, and what came of it."""

    check: str
    verdict: Literal["right", "wrong"]


@dataclass(frozen=True)
class StepJudge:
    """A ProcessRewardModel: the probability that each step is right, by tokens where they tell it, else by votes."""

    setting: Setting
    samples: int = 1

    @property
    def fingerprint(self) -> str:
        """Whatever changes a step's score."""
        return self.setting.fingerprint(NAME, judge="steps", samples=self.samples)

    def score_steps(self, solutions: Sequence[Solution]) -> list[list[StepScore]]:
        """The scores, in the order of the solutions and of their steps."""
        heard = hear(self.setting, [self._question(one) for one in solutions])
        return [self._scores(one, answer) for one, answer in zip(solutions, heard, strict=True)]

    def _question(self, one: Solution) -> Question[Answer]:
        count = len(one.steps)
        if not 1 <= count <= MOST:
            return Question(None, checked(1), reason=f"A solution that is asked about has 1 to {MOST} steps.")
        texts = {f"step-{number}": (f"step {number}", step) for number, step in enumerate(one.steps, start=1)}
        worded = prompt(NAME).with_place("steps", "\n".join(f"{{{{{place}}}}}" for place in texts))
        return question(self.setting, worded, checked(count), one.prompt, texts=texts, words={}, samples=self.samples)

    def _scores(self, one: Solution, heard: Heard[Answer]) -> list[StepScore]:
        """Steps of a solution of which half the samples or more cannot be read have no score."""
        if 2 * len(heard.found) <= self.samples:
            return [StepScore(None, heard.trouble)] * len(one.steps)
        return [StepScore(self._value(heard, number)) for number in range(len(one.steps))]

    @staticmethod
    def _value(heard: Heard[Answer], number: int) -> float:
        all_told = [told for read in heard.reads if (told := read.told(("steps", number, "verdict"), (RIGHT, WRONG)))]
        if all_told:
            return sum(told.probabilities[RIGHT] for told in all_told) / len(all_told)
        votes = [found.model_dump()["steps"][number]["verdict"] == RIGHT for found in heard.found]
        return smoothed(sum(votes) / len(votes), len(votes))


@cache
def checked(count: int) -> type[Answer]:
    """As many checked steps as there are steps."""
    steps: Any = Annotated[list[CheckedStep], Field(min_length=count, max_length=count)]
    return create_model("Checked", __base__=Answer, case=(str, ...), steps=(steps, ...))

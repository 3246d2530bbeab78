"""Whether a model can be trusted with work: it answers, it knows an easy case, and its server does what it promises.

Each check asks for something whose answer is known, and says in one sentence what is wrong.
"""

import math
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import create_model

from modelhooks.contracts import (
    Candidate,
    Comparison,
    Criterion,
    PreferenceJudge,
    ProcessRewardModel,
    ResponseGroup,
    RewardModel,
    RubricJudge,
    Solution,
)
from modelhooks.judging.chat import Answer, Ask, Chat, Sampling, Turn
from modelhooks.judging.reading import NoAnswer, answer

PROMPT = ({"role": "user", "content": "What is 17 + 25? Answer with the number and how you got it."},)
GOOD = "17 + 25 = 42. I add the tens, 10 + 20 = 30, and the ones, 7 + 5 = 12, which makes 42."
BAD = "The answer is 1725, because the two numbers are written one after the other. Also, addition is a myth."
EASY = Comparison(PROMPT, GOOD, BAD)
STEPS = Solution(PROMPT, ("The tens are 10 + 20 = 30.", "The ones are 7 + 5 = 13.", "So the sum is 43."))
RUBRIC = (Criterion("sum", "The response says that the sum is 42."),)
# From excellent to empty: raw scores of a reward model never all lie between 0 and 1.
LADDER = (GOOD, "42", "I think it is 42, but I am not sure.", "It is 41.", BAD, "No.")
WORDS = Sampling(max_tokens=200)
Check = tuple[Callable[[], bool], str]


@dataclass(frozen=True)
class Health:
    """What is wrong, in sentences; nothing where all is well."""

    faults: tuple[str, ...]

    @property
    def is_healthy(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def chat(asked: Chat) -> Health:
    """Whether a chat answers, and whether its server enforces a form that no model would choose by itself."""
    word = f"zq{secrets.token_hex(3)}"
    greeting = Ask((Turn("user", "Say hello."),), sampling=WORDS)
    forced = Ask((Turn("user", "What is the capital of France? Answer with its name."),), impossible(word), 1, WORDS)
    hello, reply = asked.ask([greeting, forced])
    if hello.error or reply.error:
        return Health((hello.error or reply.error,))
    try:
        answer(reply.samples[0], impossible(word), "")
    except NoAnswer:
        return Health(("The server does not enforce the form of an answer, so its verdicts could be anything.",))
    return Health(())


@cache
def impossible(word: str) -> type[Answer]:
    """An object whose only value is a word that stands nowhere in the question."""
    kind: Any = Literal[word]
    return create_model("Impossible", __base__=Answer, capital=(kind, ...))


def preference(judge: PreferenceJudge) -> Health:
    """Whether a judge prefers what is right to what is wrong, whichever is named first."""
    swapped = Comparison(PROMPT, BAD, GOOD)
    known, turned = judge.judge([EASY, swapped])
    if known.error or turned.error:
        return Health((known.error or turned.error,))
    if (known.preference, turned.preference) != ("first", "second"):
        said = known.reason or turned.reason or "It prefers a wrong sum to a right one."
        return Health((f"The judge does not decide an easy case. {said}",))
    return Health(())


def reward(model: RewardModel) -> Health:
    """Whether scores are raw and finite, and a right answer's is higher than a wrong one's."""
    raw, error = _ladder(model)
    knows = (lambda: raw[0] > raw[LADDER.index(BAD)], "A wrong answer scores as high as a right one.")
    return Health((error,)) if error else _faults(*_on_a_raw_scale(raw), knows)


def scale(model: RewardModel) -> Health:
    """Whether scores are raw and finite, whatever the model thinks of the responses."""
    raw, error = _ladder(model)
    return Health((error,)) if error else _faults(*_on_a_raw_scale(raw))


def _ladder(model: RewardModel) -> tuple[list[float], str]:
    """The scores of all responses, or why there are not all of them."""
    (scores,) = model.score([ResponseGroup(PROMPT, LADDER)])
    raw = [score.raw for score in scores if score.raw is not None]
    return raw, next((score.error for score in scores if score.error), "")


def _on_a_raw_scale(raw: Sequence[float]) -> tuple[Check, ...]:
    return (
        (lambda: all(map(math.isfinite, raw)), "A score is not a number."),
        (lambda: len(set(raw)) > 1, "All responses score the same."),
        (lambda: not all(0 <= one <= 1 for one in raw), "The scores look squashed: all lie between 0 and 1."),
    )


def steps(model: ProcessRewardModel) -> Health:
    """Whether a right step scores higher than a wrong one."""
    (scores,) = model.score_steps([STEPS])
    values = [score.value for score in scores if score.value is not None]
    if len(values) < len(STEPS.steps):
        return Health((next(score.error for score in scores if score.error),))
    return _faults((lambda: values[0] > values[1], "A wrong step scores as high as a right one."))


def rubric(judge: RubricJudge) -> Health:
    """Whether a criterion that is plainly met, and plainly not, is told apart."""
    good, bad = judge.grade([Candidate(PROMPT, GOOD), Candidate(PROMPT, BAD)], RUBRIC)
    if good.error or bad.error:
        return Health((good.error or bad.error,))
    if (good.verdicts[0].verdict, bad.verdicts[0].verdict) != ("yes", "no"):
        said = good.reason or bad.reason or "It does not see which response says 42."
        return Health((f"The judge does not decide an easy case. {said}",))
    return Health(())


def _faults(*checks: Check) -> Health:
    return Health(tuple(sentence for holds, sentence in checks if not holds()))


def together(found: Sequence[Health]) -> Health:
    """All faults of several checks."""
    return Health(tuple(fault for one in found for fault in one.faults))

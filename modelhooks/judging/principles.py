"""What feedback judges by, as binary principles with the words that say so.

The idea is *RLBFF*, binary flexible feedback (2025, from its abstract); prompt, form and checks are ours. What is
quoted has to stand in the feedback: else the model made it up, and it is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from modelhooks.contracts import Feedback, Principle, Principles
from modelhooks.judging.asking import Heard, Question, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.criteria import INVENTED, SIEVE, Sieve, fault, listed
from modelhooks.judging.quotes import spaced, stands_in
from modelhooks.prompts import prompt

PRINCIPLES = "principles-1"
MOST = 12
EMPTY = "There is no feedback to read."


class Said(Answer):
    """One principle, and what the feedback says of it."""

    quote: str
    text: str
    holds: Literal["yes", "no"]


@dataclass(frozen=True)
class PrincipleFinder:
    """Finds out what feedback judges by."""

    setting: Setting

    @property
    def fingerprint(self) -> str:
        """Whatever changes what is found."""
        return self.setting.fingerprint(PRINCIPLES, writer="principles", sieve=SIEVE, most=MOST)

    def find_principles(self, feedbacks: Sequence[Feedback]) -> list[Principles]:
        """What each feedback judges by."""
        heard = hear(self.setting, [self._question(one) for one in feedbacks])
        return [_principles(one, said) for one, said in zip(feedbacks, heard, strict=True)]

    def _question(self, one: Feedback) -> Question[Answer]:
        if not one.text.strip():
            return Question(None, finding(), reason=EMPTY)
        texts = {
            "response": ("the response that it is about", one.response) if one.response else ("", ""),
            "feedback": ("the feedback", one.text),
        }
        words = {"most": str(MOST)}
        return question(self.setting, prompt(PRINCIPLES), finding(), one.prompt, texts=texts, words=words)


def _principles(one: Feedback, heard: Heard[Answer]) -> Principles:
    sieve: Sieve[Principle] = Sieve()
    for each in listed(heard, "principles"):
        text = spaced(each.text)
        if sieve.lets(text, fault(text), "" if stands_in(each.quote, one.text) else INVENTED):
            sieve.kept.append(Principle(text, each.holds == "yes", spaced(each.quote)))
    return Principles(tuple(sieve.kept), dict(sieve.refused), heard.trouble, heard.texts, heard.usage, heard.error)


@cache
def finding() -> type[Answer]:
    """What is praised and blamed, and the principles."""
    principles: Any = Annotated[list[Said], Field(max_length=MOST)]
    return create_model("Finding", __base__=Answer, case=(str, ...), reasoning=(str, ...), principles=(principles, ...))

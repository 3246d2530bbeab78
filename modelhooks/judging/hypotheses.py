"""Criteria that may be at work and that nobody named: guesses from pairs and their labels, to be tested on others."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from modelhooks.contracts import Explaining, Hypotheses, Hypothesis
from modelhooks.judging.asking import Heard, Question, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.criteria import SIEVE, Sieve, fault_of, listed, place
from modelhooks.judging.quotes import spaced
from modelhooks.judging.several import messages_of, name, texts_of_pairs, with_pairs
from modelhooks.prompts import prompt

HYPOTHESES = "hypotheses-1"
KNOWN = "A known criterion says the same."


@dataclass(frozen=True)
class HypothesisWriter:
    """Guesses what people went by."""

    setting: Setting

    @property
    def fingerprint(self) -> str:
        """Whatever changes a guess."""
        return self.setting.fingerprint(HYPOTHESES, writer="hypotheses", sieve=SIEVE)

    def explain(self, several: Sequence[Explaining]) -> list[Hypotheses]:
        """Which criteria may be at work that nobody named."""
        heard = hear(self.setting, [self._question(one) for one in several])
        return [_hypotheses(one, said) for one, said in zip(several, heard, strict=True)]

    def _question(self, one: Explaining) -> Question[Answer]:
        pairs = texts_of_pairs(one.pairs)
        known = "\n".join(f"- {spaced(text)}" for text in one.criteria) or "(none)"
        texts = {**pairs, "criteria": ("the criteria that are known", known)}
        worded, shape = with_pairs(prompt(HYPOTHESES), pairs), guessing(len(one.pairs), one.most)
        messages, words = messages_of(one.pairs), {"most": str(one.most)}
        return question(self.setting, worded, shape, messages, texts=texts, words=words)


def _hypotheses(one: Explaining, heard: Heard[Answer]) -> Hypotheses:
    known = {spaced(text).casefold() for text in one.criteria}
    sieve: Sieve[Hypothesis] = Sieve()
    for each in listed(heard, "hypotheses"):
        text = spaced(each.text)
        if sieve.lets(text, fault_of(text, one.pairs), KNOWN if text.casefold() in known else ""):
            sieve.kept.append(Hypothesis(text, tuple(sorted(set(map(place, each.pairs))))))
    return Hypotheses(tuple(sieve.kept), dict(sieve.refused), heard.trouble, heard.texts, heard.usage, heard.error)


@cache
def guessing(pairs: int, most: int) -> type[Answer]:
    """What is unexplained, and guesses about so many pairs."""
    named: Any = Annotated[list[Literal[tuple(map(name, range(pairs)))]], Field(min_length=1, max_length=pairs)]  # type: ignore[misc]
    guess = create_model("Guess", __base__=Answer, pairs=(named, ...), text=(str, ...))
    found: Any = Annotated[list[guess], Field(max_length=most)]  # type: ignore[valid-type]
    return create_model("Guessing", __base__=Answer, case=(str, ...), reasoning=(str, ...), hypotheses=(found, ...))

"""What an instruction demands, said and unsaid, as constraints that a response can be checked by.

The idea is the deconstruction of instructions in *ACE-RL* (2025, from its abstract); prompt, form and checks are ours.
An explicit constraint quotes the instruction, and what the instruction does not have is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from modelhooks.contracts import Constraint, Constraints, Instruction
from modelhooks.judging.asking import Heard, Question, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.criteria import INVENTED, NOTHING_LEFT, SIEVE, Sieve, fault, listed
from modelhooks.judging.fences import texts_of
from modelhooks.judging.quotes import spaced, stands_in
from modelhooks.prompts import prompt

CONSTRAINTS = "constraints-1"
MOST = 20
EMPTY = "There is no instruction to take apart."


class Demanded(Answer):
    """One thing that is demanded."""

    quote: str
    kind: Literal["explicit", "implicit"]
    text: str


@dataclass(frozen=True)
class ConstraintFinder:
    """Takes instructions apart."""

    setting: Setting

    @property
    def fingerprint(self) -> str:
        """Whatever changes what is found."""
        return self.setting.fingerprint(CONSTRAINTS, writer="constraints", sieve=SIEVE, most=MOST)

    def find_constraints(self, instructions: Sequence[Instruction]) -> list[Constraints]:
        """What each prompt demands."""
        heard = hear(self.setting, [self._question(one) for one in instructions])
        return [_constraints(one, said) for one, said in zip(instructions, heard, strict=True)]

    def _question(self, one: Instruction) -> Question[Answer]:
        if not any(text.strip() for text in texts_of(one.prompt)):
            return Question(None, demanding(), reason=EMPTY)
        words = {"most": str(MOST)}
        return question(self.setting, prompt(CONSTRAINTS), demanding(), one.prompt, texts={}, words=words)


def _constraints(one: Instruction, heard: Heard[Answer]) -> Constraints:
    sieve: Sieve[Constraint] = Sieve()
    for each in listed(heard, "constraints"):
        text, is_explicit = spaced(each.text), each.kind == "explicit"
        is_invented = is_explicit and not any(stands_in(each.quote, message) for message in texts_of(one.prompt))
        if sieve.lets(text, fault(text), INVENTED if is_invented else ""):
            sieve.kept.append(Constraint(text, is_explicit, spaced(each.quote) if is_explicit else ""))
    reason = heard.trouble or ("" if sieve.kept else NOTHING_LEFT)
    return Constraints(tuple(sieve.kept), dict(sieve.refused), reason, heard.texts, heard.usage, heard.error)


@cache
def demanding() -> type[Answer]:
    """What is asked for, and the constraints."""
    found: Any = Annotated[list[Demanded], Field(min_length=1, max_length=MOST)]
    return create_model("Demanding", __base__=Answer, case=(str, ...), reasoning=(str, ...), constraints=(found, ...))

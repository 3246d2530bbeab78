"""A rubric mended by the pairs that it got wrong.

Whether the new one is better is for held-out labels to say (rubrics that evolve in *MPO*, 2025, from its abstract);
prompt and form are ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from modelhooks.contracts import Misjudged, Revised, RevisedCriterion, Revision
from modelhooks.judging.asking import Heard, Question, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.criteria import NOTHING_LEFT, SIEVE, Sieve, fault_of, key, lines, listed, place
from modelhooks.judging.quotes import spaced
from modelhooks.judging.several import messages_of, texts_of_pairs, with_pairs
from modelhooks.prompts import prompt

REVISING = "revising-1"
MOST = 30
NEW = "new"
TAKEN = "It is made of a criterion that another one was made of."


@dataclass(frozen=True)
class Reviser:
    """Mends rubrics."""

    setting: Setting

    @property
    def fingerprint(self) -> str:
        """Whatever changes a revision."""
        return self.setting.fingerprint(REVISING, writer="revising", sieve=SIEVE, most=MOST)

    def revise(self, revisions: Sequence[Revision]) -> list[Revised]:
        """Each rubric as its errors suggest."""
        heard = hear(self.setting, [self._question(one) for one in revisions])
        return [_revised(one, said) for one, said in zip(revisions, heard, strict=True)]

    def _question(self, one: Revision) -> Question[Answer]:
        pairs = texts_of_pairs(one.errors, [_verdicts(each) for each in one.errors])
        texts = {**pairs, "criteria": ("the criteria", lines(one.criteria))}
        worded, shape = with_pairs(prompt(REVISING), pairs), mending(len(one.criteria))
        messages, words = messages_of(one.errors), {"most": str(MOST)}
        return question(self.setting, worded, shape, messages, texts=texts, words=words)


def _verdicts(one: Misjudged) -> str:
    return "\n".join(
        f"{key(number)}: the better response {spaced(better)}, the worse one {spaced(worse)}"
        for number, (better, worse) in enumerate(one.verdicts)
    )


def _revised(one: Revision, heard: Heard[Answer]) -> Revised:
    known = {spaced(each.text) for each in one.criteria}
    sieve: Sieve[RevisedCriterion] = Sieve()
    taken: set[int] = set()
    for each in listed(heard, "criteria"):
        text, was = spaced(each.text), None if each.was == NEW else place(each.was)
        # What stood there before was somebody's decision, also where it happens to say what a response says.
        if sieve.lets(text, "" if text in known else fault_of(text, one.errors), TAKEN if was in taken else ""):
            taken |= set() if was is None else {was}
            sieve.kept.append(RevisedCriterion(text, each.kind, was))
    diagnosis = "".join(str(getattr(found, "diagnosis")) for found in heard.found)  # noqa: B009
    reason = heard.trouble or ("" if sieve.kept else NOTHING_LEFT)
    told = (dict(sieve.refused), reason, heard.texts, heard.usage, heard.error)
    return Revised(tuple(sieve.kept), diagnosis, *told)


@cache
def mending(count: int) -> type[Answer]:
    """What is at fault, and the whole list anew."""
    was: Any = Literal[(*map(key, range(count)), NEW)]
    kind: Any = Literal["hard_rule", "principle"]
    mended = create_model("Mended", __base__=Answer, was=(was, ...), text=(str, ...), kind=(kind, ...))
    criteria: Any = Annotated[list[mended], Field(min_length=1, max_length=MOST)]  # type: ignore[valid-type]
    return create_model("Mending", __base__=Answer, case=(str, ...), diagnosis=(str, ...), criteria=(criteria, ...))

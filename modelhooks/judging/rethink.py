"""Branch and rethink: first what could be wrong where it matters most, then a look at just that, then the verdict.

Two rounds with a strict form each (the idea of *BR-RM*, 2025, from its abstract; prompt and forms are ours). A sample
whose first round cannot be read has no second: there is nothing to think again about. Both rounds are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import Field

from modelhooks.contracts import Comparison, Judgment, Orders, Usage
from modelhooks.judging.asking import Heard, Question, Read, Setting, hear
from modelhooks.judging.chat import Answer, Turn
from modelhooks.judging.fences import harmless
from modelhooks.judging.orders import Order
from modelhooks.judging.pairs import Seated, order, pair_question, seated, together, verdict_shape

NAME = "rethink-1"
Dimension = Literal[
    "correct facts",
    "correct reasoning",
    "correct code",
    "follows instructions",
    "complete",
    "safe and honest",
    "fits its reader",
    "clear",
]
UpToThree = Annotated[list[str], Field(min_length=1, max_length=3)]
FINDINGS: tuple[tuple[str, Any], ...] = (("findings_a", UpToThree), ("findings_b", UpToThree))


class Branch(Answer):
    """The first round."""

    case: str
    dimensions: Annotated[list[Dimension], Field(min_length=1, max_length=3)]
    suspicions_a: UpToThree
    suspicions_b: UpToThree


@dataclass(frozen=True)
class RethinkJudge:
    """A PreferenceJudge of two rounds; every sample of the first round is followed up by one of the second."""

    setting: Setting
    allows_tie: bool = True

    @property
    def fingerprint(self) -> str:
        """Whatever changes a judgment, the number of samples and the orders aside."""
        return self.setting.fingerprint(NAME, judge="rethink", allows_tie=self.allows_tie)

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        """One judgment per comparison, of `n` samples in each order."""
        pairs = seated(comparisons, orders)
        first = [self._first(pair, n) for pair in pairs]
        branches = hear(self.setting, first)
        second = [
            self._second(question, read)
            for question, heard in zip(first, branches, strict=True)
            for read in heard.reads
        ]
        verdicts = iter(hear(self.setting, second))
        found = [
            self._order(pair, heard, [next(verdicts) for _ in heard.reads], n)
            for pair, heard in zip(pairs, branches, strict=True)
        ]
        return together(found, orders)

    def _first(self, pair: Seated, n: int) -> Question[Answer]:
        return pair_question(self.setting, NAME, Branch, pair, samples=n, allows_tie=self.allows_tie)

    def _second(self, first: Question[Answer], read: Read[Answer]) -> Question[Answer]:
        """The first round goes on. Its code is the same, since the material stands behind the same fences."""
        shape = verdict_shape("Rethink", FINDINGS, self.allows_tie)
        if read.found is None or first.asked is None:
            return Question(None, shape, reason=read.error)
        turns = (*first.asked.turns, Turn("assistant", harmless(read.text)), *first.later)
        return Question(replace(first.asked, turns=turns, shape=shape, samples=1), shape, first.code)

    @staticmethod
    def _order(pair: Seated, branch: Heard[Answer], verdicts: Sequence[Heard[Answer]], n: int) -> Order:
        """All second rounds as one answer about the pair on these sides."""
        reads = tuple(read for heard in verdicts for read in heard.reads or (Read("", None, heard.trouble),))
        usage = sum((heard.usage for heard in verdicts), Usage())
        errors = [branch.error, *(heard.error for heard in verdicts)]
        whole = Heard(reads, usage, next(filter(None, errors), ""), branch.reason)
        return order(pair, whole, n, branch.texts, branch.usage)

"""Which of two responses is better by a rubric, in both orders: a gatekeeper, criterion by criterion, then the verdict.

The phases are those of *OpenRubrics* (2025) as its models are described; prompt and form are ours. The judge is told
neither what people said nor where the rubric came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from pydantic import create_model

from modelhooks.contracts import Comparison, Judgment, WrittenRubric
from modelhooks.judging.asking import Heard, Question, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.criteria import key, lines
from modelhooks.judging.orders import judgment
from modelhooks.judging.pairs import WITH_TIES, Seated, order, seated
from modelhooks.prompts import prompt

COMPLYING = "complying-1"
MOST_CRITERIA = 30
PASSES, NOBODY = "passes", "none"
TORN_BY_ITSELF = "The judge's verdict contradicts its own gatekeeper."


class Compared(Answer):
    """One criterion, held against both responses."""

    reasoning: str
    winner: Literal["A", "B", "same"]


@dataclass(frozen=True)
class Complied:
    """A judgment by a rubric. `told_apart` has for each criterion by how much the first response meets it better, in
    [-1, 1]: the mean over the samples that could be read.
    """

    judgment: Judgment
    told_apart: tuple[float, ...]


@dataclass(frozen=True)
class ComplyingJudge:
    """Judges pairs by a rubric each, by so many votes in each order: one as the setting draws, several at
    `temperature`, since without chance they would all be the same.
    """

    setting: Setting
    temperature: float = 0.7

    @property
    def fingerprint(self) -> str:
        """Whatever changes a judgment; the rubric is part of what is asked."""
        return self.setting.fingerprint(COMPLYING, judge="complying", temperature=self.temperature)

    def judge(self, pairs: Sequence[tuple[Comparison, WrittenRubric]], *, votes: Sequence[int]) -> list[Complied]:
        """One judgment for each pair. Raises ValueError for a rubric of no or more than 30 criteria."""
        both = [
            (one, rubric, n) for (pair, rubric), n in zip(pairs, votes, strict=True) for one in _seats(pair, rubric)
        ]
        heard = hear(self.setting, [self._question(one, rubric, n) for one, rubric, n in both])
        found = list(zip(both, map(_coherent, heard), strict=True))
        return [_complied(found[begin : begin + 2]) for begin in range(0, len(found), 2)]

    def _question(self, pair: Seated, rubric: WrittenRubric, votes: int) -> Question[Answer]:
        texts = {
            "first": ("response A", pair.a),
            "second": ("response B", pair.b),
            "criteria": ("criteria", lines(rubric)),
        }
        words = {"verdicts": WITH_TIES}
        shape, worded, messages = complying(len(rubric)), prompt(COMPLYING), pair.comparison.prompt
        return question(self._drawing(votes), worded, shape, messages, texts=texts, words=words, samples=votes)

    def _drawing(self, votes: int) -> Setting:
        if votes == 1:
            return self.setting
        return replace(self.setting, sampling=replace(self.setting.sampling, temperature=self.temperature))


Heards = Sequence[tuple[tuple[Seated, WrittenRubric, int], Heard[Answer]]]


def _seats(pair: Comparison, rubric: WrittenRubric) -> list[Seated]:
    if not 1 <= len(rubric) <= MOST_CRITERIA:
        raise ValueError(f"A rubric that a pair is judged by has 1 to {MOST_CRITERIA} criteria.")
    return seated([pair], "both")


def _coherent(heard: Heard[Answer]) -> Heard[Answer]:
    """Without answers whose verdict is not what their own gatekeeper makes it: nobody knows which of both is meant."""
    reads = (replace(one, found=None, error=TORN_BY_ITSELF) if _contradicts(one.found) else one for one in heard.reads)
    return replace(heard, reads=tuple(reads))


def _contradicts(found: Any) -> bool:
    if found is None or found.gatekeeper == NOBODY or found.gate_a == found.gate_b:
        return False
    return bool(found.verdict != ("A" if found.gate_a == PASSES else "B"))


def _complied(found: Heards) -> Complied:
    """One judgment from both orders."""
    (_, rubric, _), _ = found[0]
    judged = judgment([order(pair, heard, votes) for (pair, _, votes), heard in found])
    return Complied(judged, tuple(_apart(found, key(number)) for number in range(len(rubric))))


def _apart(found: Heards, criterion: str) -> float:
    won = [
        {"same": 0, "B" if pair.is_swapped else "A": 1}.get(getattr(read, criterion).winner, -1)
        for (pair, _, _), heard in found
        for read in heard.found
    ]
    return sum(won) / len(won) if won else 0.0


@cache
def complying(count: int) -> type[Answer]:
    """The gatekeeper, each criterion by a key of ours, and the verdict."""
    keys = [key(number) for number in range(count)]
    gate: Any = Literal["passes", "fails"]
    gatekeeper: Any = Literal[(*keys, NOBODY)]
    verdict: Any = Literal["A", "B", "tie"]
    fields: dict[str, Any] = {
        "case": (str, ...),
        "gatekeeper": (gatekeeper, ...),
        "gate_reasoning": (str, ...),
        "gate_a": (gate, ...),
        "gate_b": (gate, ...),
        **dict.fromkeys(keys, (Compared, ...)),
        "reasoning": (str, ...),
        "verdict": (verdict, ...),
    }
    made: type[Answer] = create_model("Complying", __base__=Answer, **fields)
    return made

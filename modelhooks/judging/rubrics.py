"""Whether a response meets each criterion of a rubric, with the words that decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import create_model

from modelhooks.contracts import (
    Candidate,
    Criterion,
    CriterionVerdict,
    CriterionVerdicts,
    Rubric,
)
from modelhooks.judging.asking import Heard, Question, Read, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.confidence import majority
from modelhooks.judging.fences import bare
from modelhooks.judging.quotes import spaced
from modelhooks.prompts import prompt

GRADER = "rubric-1"
PLAIN = ("yes", "no", "na")
MOST_CRITERIA = 30
INVENTED = "The judge quotes words that the response does not have."


@dataclass(frozen=True)
class GradingJudge:
    """A RubricJudge. A criterion whose evidence is not in the response abstains: the judge read something else."""

    setting: Setting
    samples: int = 1

    @property
    def fingerprint(self) -> str:
        """Whatever changes a verdict; the rubric is part of what is asked."""
        return self.setting.fingerprint(GRADER, judge="rubric", samples=self.samples)

    def grade(self, candidates: Sequence[Candidate], rubric: Rubric) -> list[CriterionVerdicts]:
        """One answered rubric per candidate. Raises ValueError for a rubric of no or more than 30 criteria."""
        if not 1 <= len(rubric) <= MOST_CRITERIA:
            raise ValueError(f"A rubric that is asked about has 1 to {MOST_CRITERIA} criteria.")
        heard = hear(self.setting, [self._question(one, rubric) for one in candidates])
        return [self._verdicts(one, answer, rubric) for one, answer in zip(candidates, heard, strict=True)]

    def _question(self, one: Candidate, rubric: Rubric) -> Question[Answer]:
        texts = {
            "response": ("response", one.response),
            "reference": ("an answer that is known to be right", one.reference) if one.reference else ("", ""),
            "criteria": ("criteria", "\n".join(_line(number, each) for number, each in enumerate(rubric))),
        }
        shape = graded(tuple(each.levels for each in rubric))
        return question(self.setting, prompt(GRADER), shape, one.prompt, texts=texts, words={}, samples=self.samples)

    def _verdicts(self, one: Candidate, heard: Heard[Answer], rubric: Rubric) -> CriterionVerdicts:
        found = tuple(self._verdict(one, heard, number, each) for number, each in enumerate(rubric))
        return CriterionVerdicts(found, heard.is_whole, heard.texts, heard.usage, heard.trouble, heard.error)

    def _verdict(self, one: Candidate, heard: Heard[Answer], number: int, criterion: Criterion) -> CriterionVerdict:
        key = _key(number)
        said = [_said(read, key, one.response) for read in heard.reads]
        agreed = majority([verdict for verdict, _ in said])
        if agreed is None:
            return CriterionVerdict(criterion.key, None)
        evidence = next(quote for verdict, quote in said if verdict == agreed)
        return CriterionVerdict(criterion.key, agreed, self._p(heard, key, criterion, agreed), evidence)

    @staticmethod
    def _p(heard: Heard[Answer], key: str, criterion: Criterion, agreed: str | int) -> float | None:
        """The mean probability of the verdict over the samples that tell it."""
        options = [str(level) for level in criterion.levels] or list(PLAIN)
        all_told = [told for read in heard.reads if (told := read.told((key, "verdict"), options)) is not None]
        return sum(told.probabilities[str(agreed)] for told in all_told) / len(all_told) if all_told else None


def _said(read: Read[Answer], key: str, response: str) -> tuple[str | int | None, str]:
    """A sample's verdict on a criterion and its quote; none where it is unreadable or quotes what is not there."""
    if read.found is None:
        return None, ""
    one = getattr(read.found, key)
    quote = bare(one.evidence).strip()
    return (one.verdict, quote) if spaced(quote) in spaced(response) else (None, "")


def _key(number: int) -> str:
    return f"c{number + 1}"


def _line(number: int, criterion: Criterion) -> str:
    levels = f" Levels: {', '.join(map(str, criterion.levels))}." if criterion.levels else ""
    return f"{_key(number)}: {criterion.text}{levels}"


@cache
def graded(levels: tuple[tuple[int, ...], ...]) -> type[Answer]:
    """For each criterion, by a key of ours: reasoning, evidence, and one of its verdicts."""
    fields: dict[str, Any] = {"case": (str, ...)}
    for number, each in enumerate(levels):
        verdict: Any = Literal[each or PLAIN]
        one = create_model(
            f"Criterion{number + 1}", __base__=Answer, reasoning=(str, ...), evidence=(str, ...), verdict=(verdict, ...)
        )
        fields[_key(number)] = (one, ...)
    made: type[Answer] = create_model("Graded", __base__=Answer, **fields)
    return made

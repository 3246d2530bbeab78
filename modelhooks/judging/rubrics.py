"""Whether a response meets each criterion of a rubric, with the words that decide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from modelhooks.contracts import (
    Candidate,
    Criterion,
    CriterionVerdict,
    CriterionVerdicts,
    Part,
    Rubric,
)
from modelhooks.judging.asking import Heard, Question, Read, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.confidence import majority
from modelhooks.judging.fences import bare
from modelhooks.judging.quotes import spaced
from modelhooks.prompts import prompt

GRADER, IN_STEPS = "rubric-1", "rubric-2"  # the second where criteria say how they are decided
PLAIN = ("yes", "no", "na")
PRESENT, MET, UNSEEN = "present", "met", "not seen"
LOOKED_AT: Mapping[Part, str] = {
    "content": "what it says to its user",
    "reasoning": "what it thinks before it speaks",
    "tool_calls": "what it has its tools do",
    "tool_results": "what its tools answer",
}
MOST_CRITERIA = 30
INVENTED = "The judge quotes words that the response does not have."


@dataclass(frozen=True)
class GradingJudge:
    """A RubricJudge. A criterion whose evidence is not in the response abstains: the judge read something else.

    Where criteria say how they are decided, the order is that of *CM2*: what is looked at, the condition, each way to
    fail, the verdict; one that does not follow from these abstains.
    """

    setting: Setting
    samples: int = 1

    @property
    def fingerprint(self) -> str:
        """Whatever changes a verdict; the rubric is part of what is asked."""
        return self.setting.fingerprint(GRADER, IN_STEPS, judge="rubric", samples=self.samples)

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
        worded = prompt(IN_STEPS if any(each.says_how for each in rubric) else GRADER)
        shape = graded(tuple(map(_form, rubric)))
        return question(self.setting, worded, shape, one.prompt, texts=texts, words={}, samples=self.samples)

    def _verdicts(self, one: Candidate, heard: Heard[Answer], rubric: Rubric) -> CriterionVerdicts:
        found = tuple(self._verdict(one, heard, number, each) for number, each in enumerate(rubric))
        return CriterionVerdicts(found, heard.is_whole, heard.texts, heard.usage, heard.trouble, heard.error)

    def _verdict(self, one: Candidate, heard: Heard[Answer], number: int, criterion: Criterion) -> CriterionVerdict:
        key = _key(number)
        said = [_said(read, key, one.response, criterion) for read in heard.reads]
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


def _said(read: Read[Answer], key: str, response: str, criterion: Criterion) -> tuple[str | int | None, str]:
    """A sample's verdict on a criterion and its quote; none where it is unreadable, quotes what is not there, lacks the
    words that the criterion needs, or contradicts what it found on the way.
    """
    if read.found is None:
        return None, ""
    one = getattr(read.found, key)
    quote = bare(one.evidence).strip()
    is_shown = spaced(quote) in spaced(response) and (quote or not _needs_words(criterion, one.verdict))
    return (one.verdict, quote) if is_shown and not _contradicts(one, criterion) else (None, "")


def _needs_words(criterion: Criterion, verdict: str | int) -> bool:
    """Whether a criterion is met, fully or in part, that has to be seen to be met."""
    is_met = verdict > min(criterion.levels) if isinstance(verdict, int) else verdict == "yes"
    return criterion.needs_evidence and is_met


def _contradicts(one: Any, criterion: Criterion) -> bool:
    """Whether it says yes although it found what makes a no."""
    found = (getattr(one, "focus", PRESENT), getattr(one, "condition", MET), *getattr(one, "failures", ()))
    return not criterion.levels and one.verdict == "yes" and not {*found} <= {PRESENT, MET, UNSEEN}


def _key(number: int) -> str:
    return f"c{number + 1}"


def _line(number: int, criterion: Criterion) -> str:
    levels = f" Levels: {', '.join(map(str, criterion.levels))}." if criterion.levels else ""
    return "\n".join([f"{_key(number)}: {spaced(criterion.text)}{levels}", *_how(criterion)])


def _how(criterion: Criterion) -> Iterator[str]:
    """How a criterion is decided, each in a line of its own that nothing in it can end."""
    if criterion.focus_on:
        yield f"  Look at: {LOOKED_AT[criterion.focus_on]}"
    if criterion.pass_condition:
        yield f"  Has to be true: {spaced(criterion.pass_condition)}"
    for number, failure in enumerate(criterion.failure_examples, start=1):
        yield f"  Way to fail {number}: {spaced(failure)}"
    if criterion.needs_evidence:
        yield "  Needs evidence."


@dataclass(frozen=True)
class Form:
    """What one criterion is answered by."""

    levels: tuple[int, ...] = ()
    has_focus: bool = False
    has_condition: bool = False
    failures: int = 0


def _form(one: Criterion) -> Form:
    return Form(one.levels, bool(one.focus_on), bool(one.pass_condition), len(one.failure_examples))


@cache
def graded(forms: tuple[Form, ...]) -> type[Answer]:
    """For each criterion, by a key of ours: reasoning, evidence, what is found on the way, and one of its verdicts."""
    fields: dict[str, Any] = {"case": (str, ...)}
    for number, form in enumerate(forms):
        asked: dict[str, Any] = {"reasoning": (str, ...), "evidence": (str, ...), **_steps(form)}
        verdict: Any = Literal[form.levels or PLAIN]
        one = create_model(f"Criterion{number + 1}", __base__=Answer, **asked, verdict=(verdict, ...))
        fields[_key(number)] = (one, ...)
    made: type[Answer] = create_model("Graded", __base__=Answer, **fields)
    return made


def _steps(form: Form) -> dict[str, Any]:
    """What comes before a verdict, in this order."""
    focus: Any = Literal["present", "absent"]
    condition: Any = Literal["met", "partly", "not met"]
    failure: Any = Annotated[
        list[Literal["seen", "not seen"]], Field(min_length=form.failures, max_length=form.failures)
    ]
    return {
        **({"focus": (focus, ...)} if form.has_focus else {}),
        **({"condition": (condition, ...)} if form.has_condition else {}),
        **({"failures": (failure, ...)} if form.failures else {}),
    }

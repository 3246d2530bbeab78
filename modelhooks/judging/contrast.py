"""Rubrics out of a pair and its label: written several times from what makes the difference, kept where judging the
pair by them, in both orders and without being told, comes to the same label.

The idea is contrastive rubric generation with preference-label consistency (*OpenRubrics*, 2025, from its abstract);
prompts, forms and the choice among what is consistent are ours.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Annotated, Any

from pydantic import Field, create_model

from modelhooks.contracts import Attempt, Comparison, Contrast, Contrasted, Judgment, Usage, WrittenRubric
from modelhooks.judging.asking import Heard, Question, Setting, hear, question
from modelhooks.judging.chat import Answer
from modelhooks.judging.complying import Complied, ComplyingJudge
from modelhooks.judging.criteria import NOTHING_LEFT, SIEVE, Written, listed, sifted
from modelhooks.prompts import prompt

CONTRAST = "contrast-1"
FEWEST, MOST = 2, 10  # criteria of a rubric
OTHERWISE = "With this rubric the judge prefers the other response."
LEVEL = "With this rubric the judge finds neither better."
UNEXPLAINED = "No rubric that was written explains the label."
THE_SAME = "The two responses are the same, so nothing can make the difference."


@dataclass(frozen=True)
class Draft:
    """What came of one writing: the rubric, or why there is none. `error` where there was no answer."""

    criteria: WrittenRubric = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    error: str = ""


@dataclass(frozen=True)
class ContrastWriter:
    """Writes rubrics from contrasts, and has them judged."""

    setting: Setting
    judge: ComplyingJudge

    @property
    def fingerprint(self) -> str:
        """Whatever changes a rubric or what is made of it; attempts and votes are part of what is asked."""
        return self.setting.fingerprint(
            CONTRAST, writer="contrast", sieve=SIEVE, judge=self.judge.fingerprint, most=MOST
        )

    def contrast(self, contrasts: Sequence[Contrast]) -> list[Contrasted]:
        """All rubrics of all contrasts are written side by side, then all are judged side by side."""
        asked = [(one, number) for one in contrasts if one.better != one.worse for number in range(one.attempts)]
        heard = hear(self.setting, [self._question(one, number) for one, number in asked])
        drafts = [_draft(one, said) for (one, _), said in zip(asked, heard, strict=True)]
        judged = iter(self._judged([(one, draft) for (one, _), draft in zip(asked, drafts, strict=True)]))
        tried = iter(
            [(draft, said, next(judged) if draft.criteria else None) for draft, said in zip(drafts, heard, strict=True)]
        )
        return [
            _contrasted([next(tried) for _ in range(one.attempts)])
            if one.better != one.worse
            else Contrasted(reason=THE_SAME)
            for one in contrasts
        ]

    def _question(self, one: Contrast, number: int) -> Question[Answer]:
        """Each attempt draws in its own way, and has the better response on a side that says nothing."""
        drawn = replace(self.setting, sampling=replace(self.setting.sampling, seed=number))
        shown = [("the better response", one.better), ("the worse response", one.worse)]
        first, second = reversed(shown) if _is_turned(one, number) else shown
        words = {"count": f"{FEWEST} to {MOST}"}
        shape, texts = contrasting(), {"one": first, "other": second}
        return question(drawn, prompt(CONTRAST), shape, one.prompt, texts=texts, words=words)

    def _judged(self, drafts: Sequence[tuple[Contrast, Draft]]) -> list[Complied]:
        usable = [(one, draft) for one, draft in drafts if draft.criteria]
        pairs = [(Comparison(one.prompt, one.better, one.worse), draft.criteria) for one, draft in usable]
        return self.judge.judge(pairs, votes=[one.votes for one, _ in usable])


Tried = tuple[Draft, Heard[Answer], Complied | None]


def _is_turned(one: Contrast, number: int) -> bool:
    """By lot, and the same lot for the same texts."""
    texts = "\0".join((one.better, one.worse, str(number)))
    return hashlib.sha256(texts.encode("utf-8", "surrogatepass")).digest()[0] % 2 == 1


def _draft(one: Contrast, heard: Heard[Answer]) -> Draft:
    if not heard.found:
        return Draft(reason=heard.trouble, error=heard.error)
    criteria, refused = sifted(listed(heard, "criteria"), one)
    return Draft(criteria, refused, "" if criteria else NOTHING_LEFT)


def _contrasted(tried: Sequence[Tried]) -> Contrasted:
    attempts = tuple(_attempt(draft, judged) for draft, _, judged in tried)
    chosen = best(attempts)
    errors = [draft.error or (judged.judgment.error if judged else "") for draft, _, judged in tried]
    return Contrasted(
        attempts,
        chosen,
        reason="" if chosen is not None else _why(attempts),
        raw_text=tuple(text for _, heard, judged in tried for text in (*heard.texts, *_said(judged))),
        usage=sum((heard.usage + _used(judged) for _, heard, judged in tried), Usage()),
        # A label is not called unexplained where an answer is missing that could have explained it.
        error="" if chosen is not None else next(filter(None, errors), ""),
    )


def _why(attempts: Sequence[Attempt]) -> str:
    """Why none is chosen: where nothing was judged, that says nothing about the label."""
    return UNEXPLAINED if any(one.margin is not None for one in attempts) else attempts[0].reason


def best(attempts: Sequence[Attempt]) -> int | None:
    """The consistent one with the largest margin; of equal ones that whose criteria tell more apart, then the first."""
    kept = [place for place, one in enumerate(attempts) if one.is_consistent]
    return max(kept, key=lambda place: (*_strength(attempts[place]), -place), default=None)


def _strength(one: Attempt) -> tuple[float, float]:
    return one.margin or 0.0, sum(one.told_apart) / max(1, len(one.told_apart))


def _attempt(draft: Draft, judged: Complied | None) -> Attempt:
    if judged is None:
        return Attempt(reason=draft.reason, refused=draft.refused)
    found = judged.judgment
    return Attempt(
        draft.criteria,
        _by_order(found),
        None if found.p_first is None else 2 * found.p_first - 1,
        found.preference == "first",
        {"first": "", "second": OTHERWISE, "tie": LEVEL, None: found.reason}[found.preference],
        judged.told_apart,
        draft.refused,
    )


def _by_order(found: Judgment) -> tuple[Mapping[str, int], ...]:
    """By the response instead of the side: the better one is A in the first order, and B in the second."""
    meant = ({"A": "better", "B": "worse", "tie": "tie"}, {"A": "worse", "B": "better", "tie": "tie"})
    return tuple(
        {names[side]: count for side, count in votes.items()}
        for names, votes in zip(meant, found.by_order, strict=True)
    )


def _said(judged: Complied | None) -> tuple[str, ...]:
    return judged.judgment.raw_text if judged else ()


def _used(judged: Complied | None) -> Usage:
    return judged.judgment.usage if judged else Usage()


@cache
def contrasting() -> type[Answer]:
    """The difference, and the criteria that are made of it."""
    criteria: Any = Annotated[list[Written], Field(min_length=FEWEST, max_length=MOST)]
    return create_model(
        "Contrasting", __base__=Answer, case=(str, ...), difference=(str, ...), criteria=(criteria, ...)
    )

"""What writers of criteria have in common: the form of a written criterion, and which of them are left out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from modelhooks.contracts import Messages, WrittenCriterion, WrittenRubric
from modelhooks.judging.chat import Answer
from modelhooks.judging.fences import bare, texts_of
from modelhooks.judging.leaks import leak
from modelhooks.judging.quotes import spaced

LONGEST = 1_000  # characters of a criterion
EMPTY = "It says nothing."
LONG = "It is too long."
TWICE = "It says what another says."


class Written(Answer):
    """One criterion that a model wrote."""

    text: str
    kind: Literal["hard_rule", "principle"]


def sifted(
    written: Iterable[Written], shown: Sequence[tuple[str, ...]] = (), prompts: Iterable[Messages] = ()
) -> tuple[WrittenRubric, Mapping[str, int]]:
    """Those that can be judged by, and how many of the others were left out for which reason.

    `shown` are the responses that the writer saw, `prompts` what they answer.
    """
    responses = [text for each in shown for text in each]
    known = "\n".join(said for messages in prompts for said in texts_of(messages))
    kept: dict[str, WrittenCriterion] = {}
    refused: Counter[str] = Counter()
    for one in written:
        text = spaced(bare(one.text))
        reason = _fault(text) or leak(text, responses, known) or (TWICE if text.casefold() in kept else "")
        if reason:
            refused[reason] += 1
        else:
            kept[text.casefold()] = WrittenCriterion(text, one.kind)
    return tuple(kept.values()), dict(refused)


def _fault(text: str) -> str:
    if not any(map(str.isalpha, text)):
        return EMPTY
    return LONG if len(text) > LONGEST else ""


def lines(criteria: Sequence[WrittenCriterion]) -> str:
    """A rubric as it is shown, with a key for each criterion."""
    return "\n".join(
        f"{key(number)}{' (hard rule)' if one.kind == 'hard_rule' else ''}: {one.text}"
        for number, one in enumerate(criteria)
    )


def key(number: int) -> str:
    """The key of the criterion at this place."""
    return f"c{number + 1}"

"""What writers of criteria have in common: the form of a written criterion, and what is left out of what they write."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from modelhooks.contracts import WrittenCriterion, WrittenRubric
from modelhooks.judging.asking import Heard
from modelhooks.judging.chat import Answer
from modelhooks.judging.fences import texts_of
from modelhooks.judging.leaks import leak
from modelhooks.judging.quotes import spaced
from modelhooks.judging.several import Labeled

# Changes whenever the same criterion would be kept or left out otherwise than before: part of fingerprints.
SIEVE = 1
LONGEST = 1_000  # characters of a criterion
EMPTY = "It says nothing."
LONG = "It is too long."
TWICE = "It says what another says."
INVENTED = "It quotes words that are not there."
NOTHING_LEFT = "Every criterion that was written had to be left out."

Kept = TypeVar("Kept")


class Written(Answer):
    """One criterion that a model wrote."""

    text: str
    kind: Literal["hard_rule", "principle"]


@dataclass
class Sieve(Generic[Kept]):
    """What is kept, in its order, and how much else was left out for which reason."""

    kept: list[Kept] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    _texts: set[str] = field(default_factory=set)

    def lets(self, text: str, *reasons: str) -> bool:
        """Whether nothing stands against a text: none of the reasons that are no empty text, nor that it was said."""
        said = text.casefold()
        reason = next(filter(None, (*reasons, TWICE if said in self._texts else "")), "")
        if reason:
            self.refused[reason] += 1
        else:
            self._texts.add(said)
        return not reason


def listed(heard: Heard[Answer], name: str) -> list[Any]:
    """What stands in this list of the answers that could be read; the classes of answers are made at run time."""
    return [one for found in heard.found for one in getattr(found, name)]


def sifted(written: Iterable[Written], pair: Labeled) -> tuple[WrittenRubric, Mapping[str, int]]:
    """The criteria that can be judged by, and how many of the others were left out for which reason."""
    sieve: Sieve[WrittenCriterion] = Sieve()
    for one in written:
        text = spaced(one.text)
        if sieve.lets(text, fault_of(text, [pair])):
            sieve.kept.append(WrittenCriterion(text, one.kind))
    return tuple(sieve.kept), dict(sieve.refused)


def fault(text: str) -> str:
    """Why this is no criterion, whatever it was written from; empty where it is one."""
    if not any(map(str.isalpha, text)):
        return EMPTY
    return LONG if len(text) > LONGEST else ""


def fault_of(text: str, pairs: Sequence[Labeled]) -> str:
    """Why this is no criterion that was written from these pairs; empty where it is one."""
    responses = [response for pair in pairs for response in (pair.better, pair.worse)]
    known = "\n".join(said for pair in pairs for said in texts_of(pair.prompt))
    return fault(text) or leak(text, responses, known)


def lines(criteria: Sequence[WrittenCriterion]) -> str:
    """A rubric as it is shown: a key and a line for each criterion, which no text in it can end."""
    return "\n".join(
        f"{key(number)}{' (hard rule)' if one.kind == 'hard_rule' else ''}: {spaced(one.text)}"
        for number, one in enumerate(criteria)
    )


def key(number: int) -> str:
    """The key of the criterion at this place."""
    return f"c{number + 1}"


def place(key: str) -> int:
    """The inverse of `key`."""
    return int(key[1:]) - 1

"""Several pairs in one question: each message and each response in a fence of its own, under the name of its pair."""

import hashlib
from collections.abc import Sequence
from typing import Protocol

from modelhooks.contracts import Message, Messages
from modelhooks.judging.fences import labeled
from modelhooks.prompts import Prompt


class Labeled(Protocol):
    """A pair of which people say that one is better."""

    @property
    def prompt(self) -> Messages: ...

    @property
    def better(self) -> str: ...

    @property
    def worse(self) -> str: ...


Texts = dict[str, tuple[str, str]]


def name(place: int) -> str:
    """What the pair at this place is called."""
    return f"p{place + 1}"


def texts_of_pairs(pairs: Sequence[Labeled], more: Sequence[str] = ()) -> Texts:
    """By place: label and text of everything that belongs to a pair; `more` has something of ours behind each."""
    found: Texts = {}
    for place, pair in enumerate(pairs):
        called = name(place)
        for number, (label, text) in enumerate(labeled(pair.prompt)):
            found[f"{called}-{number}"] = (f"{called}, {label}", text)
        responses = [("better", pair.better), ("worse", pair.worse)]
        for side, text in reversed(responses) if _is_turned(pair) else responses:
            found[f"{called}-{side}"] = (f"{called}, the {side} response", text)
        if more:
            found[f"{called}-more"] = (f"{called}, what the judge said", more[place])
    return found


def messages_of(pairs: Sequence[Labeled]) -> tuple[Message, ...]:
    """All messages of all pairs, for what they show."""
    return tuple(message for pair in pairs for message in pair.prompt)


def with_pairs(worded: Prompt, texts: Texts) -> Prompt:
    """The prompt with a place for each of these texts."""
    return worded.with_place("pairs", "\n\n".join(f"{{{{{place}}}}}" for place in texts))


def _is_turned(pair: Labeled) -> bool:
    """Whether the worse one comes first: by lot, and the same lot for the same texts."""
    texts = "\0".join((pair.better, pair.worse))
    return hashlib.sha256(texts.encode("utf-8", "surrogatepass")).digest()[0] % 2 == 1

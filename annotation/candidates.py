"""New items out of what a generator wrote: which responses meet in which item, and where each came from.

Plain functions: the same responses make the same items, whoever asks and however often.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import combinations
from typing import Any, Literal

from annotation.imports.canonical import CanonicalItem, CanonicalResponse, Message
from modelhooks.contracts import Generation
from modelhooks.judging.candidates import Candidates

Shape = Literal["pairs", "one"]
FEWEST = 2  # responses of a new item
OF_THE_ITEM = ("model",)  # parameters of a generation that stand in a place of their own


@dataclass(frozen=True, slots=True)
class Origin:
    """The prompt that was answered, with what of its item or row holds for the new ones too."""

    messages: Sequence[Mapping[str, Any]]
    group: str
    principle: str = ""
    rubric: Sequence[Any] = ()
    language: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)
    """Of its source: what is known to be right, and which item or row it was."""


def made(
    origin: Origin,
    found: Candidates,
    *,
    shape: Shape,
    most_pairs: int,
    writer: str,
    source: Mapping[str, Any],
    tags: Sequence[str],
) -> list[CanonicalItem]:
    """One item of all responses, or one for each pair of them: all pairs, or `most_pairs` where that is not 0.

    None where fewer than two responses are left. `writer` is called their model where a response names none, and
    `source` says for each item which run made it.
    """
    if len(found.responses) < FEWEST:
        return []
    chosen = [found.responses] if shape == "one" else _pairs(origin, found.responses, most_pairs)
    told = {**origin.known, **source, "left_out": dict(found.left_out)}
    return [_item(origin, [_response(one, writer) for one in responses], told, tags) for responses in chosen]


def why_none(found: Candidates) -> str:
    """Why there are too few responses for an item, in a sentence."""
    left_out = ", ".join(f"{count} {reason}" for reason, count in sorted(found.left_out.items()))
    few = "No response was" if not found.responses else "Only one response was"
    return f"{few} left{f' ({left_out})' if left_out else ''}, and an item has two or more."


def _pairs(origin: Origin, responses: Sequence[Generation], most: int) -> list[tuple[Generation, ...]]:
    """All pairs in order; of too many those that a hash of prompt and responses draws, the same ones every time."""
    pairs: list[tuple[Generation, ...]] = list(combinations(responses, 2))
    if not 0 < most < len(pairs):
        return pairs
    drawn = set(sorted(range(len(pairs)), key=lambda place: _lot(origin, pairs[place]))[:most])
    return [pair for place, pair in enumerate(pairs) if place in drawn]


def _lot(origin: Origin, pair: Sequence[Generation]) -> bytes:
    written = json.dumps([list(origin.messages), *(one.text for one in pair)], sort_keys=True, default=str)
    return sha256(written.encode("utf-8", "replace")).digest()


def _item(
    origin: Origin, responses: list[CanonicalResponse], source: Mapping[str, Any], tags: Sequence[str]
) -> CanonicalItem:
    return CanonicalItem(
        messages=[_turn(turn) for turn in origin.messages],
        responses=responses,
        group=origin.group,
        source=dict(source),
        tags=list(tags),
        language=origin.language or None,
        principle=origin.principle or None,
        rubric=list(origin.rubric),
    )


def _turn(turn: Mapping[str, Any]) -> Message:
    return dict(turn)  # type: ignore[return-value]  # a stored turn is one


def _response(one: Generation, writer: str) -> CanonicalResponse:
    params = dict(_recorded(one))
    return CanonicalResponse(
        messages=[{"role": "assistant", "content": one.text}],
        model=str(one.parameters.get("model") or writer),
        params={**params, "finish_reason": one.finish_reason},
    )


def _recorded(one: Generation) -> Iterator[tuple[str, Any]]:
    """What the response was drawn with; what says nothing is left out."""
    for name, value in one.parameters.items():
        if name not in OF_THE_ITEM and value not in (None, ""):
            yield name, value

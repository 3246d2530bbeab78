"""Turns of a conversation as every page shows them: words as HTML, what is folded as lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from annotation.folds import Fold, Room, of_turn, thought
from annotation.queries.shown import NO_FILES, Files, ShownFile
from annotation.turns import Exchange, exchanges

SPEAKERS = {"system": "System", "user": "User", "assistant": "Assistant", "tool": "Tool"}
FEW, SHORT = 3, 600  # as many earlier turns with as many characters stand open above the last user turn


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. `number` counts through the prompt and on through each response, from 1."""

    number: int
    role: str
    html: SafeString | None
    thought: Fold | None = None
    folds: Sequence[Fold] = ()
    files: Sequence[ShownFile] = ()

    @property
    def speaker(self) -> str:
        return SPEAKERS.get(self.role, self.role)


def texts(messages: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The words of turns that want rendering, in the order in which `laid_out` takes them."""
    return (str(message["content"]) for message in messages if _is_rendered(message))


def laid_out(
    messages: Sequence[Mapping[str, Any]],
    html: Iterator[SafeString],
    *,
    owner: str,
    room: Room,
    after: int = 0,
    as_written: bool = False,
    files: Files = NO_FILES,
) -> list[Turn]:
    """The turns that are seen: a result stands with its call. `after` is the number of the turn before them."""
    made = exchanges(messages)
    shown = files.of(messages, owner)
    found: list[Turn] = []
    for place, message in enumerate(messages):
        if message["role"] == "tool" and place not in made:
            continue
        turn = Turn(
            number=after + len(found) + 1,
            role=message["role"],
            html=next(html) if _is_rendered(message) else None,
            thought=thought(message, f"{owner}-{place}-thought", room),
            folds=of_turn(place, made, owner, room, as_written=as_written),
            files=[file for at in _shown_with(place, made) for file in shown[at]],
        )
        found.append(turn)
    return found


def parted(turns: Sequence[Turn], messages: Sequence[Mapping[str, Any]]) -> tuple[list[Turn], list[Turn]]:
    """What came before the last user turn, where it is long enough to fold, and what stands open."""
    at = max((place for place, turn in enumerate(turns) if turn.role == "user"), default=0)
    earlier = turns[:at]
    said = sum(len(message["content"]) for message in messages[: len(earlier)])
    if len(earlier) <= FEW and said <= SHORT and not any(turn.folds for turn in earlier):
        return [], list(turns)
    return list(earlier), list(turns[at:])


def _shown_with(place: int, made: Mapping[int, Sequence[Exchange]]) -> list[int]:
    """The turns whose files stand with this one: its own, and those of the results that answer its calls."""
    results = [one.result_turn for one in made.get(place, ()) if one.result is not None]
    return [place, *(at for at in results if at != place)]


def _is_rendered(message: Mapping[str, Any]) -> bool:
    """Results of tools are folded and shown as they are; a turn that only calls or shows says nothing."""
    is_silent = message.get("tool_calls") or message.get("media")
    return message["role"] != "tool" and bool(message["content"] or not is_silent)

"""What of a turn is folded to one line on every page: calls of tools with their results, and thoughts.

A page holds a bounded part of them, whatever an import holds. The rest is one click away, where all of it is shown as
it was written.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from annotation.turns import Exchange, Turn
from ui.rendering import raw_source

SHOWN = 2_000  # characters of one part
ON_A_PAGE = 60_000  # characters of all folded parts of a page together
MOST_ARGUMENTS = 20  # shown under names of their own
GIST = 90
LEFT_OUT = "⋯"


@dataclass(frozen=True, slots=True)
class Part:
    """One text inside a fold, under its label."""

    label: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Fold:
    """One line that opens. `key` is its own on the page; `cut` says how much there is where not all of it is here."""

    key: str
    kind: str  # call, result or thought
    name: str
    gist: str
    size: str
    is_error: bool
    parts: tuple[Part, ...]
    cut: str


class Room:
    """How much of folded texts a page still takes."""

    def __init__(self, left: int = ON_A_PAGE, *, is_endless: bool = False) -> None:
        self.left, self.is_endless = left, is_endless

    def parts(self, written: Sequence[tuple[str, str]]) -> tuple[tuple[Part, ...], str]:
        """Labels and texts as parts, as much of each as there is room for, and how much there is where that is less."""
        kept = [(label, text, self._take(text)) for label, text in written]
        parts = tuple(Part(label, raw_source(shown)) for label, text, shown in kept if shown or not text)
        is_whole = all(text == shown for _, text, shown in kept)
        return parts, "" if is_whole else _characters(sum(len(text) for _, text in written))

    def _take(self, text: str) -> str:
        if self.is_endless:
            return text
        room = min(SHOWN, self.left)
        if len(text) <= room:
            self.left -= len(text)
            return text
        self.left -= room
        tail = room // 3  # where a log says how it ended
        return f"{text[: room - tail]}\n{LEFT_OUT}\n{text[-tail:]}" if tail else ""


def thought(turn: Turn, key: str, room: Room) -> Fold | None:
    """What the assistant thought before it spoke, if it is known."""
    text = turn.get("reasoning")
    if not text:
        return None
    words = len(text.split())
    parts, cut = room.parts([("", text)])
    return Fold(key, "thought", "Thought", gist(text), f"{words:,} word{'' if words == 1 else 's'}", False, parts, cut)


def of_turn(
    number: int, made: Mapping[int, Sequence[Exchange]], owner: str, room: Room, *, as_written: bool = False
) -> list[Fold]:
    """The calls and results that are read under a turn; `owner` names whose turns these are on the page.

    `as_written` shows the arguments of a call as the one text that they are.
    """
    return [
        _exchange(each, f"{owner}-{number}-{place}", room, as_written)
        for place, each in enumerate(made.get(number, ()))
    ]


def _exchange(found: Exchange, key: str, room: Room, as_written: bool) -> Fold:
    call, result = found.call, found.result
    is_error = bool(result and result.get("is_error"))
    came_back = [("Error" if is_error else "Result", str(result["content"]))] if result else []
    parts, cut = room.parts([*(_arguments(call["arguments"], as_written) if call else ()), *came_back])
    return Fold(
        key=key,
        kind="call" if call else "result",
        name=call["name"] if call else str((result or {}).get("name", "Result")),
        gist=_first_argument(call["arguments"]) if call else gist(came_back[0][1]),
        size=_characters(len(came_back[0][1])) if came_back else "no result",
        is_error=is_error,
        parts=parts,
        cut=cut,
    )


def gist(text: str) -> str:
    """The first line that says something, short, without what would reorder or hide it."""
    line = next((line for line in text[: 20 * GIST].splitlines() if line.strip()), "")
    shown = "".join(letter if letter.isprintable() else " " for letter in line.strip())
    return f"{shown[:GIST]}…" if len(shown) > GIST else shown


def _arguments(written: str, as_written: bool) -> Iterator[tuple[str, str]]:
    named = None if as_written else _named(written)
    if named is None:
        if written:
            yield "Arguments", written
        return
    yield from ((gist(name), value) for name, value in named[:MOST_ARGUMENTS])
    if rest := named[MOST_ARGUMENTS:]:
        yield f"{len(rest)} more", "\n".join(f"{name}: {value}" for name, value in rest)


def _named(written: str) -> list[tuple[str, str]] | None:
    """Arguments by name, if they are a JSON object that says each name once; a text as itself, the rest as JSON."""
    try:
        found = json.loads(written, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        return None
    return [(name, _text(value)) for name, value in found.items()] if isinstance(found, dict) else None


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that stands twice would hide one of its values."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _first_argument(written: str) -> str:
    named = _named(written)
    if named is None:
        return gist(written)
    return gist(named[0][1]) if named else ""


def _characters(count: int) -> str:
    return f"{count:,} character{'' if count == 1 else 's'}" if count else "empty"

"""A version of the guideline beside the one before it: what changed, with the long unchanged parts folded away."""

from collections.abc import Iterator
from dataclasses import dataclass

from ui import differences

AROUND = 2  # unchanged lines shown beside a change


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is the `same`, was an `add` or a `cut`; or a `gap` of `count` lines that are not shown."""

    kind: str
    text: str = ""
    count: int = 0


def pieces(old: str, new: str) -> list[Piece]:
    """From old to new in one text; empty when nothing changed."""
    if old == new:
        return []
    changes = differences.difference(old, new).changes
    last = len(changes) - 1
    return [
        piece
        for place, (kind, text) in enumerate(changes)
        for piece in (
            _folded(text, is_first=place == 0, is_last=place == last) if kind == "same" else [Piece(kind, text)]
        )
    ]


def _folded(text: str, *, is_first: bool, is_last: bool) -> Iterator[Piece]:
    lines = text.splitlines(keepends=True)
    head, tail = 0 if is_first else AROUND, 0 if is_last else AROUND
    hidden = len(lines) - head - tail
    if hidden <= AROUND:
        yield Piece("same", text)
        return
    if head:
        yield Piece("same", "".join(lines[:head]))
    yield Piece("gap", count=hidden)
    if tail:
        yield Piece("same", "".join(lines[-tail:]))

"""What a reader yields."""

from typing import Any, NamedTuple

LONGEST_EXCERPT = 500


class Unreadable(NamedTuple):
    """A row that could not be read: why, as a sentence, and how it begins, safe to show."""

    reason: str
    excerpt: str


class Record(NamedTuple):
    """One row of a file.

    The number is what a person would look for: the line in a file of lines and in CSV (where the row begins), else the
    position of the row; it grows from row to row. `offset` is where the next row begins in a plain file of lines, for
    resuming; elsewhere it is None.
    """

    number: int
    value: dict[str, Any] | Unreadable
    offset: int | None


class Position(NamedTuple):
    """Where to go on: after so many rows, the last of which had this number, and where the next one begins."""

    rows: int = 0
    number: int = 0
    offset: int | None = None


START = Position()


def unreadable(reason: str, raw: bytes) -> Unreadable:
    """Refuse a row, with the first 500 characters of it. What does not print is shown as a replacement character."""
    text = raw[: 4 * LONGEST_EXCERPT].decode("utf-8", "replace").strip()
    shown = "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "\N{REPLACEMENT CHARACTER}"
        for letter in text[:LONGEST_EXCERPT]
    )
    return Unreadable(reason, shown)

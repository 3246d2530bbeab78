"""What every layout of rubric files offers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
"""One line of a file: a JSON object."""


@dataclass(frozen=True, slots=True)
class Written:
    """A rubric as a file holds it: criteria are those of `annotation.rubrics.schema`."""

    criteria: list[dict[str, Any]]
    name: str = ""
    prompt: str = ""
    """The prompt of its item, where it is of one."""
    note: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout. `read` raises `Refused` for a row, or SettingsRefused for its criteria."""

    name: str
    title: str
    example: str
    """One line, as JSON."""
    fits: Callable[[Mapping[str, object]], bool]
    """Whether a row is in this layout."""
    read: Callable[[Row], Written]
    write: Callable[[Written], list[Row]]
    """The lines of a file."""
    loses: tuple[str, ...]
    """What of a rubric does not come back, in words."""


def name_of(row: Mapping[str, object], *columns: str) -> str:
    """The first of these texts that says something, short and in one line."""
    texts = (row.get(column) for column in columns)
    words = next((" ".join(text.split()) for text in texts if isinstance(text, str) and text.strip()), "")
    return words if len(words) <= 80 else f"{words[:79]}…"

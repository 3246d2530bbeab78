"""The evidence of a finding as a short table: each detector writes JSON of its own, and pages know none of it."""

from collections.abc import Iterator, Mapping
from typing import Any

MOST_ROWS = 12
MOST_IN_A_LIST = 8
LONGEST = 200  # characters of a value


def table(evidence: Any) -> list[tuple[str, str]]:
    """Names and values as words, in the order in which they stand; the last row says how many are left out."""
    rows = list(_rows(evidence, ""))
    shown = rows[:MOST_ROWS]
    return [*shown, ("and", f"{len(rows) - MOST_ROWS} more")] if len(rows) > MOST_ROWS else shown


def _rows(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """One row for each plain value; what lies deeper than two levels is said in a line."""
    if not isinstance(value, Mapping):
        yield _named(name), _words(value)
        return
    for key, one in value.items():
        own = f"{name}, {key}" if name else str(key)
        if isinstance(one, Mapping) and not name:
            yield from _rows(one, own)
        else:
            yield _named(own), _words(one)


def _named(name: str) -> str:
    words = name.replace("_", " ").strip()[:LONGEST]
    return words[:1].upper() + words[1:] if words else "Evidence"


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return _cut(_listed([_words(one) for one in value[:MOST_IN_A_LIST]], len(value)))
    if isinstance(value, Mapping):
        some = list(value.items())[:MOST_IN_A_LIST]
        return _cut(_listed([f"{str(key).replace('_', ' ')} {_words(one)}" for key, one in some], len(value)))
    return _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1_000 else f"{value:,.0f}"
    return _cut(str(value))


def _listed(words: list[str], of: int) -> str:
    told = ", ".join(words) or "none"
    return f"{told} and {of - len(words)} more" if of > len(words) else told


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"

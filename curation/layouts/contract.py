"""What every layout offers, and the row that it makes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.imports.adapters.contract import Fit, Row
from annotation.imports.canonical import CanonicalItem, Message, Refused, group_key
from annotation.imports.canonical.storable import text_fault

ALL = "all"
LONGEST_KEY, LONGEST_SUBSET = 200, 80
MOST_TEXTS = 64
ROLES = ("system", "user", "assistant")
MOST_STEPS = 400


@dataclass(frozen=True, slots=True)
class Known:
    """A row whose answer is known."""

    key: str
    subset: str
    group: str
    """Rows of one group share a prompt, and are right or wrong together."""
    messages: list[Message]
    texts: list[str]
    """Responses; or the steps of the only one."""
    right: list[int]
    """The places of right responses; of steps that of the first error, none where all are right."""


Convert = Callable[[Row], Known]
"""Turns a row of a file into a known one, or raises `Refused`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout of files. `example` is a row of it as JSON."""

    name: str
    title: str
    about: str
    example: str
    sniff: Callable[[Mapping[str, object]], Fit]
    converter: Callable[[], Convert]
    """What converts one file; it may remember rows."""
    headline: str
    """Which mean a leaderboard ranks by: `curation.evaluation.names.ROWS` or SUBSETS."""
    recipe: str = ""
    """The recipe whose releases have this layout; empty where there is none."""


def known(
    row: Row,
    *,
    key: str | None,
    subset: str | None,
    messages: list[Message],
    texts: Sequence[Any],
    right: Iterable[int],
    most: int = MOST_TEXTS,
) -> Known:
    """A row of these parts, checked. Raises `Refused`."""
    if len(texts) > most:
        raise Refused(f"There are {len(texts)} texts to judge; {most} is the limit.")
    for number, text in enumerate(texts, 1):
        if fault := text_fault(text):
            raise Refused(f"Text {number} {fault}.")
    _check_prompt(messages)
    item = CanonicalItem(messages=messages, responses=[], group=_group(row))
    return Known(
        _name(key, LONGEST_KEY, "The id") or "",
        _name(subset, LONGEST_SUBSET, "The subset") or ALL,
        group_key(item),
        messages,
        list(texts),
        list(right),
    )


def _check_prompt(messages: Sequence[Message]) -> None:
    for message in messages:
        if fault := text_fault(message["content"]):
            raise Refused(f"The prompt {fault}.")
        if set(message) - {"role", "content"} or message["role"] not in ROLES:
            raise Refused(
                "The prompt holds calls of tools, thoughts or files, or turns of nobody known, which are not judged."
            )
    if not any(message["content"].strip() for message in messages):
        raise Refused("The prompt is empty.")


def _group(row: Row) -> str | None:
    """The split group that a release's row came from: rows of one group are drawn together."""
    found = row.get("prompt_id")
    return _name(found, 1_000, "The prompt_id") if isinstance(found, str) else None


def _name(value: str | None, longest: int, what: str) -> str | None:
    if value is not None and (fault := text_fault(value, longest)):
        raise Refused(f"{what} {fault}.")
    return value

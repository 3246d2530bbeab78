"""Rows of answers to pick from, as the templates of several kinds draw them."""

from collections.abc import Iterable
from dataclasses import dataclass

from annotation.kinds.base import Option


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a row. `letter` and `word` are its label in two parts, so that a phone can stack them."""

    value: str
    label: str
    letter: str
    word: str
    rest: str
    key: str
    side: str
    is_checked: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One radio group: a form field, its name, the scale, and the ways out of it."""

    field: str
    title: str
    letter: str
    scale: tuple[Choice, ...]
    ways_out: tuple[Choice, ...] = ()


def choices(options: Iterable[Option], chosen: str | None) -> tuple[Choice, ...]:
    """Options to draw, the chosen one checked."""
    return tuple(_choice(option, option.value == chosen) for option in options)


def _choice(option: Option, is_checked: bool) -> Choice:
    letter, _, words = option.label.partition(" ") if option.side else ("", "", option.label)
    word, _, rest = words.partition(" ")
    return Choice(
        value=option.value,
        label=option.label,
        letter=letter,
        word=word,
        rest=rest,
        key=option.key,
        side=option.side,
        is_checked=is_checked,
    )

"""Rows of answers to pick from, as the templates of several kinds draw them."""

from collections.abc import Iterable, Mapping
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
    """One group of answers: a form field, its name, the scale, and the ways out of it.

    Radio buttons, or with `several` boxes, whose names are the field's and the option's.
    """

    field: str
    title: str
    letter: str
    scale: tuple[Choice, ...]
    ways_out: tuple[Choice, ...] = ()
    several: bool = False


def choices(options: Iterable[Option], chosen: str | None) -> tuple[Choice, ...]:
    """Options to draw, the chosen one checked."""
    return tuple(_choice(option, option.value == chosen) for option in options)


def boxes(options: Iterable[Option], field: str, fields: Mapping[str, str]) -> tuple[Choice, ...]:
    """Options to draw of which several may be checked."""
    return tuple(_choice(option, bool(fields.get(f"{field}.{option.value}"))) for option in options)


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

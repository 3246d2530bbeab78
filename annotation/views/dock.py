"""The questions as the dock shows them: rows of answers to pick from, filled in as the fields stand.

The labeling page and the form builder's preview draw the same blocks with `annotation/_dock_blocks.html`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from annotation.kinds import KINDS, Option
from annotation.kinds.preference import Preference
from annotation.kinds.rating import Rating
from annotation.models import Question


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


@dataclass(frozen=True, slots=True)
class Block:
    """One question with its rows; `text` is what stands in a text question."""

    question: Question
    template: str
    rows: tuple[Row, ...] = ()
    text: str = ""
    hint: str = ""
    error: str = ""

    @property
    def shortest(self) -> int:
        """Characters that a text needs before it counts as answered."""
        least = int(self.question.settings.get("min_length", 0))
        return max(least, 1) if self.question.is_required else least

    @property
    def longest(self) -> int:
        return int(self.question.settings.get("max_length", 2_000))

    @property
    def lines(self) -> int:
        return int(self.question.settings.get("rows", 1))


def blocks(
    questions: Iterable[Question],
    letters: Sequence[str],
    fields: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
) -> list[Block]:
    """Every question of a form, for responses shown under these letters."""
    return [_block(question, letters, fields, (errors or {}).get(question.key, "")) for question in questions]


def keys(questions: Iterable[Question]) -> list[tuple[str, str]]:
    """What the sheet behind `?` says about the form's own keys, each meaning once."""
    found = (pair for question in questions for pair in KINDS[question.kind].keys(question))
    return list(dict.fromkeys(found))


def _block(question: Question, letters: Sequence[str], fields: Mapping[str, str], error: str) -> Block:
    rows = ROWS[question.kind](question, letters, fields) if question.kind in ROWS else ()
    return Block(
        question=question,
        template=KINDS[question.kind].template,
        rows=rows,
        text="" if rows else fields.get(question.key, ""),
        hint=question.help or _anchors(question),
        error=error,
    )


def _preference(question: Question, letters: Sequence[str], fields: Mapping[str, str]) -> tuple[Row, ...]:
    options = cast(Preference, KINDS["preference"]).options(question)
    named = [(question.key, question.title)]
    named += [(f"{question.key}.{one['key']}", one["title"]) for one in question.settings.get("dimensions", [])]
    return tuple(_preference_row(field, title, options, fields.get(field)) for field, title in named)


def _preference_row(field: str, title: str, options: Sequence[Option], chosen: str | None) -> Row:
    choices = [_choice(option, chosen) for option in options]
    return Row(
        field=field,
        title=title,
        letter="",
        scale=tuple(choice for choice in choices if choice.key.isdigit() and choice.key != "0"),
        ways_out=tuple(choice for choice in choices if not choice.key.isdigit() or choice.key == "0"),
    )


def _rating(question: Question, letters: Sequence[str], fields: Mapping[str, str]) -> tuple[Row, ...]:
    options = cast(Rating, KINDS["rating"]).options(question)
    places = [("", "")] if question.target == "item" else [(f".{n}", letter) for n, letter in enumerate(letters)]
    return tuple(
        Row(
            field=question.key + suffix,
            title=f"{question.title}, response {letter}" if letter else question.title,
            letter=letter,
            scale=tuple(_choice(option, fields.get(question.key + suffix)) for option in options),
        )
        for suffix, letter in places
    )


ROWS: dict[str, Callable[[Question, Sequence[str], Mapping[str, str]], tuple[Row, ...]]] = {
    "preference": _preference,
    "rating": _rating,
}


def _choice(option: Option, chosen: str | None) -> Choice:
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
        is_checked=option.value == chosen,
    )


def _anchors(question: Question) -> str:
    """ "1 poor, 5 excellent", where a scale has names for its ends."""
    named = question.settings.get("anchors") or {}
    return ", ".join(f"{level} {named[level]}" for level in sorted(named, key=int))

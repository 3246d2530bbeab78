"""Marks in the responses as the templates show them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString

from annotation.kinds import spans_fields
from annotation.kinds.base import Asked, Option, Subject
from annotation.kinds.error_kinds import letters
from annotation.kinds.spans_checks import allows_overlap, hashes, severities, types
from annotation.kinds.spans_fields import Written
from ui.rendering import exact_source

TAKEN = "M"  # shows the Markdown
HUES = 6
OFFERED_ROWS = 5


@dataclass(frozen=True, slots=True)
class ErrorType:
    """One kind of error: its letter on the keyboard, and which of the six looks its marks have."""

    key: str
    title: str
    letter: str
    hue: int


@dataclass(frozen=True, slots=True)
class Side:
    """One response: exactly as it was written, as Markdown, and whether it was found to be without error."""

    place: int
    letter: str
    title: str
    source: SafeString
    html: SafeString
    nothing_field: str
    is_nothing: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One mark to fill in without a script."""

    field: str
    number: int
    written: Written
    places: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    sides: tuple[Side, ...]
    types: tuple[ErrorType, ...]
    severities: tuple[Option, ...]
    rows: tuple[Row, ...]
    marks_field: str
    marks: str
    """The answer as its field holds it, empty where nothing was marked."""
    hashes: str
    """What names the texts, for the script to write into the answer."""
    overlap: bool
    snap: bool


def error_types(question: Asked) -> tuple[ErrorType, ...]:
    """The kinds of error with their letters."""
    kinds = types(question)
    keys = letters(kinds, TAKEN)
    return tuple(
        ErrorType(kind["key"], kind["title"], keys[kind["key"]], number % HUES) for number, kind in enumerate(kinds)
    )


def severity_options(question: Asked) -> tuple[Option, ...]:
    """How bad an error can be, with a digit for each."""
    return tuple(Option(one["key"], one["title"], str(number)) for number, one in enumerate(severities(question), 1))


def drawn(
    question: Asked, subject: Subject, shown: Sequence[str], fields: Mapping[str, str], html: Sequence[SafeString]
) -> Drawn:
    """The question with its marks; `shown` are the letters of the responses, `html` their texts as Markdown."""
    marks = spans_fields.kept(fields, question, subject)
    state = json.dumps({"hashes": hashes(subject), "spans": marks}, ensure_ascii=False) if marks else ""
    return Drawn(
        sides=tuple(_sides(question, subject, shown, fields, html)),
        types=error_types(question),
        severities=severity_options(question),
        rows=tuple(_rows(question, subject, shown, fields)),
        marks_field=spans_fields.marks_field(question),
        marks=state,
        hashes=" ".join(hashes(subject)),
        overlap=allows_overlap(question),
        snap=bool(question.settings.get("snap", False)),
    )


def _sides(
    question: Asked, subject: Subject, shown: Sequence[str], fields: Mapping[str, str], html: Sequence[SafeString]
) -> Iterator[Side]:
    for place, (letter, judged) in enumerate(zip(shown, subject.responses, strict=True)):
        yield Side(
            place=place,
            letter=letter,
            title=question.title if len(subject) == 1 else f"{question.title}, response {letter}",
            source=exact_source(judged.text),
            html=html[place] if place < len(html) else escape(judged.text),
            nothing_field=spans_fields.nothing_field(question, place),
            is_nothing=spans_fields.says_nothing_to_mark(fields, question, place),
        )


def _rows(question: Asked, subject: Subject, shown: Sequence[str], fields: Mapping[str, str]) -> Iterator[Row]:
    places = tuple(Option(str(place), letter) for place, letter in enumerate(shown))
    written = spans_fields.rows(fields, question, subject)
    filled = [row for row in written if row.words or row.note]
    for number, row in enumerate([*filled, *[Written()] * OFFERED_ROWS]):
        yield Row(f"{question.key}.row.{number}", number + 1, row, places)

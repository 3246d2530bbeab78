"""Marks as form fields: one field of JSON that the page's script keeps, or rows that a person fills in without it.

`<key>.marks` holds the answer itself, in shown order; `<key>.<response>.none` says that a response was read and nothing
is to be marked. Without a script there are rows `<key>.row.<n>` with the parts below, and then those count: the words,
which time they stand there, and the error. `at` says where words that were marked before stand.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from annotation.kinds import quotes
from annotation.kinds.base import AnswerRefused, Asked, Subject
from annotation.kinds.spans_checks import MOST, hashes, name

ROW_PARTS = ("in", "words", "nth", "at", "type", "severity", "note")
LONGEST = 4_000_000  # characters of JSON; more than the most marks with the longest notes take
_at = re.compile(r"([0-9]{1,7})-([0-9]{1,7})")
_number = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Written:
    """One row as it stands: which response, its words, which time they stand there, and what is said about them."""

    place: str = ""
    words: str = ""
    number: str = "1"
    at: str = ""
    type: str = ""
    severity: str = ""
    note: str = ""


def marks_field(question: Asked) -> str:
    return f"{question.key}.marks"


def nothing_field(question: Asked, place: int) -> str:
    return f"{question.key}.{place}.none"


def says_nothing_to_mark(fields: Mapping[str, str], question: Asked, place: int) -> bool:
    return bool(fields.get(nothing_field(question, place)))


def has_rows(fields: Mapping[str, str], question: Asked) -> bool:
    """Whether somebody without a script sent them."""
    return any(name.startswith(f"{question.key}.row.") for name in fields)


def of_answer(value: Any, question: Asked) -> dict[str, str]:
    """The fields that show an answer; what has no such shape is left out."""
    spans = value.get("spans") if isinstance(value, dict) else None
    if not isinstance(spans, list) or not isinstance(value.get("hashes"), list):
        return {}
    marked = {span["response"] for span in spans if isinstance(span, dict) and type(span.get("response")) is int}
    nothing = (place for place in range(len(value["hashes"])) if place not in marked)
    return {marks_field(question): _written(value)} | {nothing_field(question, place): "on" for place in nothing}


def read(fields: Mapping[str, str], question: Asked, subject: Subject) -> Any:
    """The answer that the fields hold, unchecked; None where they hold none. Raises AnswerRefused."""
    if has_rows(fields, question):
        value: dict[str, Any] = {"hashes": hashes(subject), "spans": list(_from_rows(fields, question, subject))}
    else:
        value = _from_json(fields.get(marks_field(question), ""), question, subject)
    marked = {span.get("response") for span in value["spans"]}
    nothing = {place for place in range(len(subject)) if says_nothing_to_mark(fields, question, place)}
    if not marked and not nothing:
        return None
    if both := sorted(marked & nothing):
        _refuse(question, f"has marks{name(both[0], subject)}, and says that there is nothing to mark")
    open_places = [place for place in range(len(subject)) if place not in marked | nothing]
    if question.is_required and open_places:
        where = name(open_places[0], subject)
        _refuse(question, f"still wants an answer: mark words{where}, or say that there is nothing to mark")
    return value


def kept(fields: Mapping[str, str], question: Asked, subject: Subject) -> list[dict[str, Any]]:
    """The marks that a page should show again: none of what was said about other texts, or is no mark."""
    try:
        value = _from_json(fields.get(marks_field(question), ""), question, subject)
    except AnswerRefused:
        return []
    return value["spans"] if value["hashes"] == hashes(subject) else []


def rows(fields: Mapping[str, str], question: Asked, subject: Subject) -> list[Written]:
    """The rows as they were sent, else those of the marks as they stand."""
    if has_rows(fields, question):
        return [_row(fields, question, number) for number in _numbers(fields, question)]
    return [_row_of(span, subject) for span in kept(fields, question, subject) if _is_in(span, subject)]


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _from_json(text: str, question: Asked, subject: Subject) -> dict[str, Any]:
    if not text:
        return {"hashes": hashes(subject), "spans": []}
    try:
        value: Any = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or "hashes" not in value or not isinstance(value.get("spans"), list):
        _refuse(question, "has marks that cannot be read: look at the item again")
    if not all(isinstance(span, dict) and type(span.get("response")) is int for span in value["spans"]):
        _refuse(question, "has a mark that names no response")
    return value


def _numbers(fields: Mapping[str, str], question: Asked) -> list[int]:
    """The rows that were sent, in order; what calls itself a row and has no number is none."""
    pattern = re.compile(rf"{re.escape(question.key)}\.row\.([0-9]{{1,4}})\.(?:{'|'.join(ROW_PARTS)})")
    return sorted({int(found[1]) for field in fields if (found := pattern.fullmatch(field))})[: MOST + 1]


def _row(fields: Mapping[str, str], question: Asked, number: int) -> Written:
    return Written(*(fields.get(f"{question.key}.row.{number}.{part}", "") for part in ROW_PARTS))


def _row_of(span: Mapping[str, Any], subject: Subject) -> Written:
    text, start, end = subject.responses[span["response"]].text, span["start"], span["end"]
    said = {part: str(span.get(part) or "") for part in ("type", "severity", "note")}
    number = str(quotes.number_of(text, start, end))
    return Written(str(span["response"]), text[start:end], number, f"{start}-{end}", **said)


def _is_in(span: Mapping[str, Any], subject: Subject) -> bool:
    place, start, end = (span.get(part) for part in ("response", "start", "end"))
    if type(place) is not int or type(start) is not int or type(end) is not int:
        return False
    return place in range(len(subject)) and 0 <= start < end <= len(subject.responses[place].text)


def _from_rows(fields: Mapping[str, str], question: Asked, subject: Subject) -> Iterator[dict[str, Any]]:
    for number in _numbers(fields, question):
        row = _row(fields, question, number)
        if row.words.strip():
            yield _span(row, question, subject)
        elif not row.at and (row.type or row.note.strip()):
            _refuse(question, "has an error without the words that are wrong")


def _span(row: Written, question: Asked, subject: Subject) -> dict[str, Any]:
    place = int(row.place) if re.fullmatch("[0-9]", row.place) else 0
    if place not in range(len(subject)):
        _refuse(question, "marks a response that there is not")
    start, end = _found(row, place, question, subject)
    span: dict[str, Any] = {"response": place, "start": start, "end": end, "type": row.type}
    if not row.type:
        _refuse(question, f"still wants to know what is wrong with {quotes.cited(row.words, 0, len(row.words))}")
    if row.severity:
        span["severity"] = row.severity
    if row.note.strip():
        span["note"] = row.note.replace("\r\n", "\n")
    return span


def _found(row: Written, place: int, question: Asked, subject: Subject) -> tuple[int, int]:
    """Where the words stand: where they were marked before, if they still say that, else where the row says."""
    text, words = subject.responses[place].text, row.words
    if not _number.fullmatch(row.number or "1"):
        _refuse(question, "takes a number from 1 to 9999 for which time the words stand there")
    number = int(row.number or "1")
    if (before := _at.fullmatch(row.at)) and _still_says(text, int(before[1]), int(before[2]), words, number):
        return int(before[1]), int(before[2])
    found = quotes.find_exactly(text, words, number) or quotes.find_exactly(text, words.strip(), number)
    found = found or quotes.find(text, words, number)
    if found is None:
        times = "" if number == 1 else f" {number} times"
        _refuse(question, f"marks {quotes.cited(words, 0, len(words))}, which does not stand{times} in the text")
    return found


def _still_says(text: str, start: int, end: int, words: str, number: int) -> bool:
    if not 0 <= start < end <= len(text):
        return False
    same = _one_line_end(text[start:end]) == _one_line_end(words)
    return same and quotes.number_of(text, start, end) == number


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse(question: Asked, what: str) -> NoReturn:
    raise AnswerRefused(f"“{question.title}” {what}.")

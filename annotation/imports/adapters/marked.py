"""Marks in a response, as files list them: where they stand and what is wrong there."""

from collections.abc import Iterable
from typing import Any

from annotation.imports.adapters.columns import option_key
from annotation.imports.canonical import Refused
from annotation.imports.canonical.wording import describe

TYPES = ("Irrelevant", "Redundant", "Incoherent", "Wrong grounding", "Unverifiable")
"""What Fine-Grained RLHF calls the errors in a text."""
SEVERITIES = ("Minor", "Major", "Critical")


def mark_of(error: Any, position: int, *, kind: str, text: str | None = None) -> dict[str, Any]:
    """One span of an answer about the only response. `kind` names the field that says what is wrong.

    With the response's `text`, the words that the error quotes must be those at its place. Raises `Refused` with a
    sentence that counts errors from 1.
    """
    name = f"Error {position}"
    if not isinstance(error, dict):
        raise Refused(f"{name} is {describe(error)}, not an object.")
    for field in (kind, "start", "end"):
        if field not in error:
            raise Refused(f"{name} has no {field}.")
    start, end = error["start"], error["end"]
    mark = {
        "response": 0,
        "start": start,
        "end": end,
        "type": option_key(error[kind], f"The {kind} of error {position}"),
    }
    if text is not None and error.get("text") not in (None, "") and error["text"] != _slice(text, start, end):
        raise Refused(f"{name} quotes other words than those at its place.")
    if error.get("severity") not in (None, ""):
        mark["severity"] = option_key(error["severity"], f"The severity of error {position}")
    note = error.get("explanation")
    if not isinstance(note, str | None):
        raise Refused(f"The explanation of error {position} is {describe(note)}, not text.")
    return mark | {"note": note} if note and note.strip() else mark


def _slice(text: str, start: Any, end: Any) -> Any:
    """The words at a place; None where it is none, which `validate` says in its own words."""
    return text[start:end] if type(start) is int and type(end) is int and 0 <= start < end <= len(text) else None


def spans_question(**settings: Any) -> dict[str, Any]:
    """A question of a form that marks in responses answer, with these settings of its kind."""
    title = "What is wrong, and where?"
    return {
        "key": "errors",
        "kind": "spans",
        "title": title,
        "target": "response",
        "settings": {"types": named(TYPES), **settings},
    }


def named(titles: Iterable[str]) -> list[dict[str, str]]:
    """Kinds of error, or severities, as the settings of a question hold them."""
    return [{"key": option_key(title, "The title"), "title": title} for title in titles]

"""Columns that many layouts carry beside their texts."""

import re
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.contract import Row
from annotation.imports.adapters.numbers import read_whole
from annotation.imports.canonical import CanonicalLabel, Refused
from annotation.imports.canonical.wording import describe, quoted

_between_words = re.compile(r"[^a-z0-9]+")


def key_of(value: Any, name: str = "The key") -> str | None:
    """An id as text; numbers are written out. None and an empty cell are no id."""
    if value is None or value == "":
        return None
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    raise Refused(f"{name} is {describe(value)}, not text.")


def text_of(row: Row, name: str) -> str | None:
    """A text; None where there is none. Raises `Refused` for another kind of value."""
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(f"The {name} is {describe(value)}, not text.")
    return value or None


def list_of(row: Row, name: str) -> list[Any]:
    """A list, which may be written as JSON; empty where there is none."""
    value = opened(row.get(name))
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise Refused(f"The {name} is {describe(value)}, not a list.")
    return value


def whole_number(value: Any, name: str) -> int:
    """A whole number of any size. Raises `Refused` with a sentence that names the field."""
    found = read_whole(value)
    if found is not None:
        return found
    said = quoted(value) if isinstance(value, str | float) else describe(value)
    raise Refused(f"The {name} is {said}, not a whole number.")


def response_key(row: Row) -> str | None:
    """The name that a release gives to one response: its `pair_id`, with the number behind it for all but the first."""
    key, place = key_of(row.get("pair_id"), "The pair_id"), key_of(row.get("response_index"), "The response_index")
    return f"{key}/{place}" if key and place not in (None, "0") else key


def option_key(value: Any, name: str) -> str:
    """What a file calls a kind of error or an option, as the key that it has in forms: "Wrong-Grounding" is
    `wrong_grounding`. Raises `Refused` with a sentence that begins with `name`."""
    if not isinstance(value, str):
        raise Refused(f"{name} is {describe(value)}, not text.")
    found = _between_words.sub("_", value.strip().lower()).strip("_")
    if not found:
        raise Refused(f"{name} is {quoted(value)}, which has no letter.")
    return found


def weight_of(value: Any) -> float:
    """A weight from 0 to 1, which CSV writes as text."""
    try:
        weight = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else -1.0
    except (ValueError, OverflowError):
        weight = -1.0
    if not 0 <= weight <= 1:  # NaN is not either
        raise Refused(f"The weight is {quoted(value)}, not a number from 0 to 1.")
    return weight


def rest_of(row: Row, known: frozenset[str]) -> dict[str, Any]:
    """What the layout has no place for, to be kept as the item's source. Empty cells are left out."""
    return {name: value for name, value in row.items() if name not in known and value is not None}


def missing(row: Row, *names: str) -> None:
    """Raise `Refused` for the first of these fields that the row, or an object within it, lacks."""
    for name in names:
        if name not in row:
            raise Refused(f"The field {name} is missing.")


def preference(annotator: Any, winner: str, strength: int | None = None, **more: Any) -> list[CanonicalLabel]:
    """The label of two responses of which one won, or neither."""
    answer = {"winner": winner, "strength": strength}
    return [CanonicalLabel(annotator=annotator, kind="preference", answer=answer, **more)]


def first_is_chosen(annotator: str, **more: Any) -> list[CanonicalLabel]:
    """The label of a chosen and rejected pair: the response that stands first won."""
    return preference(annotator, "a", **more)

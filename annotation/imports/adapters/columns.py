"""Columns that many layouts carry beside their texts."""

from typing import Any

from annotation.imports.adapters.contract import Row
from annotation.imports.canonical import CanonicalLabel, Refused
from annotation.imports.canonical.wording import describe


def key_of(value: Any, name: str = "The key") -> str | None:
    """An id as text; numbers are written out. None and an empty cell are no id."""
    if value is None or value == "":
        return None
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    raise Refused(f"{name} is {describe(value)}, not text.")


def rest_of(row: Row, known: frozenset[str]) -> dict[str, Any]:
    """What the layout has no place for, to be kept as the item's source. Empty cells are left out."""
    return {name: value for name, value in row.items() if name not in known and value is not None}


def missing(row: Row, *names: str) -> None:
    """Raise `Refused` for the first of these fields that the row, or an object within it, lacks."""
    for name in names:
        if name not in row:
            raise Refused(f"The field {name} is missing.")


def first_is_chosen(annotator: str, **more: Any) -> list[CanonicalLabel]:
    """The label of a chosen and rejected pair: the response that stands first won."""
    return [CanonicalLabel(annotator=annotator, kind="preference", answer={"winner": "a", "strength": None}, **more)]

"""Numbers and flags as files write them: Parquet makes 3.0 of a 3 beside an empty cell, CSV makes text of all."""

import re
from typing import Any

from annotation.imports.canonical import Refused
from annotation.imports.canonical.wording import describe, quoted

FLAGS = {"true": True, "false": False}

_written = re.compile(r"[+-]?[0-9]{1,15}(?:\.0{1,15})?")


def whole(value: Any, name: str, low: int, high: int) -> int:
    """A whole number from `low` to `high`. Raises `Refused` with a sentence that begins with `name` ("The label")."""
    found = read_whole(value)
    if found is None or not low <= found <= high:
        raise Refused(f"{name} is {_told(value)}, not a whole number from {low} to {high}.")
    return found


def flag(value: Any, name: str) -> bool:
    """True or false; the numbers 1 and 0 say it too. Raises `Refused` as `whole` does."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in FLAGS:
        return FLAGS[value.strip().lower()]
    found = read_whole(value)
    if found not in (0, 1):
        raise Refused(f"{name} is {_told(value)}, not true or false.")
    return found == 1


def read_whole(value: Any) -> int | None:
    """A whole number, which CSV writes as text and Parquet as a float; None for anything else."""
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    return int(float(value)) if isinstance(value, str) and _written.fullmatch(value.strip()) else None


def _told(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    return f"{value}"[:40] if type(value) in (int, float) else describe(value)

"""What may be stored as text, and as a field of plain JSON."""

import json
from typing import Any

from annotation.imports.canonical.wording import describe, quoted

LONGEST_TEXT = 400_000
LARGEST_OBJECT = 64_000

_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def text_fault(value: object, longest: int = LONGEST_TEXT) -> str | None:
    """What keeps a value from being stored as text, as the end of a sentence, or None.

    PostgreSQL stores no NUL, and half of a surrogate pair is no character. Everything else is kept as it is.
    """
    if type(value) is not str:
        return f"is {describe(value)}, not text"
    if len(value) > longest:
        return f"is {len(value):,} characters long; {longest:,} is the limit"
    if "\0" in value:
        return "holds a NUL character"
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return "holds half of a surrogate pair"
    return None


def object_fault(value: dict[str, Any], largest: int = LARGEST_OBJECT) -> str | None:
    """What keeps an object from being stored as JSON, as the end of a sentence, or None."""
    size, fault = _size_or_fault(value)
    if fault:
        return f"{fault} in {quoted(next(name for name in value if _size_or_fault({name: value[name]})[1]))}"
    return f"takes {size:,} bytes; {largest:,} is the limit" if size > largest else None


def _size_or_fault(value: dict[str, Any]) -> tuple[int, str | None]:
    """How many bytes of JSON an object takes, and what keeps it from being stored."""
    try:
        encoded = _json(value)
        size = len(encoded.encode())
    except (TypeError, ValueError, RecursionError):  # half of a surrogate pair is a ValueError too
        return 0, "holds something that JSON cannot say"
    # The text \u0000 with a backslash of its own is encoded with two of them, and is harmless.
    return size, "holds a NUL character" if "\\u0000" in encoded.replace("\\\\", "") else None

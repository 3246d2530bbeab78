"""One JSON value from bytes that may hold anything."""

import json
import math
import re
from typing import Any, NoReturn

SMALL = 16 << 10
MOST_DEPTH = 64
MOST_VALUES = 100_000
LARGEST_INTEGER = 1 << 64

# A quoted string, possessively, so that a hostile one costs a single pass.
_strings = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_brackets = re.compile(rb"[\[\]{}]")
_odd_escapes = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_blanks = b" \t\r\n"


class Unparsable(ValueError):
    """The bytes hold no JSON that can be stored. Its text is a sentence."""


def parse(raw: bytes) -> Any:
    """The value that `raw` holds. Raises `Unparsable`.

    Refused are, beside what is no JSON: bytes that are not UTF-8, NUL and half of a surrogate pair (no text that a
    database could keep), a key that occurs twice (which one was meant?), numbers beyond 64 bits or a float, nesting
    beyond 64 levels and more than 100,000 values.
    """
    if len(raw) > SMALL:
        _check_size(raw)
    try:
        value = _decode(raw.decode().strip(" \t\r\n"))
    except UnicodeDecodeError as error:
        raise Unparsable(f"Byte {error.start + 1} is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise Unparsable(_sentence(error, raw)) from None
    except RecursionError:
        raise Unparsable(f"The values are nested deeper than {MOST_DEPTH} levels.") from None
    if b"\\" in raw and b"\\u" in raw and _odd_escapes.search(raw):
        _check_texts(value)
    return value


def parse_row(raw: bytes) -> dict[str, Any]:
    """The object that `raw` holds. Raises `Unparsable`, also for any other kind of value."""
    value = parse(raw)
    if type(value) is not dict:
        raise Unparsable("This is valid JSON, but not an object with named fields.")
    return value


def _check_size(raw: bytes) -> None:
    """Bound depth and number of values before anything is built. Texts count only where counting is worth it."""
    if raw.count(b"{") + raw.count(b"[") <= MOST_DEPTH and raw.count(b",") < MOST_VALUES:
        return
    bare = _strings.sub(b"", raw)
    if bare.count(b",") >= MOST_VALUES:
        raise Unparsable(f"There are more than {MOST_VALUES:,} values.")
    depth = 0
    for bracket in _brackets.findall(bare):
        depth += 1 if bracket in b"[{" else -1
        if depth > MOST_DEPTH:
            raise Unparsable(f"The values are nested deeper than {MOST_DEPTH} levels.")


def _check_texts(value: Any) -> None:
    """An escape may spell a NUL or half of a surrogate pair; a whole pair, or an escaped backslash, is harmless."""
    written = json.dumps(value, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        raise Unparsable("A text holds half of a surrogate pair.") from None
    if "\\u0000" in written.replace("\\\\", ""):
        raise Unparsable("A text holds a NUL character.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unparsable(f"The key {twice[:60]!a} occurs twice.")
    return built


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) >= LARGEST_INTEGER:
        raise Unparsable("A whole number is beyond 64 bits.")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Unparsable("A number is too large.")
    return number


def _constant(name: str) -> NoReturn:
    raise Unparsable(f"{name} is not a number in JSON.")


def _sentence(error: json.JSONDecodeError, raw: bytes) -> str:
    if not raw.strip(_blanks):
        return "There is nothing here."
    if b"\0" in raw:
        return "A NUL character stands in the line."
    if error.msg.startswith("Unterminated string") or error.pos >= len(error.doc):
        return "The JSON is cut short."
    message = "A control character is not escaped" if error.msg.startswith("Invalid control") else error.msg
    return f"This is not valid JSON: {message[:1].lower()}{message[1:]} (character {error.pos + 1})."


_decode = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
).decode

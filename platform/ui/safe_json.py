"""JSON from strangers: a value that PostgreSQL can store, or a refusal that reads as a sentence.

Python's parser takes NaN, keeps the last of two equal keys, and dies of deep nesting; jsonb refuses NUL and lone
surrogates. Each danger has a cheap test on the raw bytes, and only bytes that fail it are looked at closely: an
ordinary line costs little more than parsing it.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.parsers import BaseParser

from ui.problems import Refusal

LARGEST_INTEGER = 2**53  # beyond it JavaScript and many readers of JSON round silently
BOM = b"\xef\xbb\xbf"

_string = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_bracket = re.compile(rb"[\[\]{}]")
_unstorable_escape = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_unstorable = re.compile("[\x00\ud800-\udfff]")


class JsonRefused(Refusal):
    """This is not JSON that can be accepted."""

    status = HTTPStatus.BAD_REQUEST
    title = "This JSON cannot be accepted"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is too much. Sizes in bytes and characters; `values` counts elements of lists and members of objects."""

    size: int = 5 * 2**20
    depth: int = 32
    values: int = 100_000
    string: int = 2**20


DEFAULT = Limits()


def loads(raw: bytes, *, limits: Limits = DEFAULT) -> Any:
    """The value that `raw` says, or JsonRefused. A UTF-8 byte order mark is passed over."""
    if len(raw) > limits.size:
        raise JsonRefused(f"This JSON has {len(raw):,} bytes; at most {limits.size:,} are accepted.")
    if raw.startswith(BOM):
        raw = raw[3:]
    _refuse_bulk(raw, limits)
    value = _parsed(_decoded(raw))
    if len(raw) > limits.string or _unstorable_escape.search(raw):
        _refuse_strings(value, limits)
    return value


def _refuse_bulk(raw: bytes, limits: Limits) -> None:
    """Depth and number of values, told from the bytes before anything is built."""
    openings = raw.count(b"[") + raw.count(b"{")
    separators = raw.count(b",")
    if openings <= limits.depth and openings + separators <= limits.values:
        return
    bare = _string.sub(b"", raw)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > limits.values:
        raise JsonRefused(f"This JSON has more than {limits.values:,} values.")
    _refuse_depth(bare, limits.depth)


def _refuse_depth(bare: bytes, deepest: int) -> None:
    depth = 0
    for bracket in _bracket.finditer(bare):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > deepest:
            raise JsonRefused(f"This JSON is nested more than {deepest} levels deep.")


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonRefused(f"Byte {error.start + 1:,} is not valid UTF-8.") from None


def _parsed(text: str) -> Any:
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise JsonRefused(_where(error)) from None
    except RecursionError:
        raise JsonRefused("This JSON is nested too deep.") from None


def _where(error: json.JSONDecodeError) -> str:
    place = f"character {error.colno:,}" if error.lineno == 1 else f"line {error.lineno:,}, character {error.colno:,}"
    return f"This is not JSON: {error.msg.removesuffix(' at')} at {place}."


def _refuse_strings(value: Any, limits: Limits) -> None:
    for text in _strings(value):
        if len(text) > limits.string:
            raise JsonRefused(f"One text has {len(text):,} characters; at most {limits.string:,} are accepted.")
        if _unstorable.search(text):
            raise JsonRefused("One text has a NUL character or half a surrogate pair, which cannot be stored.")


def _strings(value: Any) -> Iterator[str]:
    """Every string of a value, keys too. Depth is bounded, so a stack of iterators is short."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            yield from each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise JsonRefused(f"The key {json.dumps(double[:100])} stands twice in one object.")
    return members


def _constant(name: str) -> NoReturn:
    raise JsonRefused(f"{name} is not a number that JSON knows.")


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(number := int(digits)) > LARGEST_INTEGER:
        raise JsonRefused(f"The number {digits[:40]} is beyond ±2^53; send it as a text.")
    return number


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise JsonRefused(f"The number {digits[:40]} is too large.")
    return number


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_constant, parse_int=_integer, parse_float=_float)


class SafeJSONParser(BaseParser):
    """REST framework's parser for application/json, in UTF-8 whatever the header says."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        largest: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or DEFAULT.size
        return loads(stream.read(largest + 1), limits=Limits(size=largest))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of NDJSON: its number from 1, its value, or why it has none."""

    number: int
    value: Any = None
    refusal: str = ""


def lines(stream: IO[bytes], *, limits: Limits = DEFAULT) -> Iterator[Line]:
    """Every line that is not blank, refused ones included; memory stays within one line of `limits.size`."""
    number = 0
    while raw := stream.readline(limits.size + 2):
        number += 1
        if len(raw) > limits.size and not raw.endswith(b"\n"):
            _skip_to_next(stream, limits.size)
            yield Line(number, refusal=f"This line has more than {limits.size:,} bytes.")
        elif raw.strip():
            yield _line(number, raw, limits)


def _line(number: int, raw: bytes, limits: Limits) -> Line:
    try:
        return Line(number, loads(raw, limits=limits))
    except JsonRefused as refusal:
        return Line(number, refusal=str(refusal))


def _skip_to_next(stream: IO[bytes], piece: int) -> None:
    while (rest := stream.readline(piece)) and not rest.endswith(b"\n"):
        pass

"""One JSON array of objects.

The elements are cut apart by their brackets and parsed one by one, like lines: a broken element costs that element and
not the rest, and the memory in use is that of one element.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from annotation.imports.reading.limits import Limits
from annotation.imports.reading.ndjson import BYTE_ORDER_MARK
from annotation.imports.reading.parsing import Unparsable, parse_row
from annotation.imports.reading.records import Record, Unreadable, unreadable

CHUNK = 1 << 18

# A whole string, or else a quote whose string goes on beyond what was read so far.
_inside = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{}]', re.DOTALL)
_between = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{},]', re.DOTALL)


def read_array(stream: BinaryIO, limits: Limits) -> Iterator[Record]:
    """The elements, numbered from 1. What follows the array, or its missing end, counts as one more."""
    number = 0
    for number, raw in enumerate(_Elements(stream, limits.row), start=1):
        yield Record(number, raw if isinstance(raw, Unreadable) else _row(raw), None)


def _row(raw: bytes) -> dict[str, object] | Unreadable:
    try:
        return parse_row(raw)
    except Unparsable as error:
        return unreadable(str(error), raw)


class _Elements:
    """Cuts an array into the bytes of its elements."""

    def __init__(self, stream: BinaryIO, longest: int) -> None:
        self._stream = stream
        self._longest = longest
        self._held = b""

    def __iter__(self) -> Iterator[bytes | Unreadable]:
        self._open()
        is_first = True
        while True:
            cut = self._cut()
            if isinstance(cut, Unreadable):
                yield cut
                return
            element, mark = cut
            if element.strip() or mark == b"," or not is_first:
                yield element
            is_first = False
            if mark == b"]":
                break
            if not mark:
                yield unreadable("The file ends inside the array.", self._held)
                return
        if self._has_more():
            yield unreadable("Something follows the end of the array.", self._held)

    def _open(self) -> None:
        """Step over the opening bracket, which detection has seen."""
        self._more()
        self._held = self._held.removeprefix(BYTE_ORDER_MARK).lstrip().removeprefix(b"[")

    def _more(self) -> bool:
        chunk = self._stream.read(CHUNK)
        self._held += chunk
        return bool(chunk)

    def _has_more(self) -> bool:
        """Whether anything but blanks is left."""
        self._held = self._held.strip()
        while not self._held and self._more():
            self._held = self._held.strip()
        return bool(self._held)

    def _cut(self) -> tuple[bytes, bytes] | Unreadable:
        """The next element and the mark that ended it: a comma, the closing bracket, or nothing where the file ends."""
        depth = at = 0
        while True:
            depth, at, end = self._scan(depth, at)
            if end is not None:
                element, mark = self._held[:end], self._held[end : end + 1]
                self._held = self._held[end + 1 :]
                return element, mark
            if at > self._longest or len(self._held) > self._longest + CHUNK:
                return unreadable(
                    f"The element is longer than {self._longest:,} bytes; what follows was not read.", self._held
                )
            if not self._more():
                return self._last(depth)

    def _last(self, depth: int) -> tuple[bytes, bytes] | Unreadable:
        """What the end of the file cut off: a whole element without a mark behind it, or part of one."""
        element, self._held = self._held, b""
        if depth or not element.strip():
            return unreadable("The file ends inside the array.", element)
        return element, b""

    def _scan(self, depth: int, at: int) -> tuple[int, int, int | None]:
        """Go on from `at`: the depth reached, where to go on with more bytes, and the element's end if it is here."""
        while True:
            found = (_inside if depth else _between).search(self._held, at)
            if found is None:
                return depth, len(self._held), None
            token = found.group()
            if token == b'"':
                return depth, found.start(), None
            at = found.end()
            if token in (b"{", b"["):
                depth += 1
            elif depth and token in (b"}", b"]"):
                depth -= 1
            elif not depth and token in (b",", b"]"):
                return depth, at, found.start()

"""CSV, with a header."""

import csv
from collections.abc import Iterator
from io import BufferedReader

from annotation.imports.reading.errors import Unrecognized
from annotation.imports.reading.limits import Limits
from annotation.imports.reading.ndjson import BYTE_ORDER_MARK
from annotation.imports.reading.records import Record, Unreadable, unreadable

DELIMITERS = "\t;|,"
"""Where two occur equally often, the comma is more likely to belong to a name."""


class _TooLong(Exception):
    pass


def read_delimited(stream: BufferedReader, limits: Limits) -> Iterator[Record]:
    """Rows as texts under the names of the header. A row's number is the line on which it begins.

    Quotes are read strictly. A quote that is never closed costs the rows up to the next one, as a single unreadable
    row that says which lines it took.
    """
    csv.field_size_limit(max(csv.field_size_limit(), limits.row))
    lines = _Lines(stream, limits.row)
    delimiter = delimiter_of(stream.peek(limits.row).split(b"\n", 1)[0].decode("utf-8", "replace"))
    records = csv.reader(lines, delimiter=delimiter, strict=True)
    header = _header(records)
    while True:
        lines.begin()
        try:
            cells = next(records)
        except StopIteration:
            return
        except (csv.Error, _TooLong) as error:
            yield Record(lines.first, unreadable(_reason(error, limits, lines), lines.raw), None)
            continue
        if cells:
            yield Record(lines.first, _row(header, cells, lines), None)


def delimiter_of(header: str) -> str:
    """What parts the cells of a header line: the mark that occurs most often outside of quotes."""
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


class _Lines:
    """Feeds lines to the csv module, and remembers those of the record at hand."""

    def __init__(self, stream: BufferedReader, longest: int) -> None:
        self._stream = stream
        self._longest = longest
        self._parts: list[bytes] = []
        self._size = 0
        self.number = 0
        self.first = 1

    def begin(self) -> None:
        self._parts.clear()
        self._size = 0
        self.first = self.number + 1

    @property
    def raw(self) -> bytes:
        return b"".join(self._parts)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._stream.readline(self._longest - self._size + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        if self.number == 1:
            raw = raw.removeprefix(BYTE_ORDER_MARK)
        self._parts.append(raw)
        self._size += len(raw)
        if self._size > self._longest:
            self._drain(raw)
            raise _TooLong
        return raw.decode("utf-8", "surrogateescape")

    def _drain(self, raw: bytes) -> None:
        while raw and not raw.endswith(b"\n"):
            raw = self._stream.readline(1 << 20)


def _header(records: Iterator[list[str]]) -> list[str]:
    try:
        cells = next(records)
    except (StopIteration, csv.Error, _TooLong):
        raise Unrecognized("The first line is not a header of column names.") from None
    names = [cell.strip() or f"column {position}" for position, cell in enumerate(cells, start=1)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Unrecognized(f"The column {twice[:60]!a} occurs twice in the header.")
    if not _is_text("".join(names)):
        raise Unrecognized("The header is not UTF-8; save the file as UTF-8.")
    return names


def _row(header: list[str], cells: list[str], lines: _Lines) -> dict[str, object] | Unreadable:
    if len(cells) != len(header):
        found = f"{len(cells)} cell{'' if len(cells) == 1 else 's'}"
        return unreadable(f"{_place(lines)} {found}, and the header has {len(header)}.", lines.raw)
    text = "".join(cells)
    if not text.isascii() and not _is_text(text):
        return unreadable("The row is not UTF-8.", lines.raw)
    if "\0" in text:
        return unreadable("A cell holds a NUL character.", lines.raw)
    return dict(zip(header, cells, strict=True))


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _place(lines: _Lines) -> str:
    return "The row has" if lines.number == lines.first else f"Lines {lines.first} to {lines.number} have"


def _reason(error: Exception, limits: Limits, lines: _Lines) -> str:
    if isinstance(error, _TooLong):
        return f"From line {lines.first} on, a row is longer than {limits.row:,} bytes; perhaps a quote is not closed."
    if "unexpected end" in str(error):
        return f"A quote that opens in the row of line {lines.first} is never closed."
    return "A quoted cell is followed by something other than the next cell."

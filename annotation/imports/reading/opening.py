"""From a file to its rows."""

from collections.abc import Iterator
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from annotation.imports.reading.delimited import read_delimited
from annotation.imports.reading.detection import HEAD, Layout, compression_of, layout_of
from annotation.imports.reading.errors import Damaged, TooLarge, Unrecognized
from annotation.imports.reading.json_array import read_array
from annotation.imports.reading.limits import Limits
from annotation.imports.reading.ndjson import read_lines
from annotation.imports.reading.parquet import read_parquet
from annotation.imports.reading.records import START, Position, Record
from annotation.imports.reading.unpacking import Bounded, Unpacked

BUFFER = 1 << 18

ENDINGS = {
    Layout.NDJSON: ("jsonl", "ndjson", "json"),
    Layout.JSON: ("json",),
    Layout.CSV: ("csv", "tsv"),
    Layout.PARQUET: ("parquet",),
}
PACKED_ENDINGS = ("gz", "zst", "xz")
NAMES = {
    Layout.NDJSON: "lines of JSON",
    Layout.JSON: "a JSON array",
    Layout.CSV: "CSV",
    Layout.PARQUET: "Parquet",
}


class Rows:
    """The rows of one file, with what the file turned out to be. Iterate once."""

    def __init__(self, layout: Layout, compression: str | None, records: Iterator[Record]) -> None:
        self.layout = layout
        self.compression = compression
        self._records = records

    def __iter__(self) -> Iterator[Record]:
        return self._records


def open_rows(
    stream: BinaryIO,
    *,
    limits: Limits | None = None,
    layout: Layout | None = None,
    start: Position = START,
    spill: Path | None = None,
) -> Rows:
    """Find out what a seekable file is, and read its rows from `start` on.

    A position is what the caller kept of the last row it stored: how many rows there were, its number and its offset.
    The same file then goes on with the next row. In a plain file of lines this is a seek, in Parquet whole row groups
    are passed over, elsewhere the rows before are read again and dropped.

    Pictures that stand inside the rows of a Parquet file go into the folder `spill`, each under the SHA-256 of its
    bytes, and the row says so: `{"spilled": "…", "path": "…"}`. Without one it says `{"bytes": null, "path": "…"}`.

    `layout` overrules what the first bytes say. Raises `ReadingError`: here where the file cannot be read at all or
    unpacks to a bomb, and from the iterator where it breaks later on.
    """
    bounds = limits or Limits()
    compression = compression_of(_head(stream))
    if compression:
        _refuse_bomb(stream, bounds, compression)
    content = _content(stream, bounds, compression)
    found = layout or layout_of(_beginning(content))
    if found is Layout.PARQUET:
        if compression:
            raise Unrecognized("Parquet is compressed already; send the file as it is.")
        return Rows(found, None, _bounded(read_parquet(stream, bounds, start.rows, spill), bounds, start.rows))
    if found is Layout.NDJSON and not compression and start.offset is not None:
        stream.seek(start.offset)
        content = _content(stream, bounds, None, rewind=False)
        return Rows(found, None, _bounded(read_lines(content, bounds, start, keeps_offsets=True), bounds, start.rows))
    records = _from_the_first(content, found, bounds, is_plain=compression is None)
    return Rows(found, compression, islice(_bounded(records, bounds, 0), start.rows, None))


def mismatch(file_name: str, rows: Rows) -> str | None:
    """A sentence where the file's name promises something else than what it is."""
    endings = [part for part in file_name.casefold().split(".")[1:] if part not in PACKED_ENDINGS]
    known = {ending for usual in ENDINGS.values() for ending in usual}
    if not endings or endings[-1] not in known or endings[-1] in ENDINGS[rows.layout]:
        return None
    return f"The file is named .{endings[-1]} and was read as {NAMES[rows.layout]}, which is what it holds."


def _from_the_first(content: BufferedReader, layout: Layout, limits: Limits, *, is_plain: bool) -> Iterator[Record]:
    if layout is Layout.CSV:
        return read_delimited(content, limits)
    if layout is Layout.JSON:
        return read_array(content, limits)
    return read_lines(content, limits, START, keeps_offsets=is_plain)


def _head(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(16)


def _content(stream: BinaryIO, limits: Limits, compression: str | None, *, rewind: bool = True) -> BufferedReader:
    if rewind:
        stream.seek(0)
    raw = Unpacked(stream, limits, compression) if compression else Bounded(stream, limits)
    return BufferedReader(raw, BUFFER)


def _beginning(content: BufferedReader) -> bytes:
    return content.peek(HEAD)[:HEAD]


def _refuse_bomb(stream: BinaryIO, limits: Limits, compression: str) -> None:
    """Unpack the first part once before any row is believed, so that a bomb costs no row and little time."""
    content = _content(stream, limits, compression)
    seen = 0
    try:
        while seen <= limits.free and (chunk := content.read(BUFFER)):
            seen += len(chunk)
    except Damaged:
        return  # the rows before the damage are good; the reader will come to it


def _bounded(records: Iterator[Record], limits: Limits, rows: int) -> Iterator[Record]:
    for count, record in enumerate(records, start=rows + 1):
        if count > limits.rows:
            raise TooLarge(f"The file has more than {limits.rows:,} rows.")
        yield record

"""One JSON object per line."""

from collections.abc import Iterator
from typing import BinaryIO

from annotation.imports.reading.errors import Bomb
from annotation.imports.reading.limits import Limits
from annotation.imports.reading.parsing import Unparsable, parse_row
from annotation.imports.reading.records import Position, Record, unreadable

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_BLANK_LINES = 1_000_000


def read_lines(stream: BinaryIO, limits: Limits, start: Position, *, keeps_offsets: bool) -> Iterator[Record]:
    """Rows from where the stream stands, which `start` describes.

    Only a line feed ends a line: a Unicode line separator inside a text is text. Blank lines are counted as lines and
    are no rows.
    """
    number, offset, blanks = start.number, start.offset or 0, 0
    longest = limits.row
    for raw in iter(lambda: stream.readline(longest + 2), b""):
        number += 1
        offset += len(raw)
        if len(raw) > longest and not _is_within(raw, longest):
            offset += _drain(stream, raw)
            reason = f"The line is longer than {longest:,} bytes."
            yield Record(number, unreadable(reason, raw), offset if keeps_offsets else None)
            continue
        line = raw.removeprefix(BYTE_ORDER_MARK) if number == 1 else raw
        if not line or line.isspace():
            blanks += 1
            if blanks > MOST_BLANK_LINES:
                raise Bomb(f"There are more than {MOST_BLANK_LINES:,} blank lines; the rest was not read.")
            continue
        try:
            yield Record(number, parse_row(line), offset if keeps_offsets else None)
        except Unparsable as error:
            yield Record(number, unreadable(str(error), line), offset if keeps_offsets else None)


def _is_within(raw: bytes, longest: int) -> bool:
    """Whether only the line ending is beyond the limit."""
    return raw.endswith(b"\n") and len(raw.rstrip(b"\r\n")) <= longest


def _drain(stream: BinaryIO, raw: bytes) -> int:
    """Skip the rest of a line, and say how long it was."""
    skipped = 0
    while raw and not raw.endswith(b"\n"):
        raw = stream.readline(1 << 20)
        skipped += len(raw)
    return skipped

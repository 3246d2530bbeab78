"""Rows from a file of unknown make: what it is, unpacked as a stream, one row at a time, nothing skipped in silence."""

from annotation.imports.reading.detection import Layout
from annotation.imports.reading.errors import Bomb, Damaged, ReadingError, TooLarge, Unrecognized
from annotation.imports.reading.limits import Limits
from annotation.imports.reading.opening import Rows, mismatch, open_rows
from annotation.imports.reading.records import START, Position, Record, Unreadable

__all__ = [
    "START",
    "Bomb",
    "Damaged",
    "Layout",
    "Limits",
    "Position",
    "ReadingError",
    "Record",
    "Rows",
    "TooLarge",
    "Unreadable",
    "Unrecognized",
    "mismatch",
    "open_rows",
]

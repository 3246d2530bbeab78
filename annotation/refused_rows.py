"""Refused rows as files: CSV for spreadsheets, JSONL byte for byte. No Django."""

import json
from collections.abc import Iterable, Iterator
from typing import Protocol

from ui import spreadsheets

COLUMNS = ("number", "reason", "excerpt")


class Row(Protocol):
    """A row that did not become an item."""

    number: int
    reason: str
    excerpt: str


def as_csv(rows: Iterable[Row]) -> Iterator[str]:
    """Number, reason and excerpt. A cell that a spreadsheet would run as a formula gets a quote mark in front."""
    return spreadsheets.as_csv(COLUMNS, ((row.number, row.reason, row.excerpt) for row in rows))


def as_jsonl(rows: Iterable[Row]) -> Iterator[str]:
    """The same as JSON objects, one to a line, nothing escaped but what JSON asks for."""
    for row in rows:
        named = {"number": row.number, "reason": row.reason, "excerpt": row.excerpt}
        yield json.dumps(named, ensure_ascii=False) + "\n"

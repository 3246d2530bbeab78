"""Refused rows as files: CSV for spreadsheets, JSONL byte for byte. No Django."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Protocol

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")


class Row(Protocol):
    """A row that did not become an item."""

    number: int
    reason: str
    excerpt: str


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv(rows: Iterable[Row]) -> Iterator[str]:
    """Number, reason and excerpt. A cell that a spreadsheet would run as a formula gets a quote mark in front."""
    writer = csv.writer(_Line())
    yield writer.writerow(["number", "reason", "excerpt"])
    for row in rows:
        yield writer.writerow([row.number, escaped(row.reason), escaped(row.excerpt)])


def as_jsonl(rows: Iterable[Row]) -> Iterator[str]:
    """The same as JSON objects, one to a line, nothing escaped but what JSON asks for."""
    for row in rows:
        named = {"number": row.number, "reason": row.reason, "excerpt": row.excerpt}
        yield json.dumps(named, ensure_ascii=False) + "\n"


def escaped(cell: str) -> str:
    """The cell as text that no spreadsheet runs (OWASP ASVS 5.0, 1.2.10)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell

"""Tables as CSV, for spreadsheets that run what looks like a formula. No Django."""

import csv
from collections.abc import Iterable, Iterator, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
Cell = str | int | float | bool | None


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Line by line, the names of the columns first. Texts are escaped, numbers stay numbers, None is an empty cell."""
    writer = csv.writer(_Line())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([escaped(cell) if isinstance(cell, str) else cell for cell in row])


def escaped(cell: str) -> str:
    """The cell as text that no spreadsheet runs (OWASP ASVS 5.0, 1.2.10)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell

"""Cells that hold JSON as text, as CSV files do for lists of turns."""

from typing import Any

from annotation.imports.reading.parsing import Unparsable, parse


def opened(cell: Any) -> Any:
    """The list inside a cell that is one written as JSON; any other cell as it is."""
    if not isinstance(cell, str) or not cell.startswith("["):
        return cell
    try:
        value = parse(cell.encode())
    except (Unparsable, UnicodeEncodeError):
        return cell
    return value if isinstance(value, list) else cell

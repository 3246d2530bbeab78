"""Cells that hold JSON as text: lists of turns in CSV, objects in a raw release."""

from typing import Any

from annotation.imports.reading.parsing import Unparsable, parse


def opened(cell: Any, opening: str = "[") -> Any:
    """What is inside a cell that is a list (or, with "{", an object) written as JSON; any other cell as it is."""
    if not isinstance(cell, str) or not cell.startswith(opening):
        return cell
    try:
        return parse(cell.encode())
    except (Unparsable, UnicodeEncodeError):
        return cell

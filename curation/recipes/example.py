"""A row of each recipe as people are shown it: a golden one, so tests hold it to be what the recipe makes."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "examples"


@cache
def example_of(recipe: str) -> str:
    """The row as JSON on several lines."""
    return (FOLDER / f"{recipe}.json").read_text(encoding="utf-8").rstrip("\n")

"""Counts that grow with the project, remembered for a while once a project is large."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

Count = TypeVar("Count")

SMALL = 50_000  # rows that are counted anew each time
ROWS_A_SECOND = 25_000  # a count of 100,000 rows is remembered for four seconds, one of a million for forty
LONGEST = 60.0


def remembered(name: str, count: Callable[[], Count], *, rows: Callable[[Count], int]) -> Count:
    """The count behind a name: exact in a small project, at most a minute old in a large one.

    `rows` says how many rows were read for it. However many people look, counting takes a fixed share of the database.
    """
    found: tuple[Count] | None = cache.get(name)
    if found is not None:
        return found[0]
    counted = count()
    if (read := rows(counted)) > SMALL:
        cache.set(name, (counted,), timeout=min(LONGEST, read / ROWS_A_SECOND))
    return counted

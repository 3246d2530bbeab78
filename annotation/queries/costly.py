"""Counts that grow with the project, remembered for a while once they take long."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

Count = TypeVar("Count")

CHEAP = 0.05  # seconds; what takes less is counted anew each time
SHARE = 20  # a count is remembered for twenty times as long as it took: counting never takes more than a twentieth
LONGEST = 60.0


def remembered(name: str, count: Callable[[], Count]) -> Count:
    """The count behind a name; at most a minute old, and exact wherever counting is quick."""
    found: tuple[Count] | None = cache.get(name)
    if found is not None:
        return found[0]
    begun = time.monotonic()
    counted = count()
    took = time.monotonic() - begun
    if took > CHEAP:
        cache.set(name, (counted,), timeout=min(LONGEST, SHARE * took))
    return counted

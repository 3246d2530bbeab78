"""The answer that is known to be right, as the source of an item gives it."""

from collections.abc import Mapping
from typing import Any


def reference_in(source: Mapping[str, Any]) -> str:
    """What `reference` or `answer` says; empty where the source gives none, or more than one."""
    found = source.get("reference", source.get("answer"))
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return found if isinstance(found, str) else str(found) if is_number else ""

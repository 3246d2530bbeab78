"""How the machine is doing, asked at the moment of asking.

Floors and siblings say what to measure in a function named in `settings.MEASURES`; it returns rows of
(name, labels, value), so that nobody has to import anybody.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

Measure = tuple[str, dict[str, str], float]


def measure() -> list[Measure]:
    """Every gauge there is. Raises DatabaseError while the database is away."""
    rows: list[Measure] = [("disk_free_bytes", {}, float(disk_free()))]
    for path in settings.MEASURES:
        rows += _ask(path)
    return rows


def disk_free() -> int:
    """Bytes left where the home is, or will be."""
    folder: Path = settings.HOME
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _ask(path: str) -> Iterable[Measure]:
    rows: Iterable[Measure] = import_string(path)()
    return rows

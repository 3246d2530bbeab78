"""What processes count. Each counts in files of its own below GOLDPAN_HOME/metrics; /metrics adds them up.

Import counters from here and never from `prometheus_client`: the folder must be named before the library is loaded. A
counter may fall back when files of processes that ended long ago are removed; Prometheus takes that for a restart.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

DAY = 24 * 3600


def _choose_folder() -> Path | None:
    """Where processes count together; None, and each counts alone, where nothing can be written."""
    folder: Path = settings.HOME / "metrics"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f".{os.getpid()}").touch()
        (folder / f".{os.getpid()}").unlink()
    except OSError:
        return None
    for file in folder.glob("*.db"):
        with suppress(OSError):  # a process beside us removes the same
            if file.stat().st_mtime < time.time() - DAY:
                file.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


FOLDER = _choose_folder()

from prometheus_client import Counter, Histogram  # noqa: E402  (looks for the folder once, now)

submits = Counter("submit", "Answers submitted: created, replay, conflict or invalid.", ["outcome"])
submit_seconds = Histogram(
    "submit_seconds", "Time to take an answer.", buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
)
leases_expired = Counter("lease_expired", "Leases that went to someone else.")
drafts_recovered = Counter("draft_recovered", "Drafts that were shown again.")
render_fallbacks = Counter("render_fallback", "Texts shown as their source, by reason.", ["reason"])
import_rows = Counter("import_rows", "Rows imported: ok, duplicate or refused.", ["result"])

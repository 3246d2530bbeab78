"""Waiting for what a job does."""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from goldpan.client.errors import StillOpen, Stopped

Report = TypeVar("Report", bound=Mapping[str, Any])
OPEN = frozenset({"queued", "leased"})
DONE = "done"
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between two questions


def until_done(what: str, ask: Callable[[], Report], seconds: float) -> Report:
    """The report once the work is done. Raises Stopped where it ended otherwise, StillOpen after these seconds."""
    deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
    while (report := ask())["state"] in OPEN:
        left = deadline - time.monotonic()
        if left <= 0:
            raise StillOpen(f"{what} is not done after {seconds:g} seconds; it goes on.", report)
        time.sleep(min(pause, left))
        pause = min(LONGEST_PAUSE, pause * 1.5)
    if report["state"] != DONE:
        raise Stopped(f"{what} ended as {report['state']}: {report['message'] or 'no reason was given.'}", report)
    return report

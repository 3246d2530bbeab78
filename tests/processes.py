"""Which processes a test started and did not end."""

from collections.abc import Callable
from contextlib import suppress

import psutil


def started_from_now_on() -> Callable[[], set[int]]:
    """A function that tells the pids of what this process starts after this call and what that starts in turn.

    What runs already is left out with its own children: PostgreSQL and Redis belong to the whole test run, and fork
    when it suits them (autovacuum).
    """
    servers = set(psutil.Process().children())

    def started() -> set[int]:
        pids = set()
        for child in set(psutil.Process().children()) - servers:
            with suppress(psutil.NoSuchProcess):
                pids |= {child.pid, *(below.pid for below in child.children(recursive=True))}
        return pids

    return started

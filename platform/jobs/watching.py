"""How far a job is, on the terminal of whoever waits for it."""

import sys
import threading
from collections.abc import Callable

from django.db import connection


class Watched:
    """While the block runs, one line on standard error says how far the work is. Says nothing unless on a terminal."""

    def __init__(self, tell: Callable[[], str]) -> None:
        self._tell = tell
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="job-progress", daemon=True)

    def __enter__(self) -> None:
        if sys.stderr.isatty():
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
            sys.stderr.write("\r\033[K")

    def _watch(self) -> None:
        try:
            while not self._over.wait(1):
                sys.stderr.write(f"\r\033[K{self._tell()}")
                sys.stderr.flush()
        finally:
            connection.close()  # this thread's own

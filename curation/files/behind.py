"""One thread behind the one that reads: it compresses and writes while the next rows are made."""

from collections.abc import Callable
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Self

AHEAD = 1


class Behind:
    """Runs what it is given in order, at most one call late. The first error is raised at the next call or the end."""

    def __init__(self) -> None:
        self._calls: Queue[Callable[[], None] | None] = Queue(maxsize=AHEAD)
        self._error: BaseException | None = None
        self._thread = Thread(target=self._work, name="release-files", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.put(None)
        self._thread.join()
        if error is None and self._error:
            raise self._error

    def run(self, call: Callable[[], None]) -> None:
        """Let it be called soon. Waits while another call is waiting already."""
        if self._error:
            raise self._error
        self._calls.put(call)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            if self._error is None:
                try:
                    call()
                except BaseException as error:
                    self._error = error

"""When a server has failed often enough in a row, it is left alone for a while."""

import time
from collections.abc import Callable


class Breaker:
    """Closed: everybody may call. Open: nobody. After its rest one caller may try, and decides for the others."""

    def __init__(self, failures: int, rest_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = failures
        self._rest = rest_seconds
        self._clock = clock
        self._failed = 0
        self._opened_at: float | None = None
        self._is_tried = False

    @property
    def is_open(self) -> bool:
        """Whether the last that was heard is that the server does not answer."""
        return self._opened_at is not None

    def admits(self) -> bool:
        """Whether one more attempt may be made now. Whoever is admitted reports how it ended."""
        if self._opened_at is None:
            return True
        if self._is_tried or self._clock() - self._opened_at < self._rest:
            return False
        self._is_tried = True
        return True

    def answered(self) -> None:
        """The server said something, if only that it is busy."""
        self._failed, self._opened_at, self._is_tried = 0, None, False

    def failed(self) -> None:
        """It did not answer, or not to the end."""
        self._failed += 1
        if self._is_tried or self._failed >= self._most:
            self._opened_at, self._is_tried = self._clock(), False

"""Keeps a job's lease alive from a thread while its handler works."""

import threading
import time
from types import TracebackType
from typing import Self

import psycopg
import structlog
from django.db import Error, connection, transaction

from jobs import services
from jobs.services import Held

log = structlog.get_logger(__name__)


class Heartbeat:
    """Renews the lease eight times in its length until left; `is_lost` once this attempt must not write any more.

    An attempt that could ask nobody for half the length writes no more. So three renewals may fail or come late (a
    machine under load gives a thread its turn when it likes) before work is thrown away.
    """

    def __init__(self, held: Held) -> None:
        self._held = held
        self._length = services.LEASE.total_seconds()
        self._last = time.monotonic()
        self._over = threading.Event()
        self._taken = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="job-heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._over.set()
        self._thread.join(timeout=self._length)

    @property
    def is_lost(self) -> bool:
        """True when someone else holds the job, or when nobody could be asked for half the lease's length."""
        return self._taken.is_set() or time.monotonic() - self._last > self._length / 2

    def _beat(self) -> None:
        try:
            while not self._over.wait(self._length / 8) and not self._taken.is_set():
                self._renew()
        finally:
            connection.close()  # this thread's own

    def _renew(self) -> None:
        asked_at = time.monotonic()
        try:
            if not self._is_renewed():
                self._taken.set()
                return
        except Error as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                log.warning("job.renewal_failed", job=str(self._held.job.pk), error=type(error).__name__)
                connection.close()
                return
            # Our own handler holds the row in a long transaction. Nobody can take it, so it is still ours.
        self._last = asked_at

    def _is_renewed(self) -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{int(self._length * 1000 / 16)}ms"])
            return services.renew(self._held)

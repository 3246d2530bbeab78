"""What was rendered lately, bounded by bytes."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Entry(Generic[Value]):
    value: Value
    size: int
    ends: float  # on the monotonic clock


class Cache(Generic[Value]):
    """The least recently used entries go first once `limit` bytes are exceeded."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._entries: OrderedDict[bytes, Entry[Value]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: bytes) -> Value | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.ends < time.monotonic():
                return None
            self._entries.move_to_end(key)
            return entry.value

    def put(self, key: bytes, value: Value, *, size: int, lifetime: float | None = None) -> None:
        """Keep `value` for `lifetime` seconds, or for as long as there is room."""
        ends = float("inf") if lifetime is None else time.monotonic() + lifetime
        with self._lock:
            self._drop(key)
            self._entries[key] = Entry(value, size, ends)
            self.size += size
            while self.size > self.limit and self._entries:
                self._drop(next(iter(self._entries)))

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self.size = 0

    def _drop(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= entry.size

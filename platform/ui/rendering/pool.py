"""Two rendering children per process, so that one bad text never holds up everybody.

The first lane takes any text, the second short ones only. A short text is given half a second of CPU, so the second
lane is soon free whatever is thrown at it.
"""

import atexit
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from stack.confined import lane as confined

from .child import Child

SHORT = 16_000  # characters
LEAST_SECONDS = 0.25  # with less than this left, rendering is not begun


class Text(Protocol):
    """What a child needs to know of a source."""

    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def language(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """HTML, or the reason why there is none; `certain` when another try would end the same way."""

    html: str = ""
    reason: str = ""
    certain: bool = False


class Lane(confined.Lane):
    """A child and the right to speak to it."""

    def __init__(self, longest: float) -> None:
        super().__init__(Child)
        self.longest = longest
        self.taken = False

    def render(self, texts: Sequence[Text], deadline: float) -> Iterator[Outcome]:
        """One outcome for each text, in order. A text that kills its child costs the others nothing but time."""
        for answer in self.ask([_message(text) for text in texts], deadline):
            if answer.reason:
                yield Outcome(reason=answer.reason, certain=answer.certain)
            else:
                yield Outcome(answer.value["html"], answer.value["reason"], certain=True)


def _message(text: Text) -> dict[str, str]:
    return {"text": text.text, "kind": text.kind, "language": text.language}


class Pool:
    def __init__(self) -> None:
        self.lanes = (Lane(longest=SHORT), Lane(longest=float("inf")))
        self._free = threading.Condition()

    def start(self) -> None:
        """Start every child that nobody has started; they warm up side by side."""
        with self._free:
            for lane in self.lanes:
                if not lane.taken:
                    lane.child()

    def render(self, texts: Sequence[Text], deadline: float) -> list[Outcome]:
        """Outcomes in the order of the texts; all "busy" where no child is free in time."""
        turns = sorted(range(len(texts)), key=lambda index: len(texts[index].text))  # the short ones are soon done
        outcomes = dict(zip(turns, self._render([texts[index] for index in turns], deadline), strict=True))
        return [outcomes[index] for index in range(len(texts))]

    def _render(self, texts: Sequence[Text], deadline: float) -> list[Outcome]:
        busy = [Outcome(reason="busy")] * len(texts)
        try:
            self.start()
            with self._take(len(texts[-1].text), deadline - LEAST_SECONDS) as lane:
                return busy if lane is None else list(lane.render(texts, deadline))
        except OSError:  # no process or no file descriptor left for a child
            return busy

    def stop(self) -> None:
        for lane in self.lanes:
            lane.stop()

    def abandon(self) -> None:
        for lane in self.lanes:
            lane.abandon()

    @contextmanager
    def _take(self, longest: float, deadline: float) -> Iterator[Lane | None]:
        lane = self._wait_for_lane(longest, deadline)
        try:
            yield lane
        finally:
            if lane is not None:
                with self._free:
                    lane.taken = False
                    self._free.notify_all()

    def _wait_for_lane(self, longest: float, deadline: float) -> Lane | None:
        with self._free:
            while (lane := self._free_lane(longest)) is None:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return None
                self._free.wait(remaining)
            lane.taken = True
            return lane

    def _free_lane(self, longest: float) -> Lane | None:
        """A lane whose child is warm, rather than one whose child was just replaced."""
        fitting = [lane for lane in self.lanes if not lane.taken and longest <= lane.longest]
        return next((lane for lane in fitting if lane.is_warm()), fitting[0] if fitting else None)


_pool: Pool | None = None
_lock = threading.Lock()


def pool() -> Pool:
    """This process's pool; its children start with the first text."""
    global _pool  # noqa: PLW0603  a process has one
    with _lock:
        if _pool is None:
            _pool = Pool()
            atexit.register(_pool.stop)
        return _pool


def _after_fork() -> None:
    """Children belong to the process that started them."""
    global _pool, _lock
    if _pool is not None:
        _pool.abandon()
        atexit.unregister(_pool.stop)
    _pool, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_after_fork)

"""A child that is always there: whoever asks gets an answer or a reason, and the next question a child that works."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from stack.confined.child import Child, Gone, TooLate

RETRIES = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child said, or the reason why it said nothing; `certain` when another try would end the same way.

    "slow": the question took too long. "failed": no child could be had that lived. "busy": its turn did not come.
    """

    value: Any = None
    reason: Literal["", "slow", "failed", "busy"] = ""
    certain: bool = False


class Lane:
    """Not thread-safe."""

    def __init__(self, start: Callable[[], Child]) -> None:
        self._start = start
        self._child: Child | None = None

    def child(self) -> Child:
        """The child of now, started if there is none."""
        if self._child is None or self._child.is_overdue():
            self.restart()
        assert self._child is not None
        return self._child

    def is_warm(self) -> bool:
        """Whether a question would be taken up at once."""
        return self._child is not None and self._child.is_ready()

    def restart(self) -> None:
        """The old child is killed; the new one warms up while nobody waits for it."""
        self.stop()
        self._child = self._start()

    def stop(self) -> None:
        """Kill the child, if there is one."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def abandon(self) -> None:
        """After a fork: the child belongs to the other process."""
        if self._child is not None:
            self._child.abandon()

    def ask(self, questions: Sequence[Any], deadline: float) -> Iterator[Answer]:
        """One answer to each, in order, by `deadline` of the monotonic clock.

        A question that kills its child costs the others nothing but time.
        """
        done, retries = 0, RETRIES
        while done < len(questions):
            try:
                for answer in self._ask(questions[done:], deadline):
                    done += 1
                    yield answer
            except Gone:
                certain = self.child().died_of_its_text()
                self.restart()
                if certain or retries <= 0:
                    done += 1
                    yield Answer(reason="slow" if certain else "failed", certain=certain)
                retries -= not certain
            except TooLate:
                if self.child().ready:
                    self.restart()
                    done += 1
                    yield Answer(reason="slow")
                break
        yield from [Answer(reason="busy")] * (len(questions) - done)

    def _ask(self, questions: Sequence[Any], deadline: float) -> Iterator[Answer]:
        child = self.child()
        child.wait_until_ready(deadline)
        child.send(questions, deadline)
        for _ in questions:
            yield Answer(child.receive(deadline), certain=True)


@contextlib.contextmanager
def lane(start: Callable[[], Child]) -> Iterator[Lane]:
    """A lane that ends with the block."""
    opened = Lane(start)
    try:
        yield opened
    finally:
        opened.stop()

"""The child that parses and decodes strangers' files, seen from our side: start it, ask it, kill it."""

import contextlib
import json
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from annotation.media.inside.faults import Unusable
from annotation.media.inside.table import TYPES, MediaType

HOME = str(Path(__file__).parent)
BOOT = "import sys, json; sys.path += json.loads(sys.argv[1]); from inside.main import main; main()"
SECONDS = 60.0  # for one file; decoding the largest picture that is taken needs a few
LONGEST_ANSWER = 1 << 16

__all__ = ["Cleaned", "Unusable", "Workshop"]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a file turned out to be. Size in pixels and length in seconds where they are known."""

    type: MediaType
    width: int | None
    height: int | None
    seconds: float | None


class Workshop:
    """A child for as many files as there are; it starts with the first one. Not thread-safe.

    A file that kills it, or takes too long, is that file's own fault and costs the next one nothing but a start.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def clean(self, source: Path, target: Path, thumbnail: Path) -> Cleaned:
        """Write the cleaned file to `target` and a picture's thumbnail beside it. Raises `Unusable`; nothing stays."""
        try:
            answer = self._ask({"source": str(source), "target": str(target), "thumbnail": str(thumbnail)})
        except BaseException:
            target.unlink(missing_ok=True)
            thumbnail.unlink(missing_ok=True)
            raise
        return Cleaned(TYPES[answer["type"]], answer["width"], answer["height"], answer["seconds"])

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            with contextlib.suppress(BrokenPipeError):  # words that it never read
                self._child.communicate()
            self._child = None

    def _ask(self, question: dict[str, str]) -> dict[str, Any]:
        child = self._started()
        assert child.stdin
        try:
            child.stdin.write(json.dumps(question).encode() + b"\n")
            child.stdin.flush()
            answer = self._answer(child)
        except (OSError, ValueError):
            self.close()
            raise Unusable("cannot be decoded within the limits on time and memory") from None
        if "fault" in answer:
            raise Unusable(answer["fault"])
        return answer

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is None:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
                [sys.executable, "-I", "-c", BOOT, json.dumps([HOME, *filter(None, sys.path)])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
                start_new_session=True,
            )
            self._answer(self._child)  # its first line says that it is ready
        return self._child

    def _answer(self, child: "subprocess.Popen[bytes]") -> dict[str, Any]:
        """One line of it. Raises ValueError where none comes in time, or the child is gone."""
        assert child.stdout
        if not select.select([child.stdout], [], [], self._seconds)[0]:
            raise ValueError
        answer: dict[str, Any] = json.loads(child.stdout.readline(LONGEST_ANSWER))
        return answer

"""Keeps a set of programs running, and ends them in order."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from stack import children
from stack.errors import StackError

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0  # seconds between a death and the next start
STEADY = 60.0  # a program that ran this long starts again at the first delay
LARGEST_LOG = 50 * 2**20  # bytes


class Part(Protocol):
    """Something that can be started, watched and stopped."""

    @property
    def name(self) -> str: ...

    @property
    def log(self) -> Path: ...

    @property
    def pid(self) -> int | None: ...

    def start(self) -> object: ...

    def stop(self) -> None: ...


@dataclass
class Program:
    """One of our own processes: the web server, a worker, the relay."""

    name: str
    command: Sequence[str]
    log: Path
    environment: dict[str, str]
    on_our_death: signal.Signals = signal.SIGTERM
    patience: float = 8.0  # seconds between asking it to end and insisting
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        if self._process:
            children.kill_group(self._process.pid)  # what a killed leader left behind still holds the port
        self._process = children.spawn(
            self.command,
            environment=self.environment,
            folder=Path("/"),
            log=self.log,
            on_our_death=self.on_our_death,
        )

    def stop(self) -> None:
        if self._process:
            children.stop(self._process, patience=self.patience)


@dataclass
class Watch:
    """How a part has fared so far."""

    part: Part
    started: float = 0.0
    delay: float = FIRST_DELAY
    due: float | None = None  # when to start it again, while it is dead


class Supervisor:
    """Starts parts in the order they are added, restarts one that dies, stops them in the opposite order."""

    def __init__(self, *, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._watched: list[Watch] = []

    def add(self, part: Part) -> None:
        """Start a part and watch it from now on. Raises `StackError` if it cannot start."""
        self._watched.append(Watch(part, started=self._clock()))
        part.start()

    def pids(self, kind: type) -> list[int]:
        """The process numbers of the running parts of one kind."""
        return [watch.part.pid for watch in self._watched if isinstance(watch.part, kind) and watch.part.pid]

    def tend(self) -> None:
        """Look after every part once: start again what died and is due, and cut logs that have grown too long."""
        for watch in self._watched:
            if not watch.part.pid:
                self._revive(watch)
            shorten(watch.part.log)

    def stop(self) -> None:
        """End all parts, the last first."""
        while self._watched:
            self._watched.pop().part.stop()

    def _revive(self, watch: Watch) -> None:
        now = self._clock()
        if watch.due is None:
            watch.delay = FIRST_DELAY if now - watch.started > STEADY else min(watch.delay * 2, LONGEST_DELAY)
            watch.due = now + watch.delay
            self._say(f"{watch.part.name} ended; starting it again in {watch.delay:g} s ({watch.part.log}).")
        elif now >= watch.due:
            self._start(watch)

    def _start(self, watch: Watch) -> None:
        watch.due, watch.started = None, self._clock()
        try:
            watch.part.start()
        except StackError as error:
            self._say(str(error))


def shorten(log: Path) -> None:
    """Move a log that has grown too long aside. Its writer appends, so it goes on at the new start."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        with log.open("rb") as old, log.with_suffix(".log.1").open("wb") as kept:
            while block := old.read(2**20):
                kept.write(block)
        with log.open("r+b") as file:
            file.truncate(0)

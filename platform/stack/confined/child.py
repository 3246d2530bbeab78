"""One confined child, seen from the process that needs it: start it, ask it, kill it."""

import contextlib
import json
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stack.confined import wire

LONGEST_ANSWER = 64 * 2**20  # bytes
START_SECONDS = 30.0  # a child that is not ready by then is killed
STRANGERS = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP, -signal.SIGINT)  # the machine's or an operator's doing
# The child sees what we see, and the folder that its own package lies in.
BOOT = "import sys, json; sys.path += json.loads(sys.argv[1]); from inside.main import main; main()"


class TooLate(Exception):
    """The deadline passed; the child may still be at work."""


class Gone(Exception):
    """The child died, most likely of a limit."""


class Child:
    """Runs the program `boot`, `main` of `inside/main.py` below `home` unless told otherwise.

    Not thread-safe: whoever holds it speaks to it alone.
    """

    def __init__(self, home: Path, boot: str = BOOT) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  our own interpreter, our own words
                [sys.executable, "-I", "-c", boot, json.dumps([str(home), *filter(None, sys.path)])],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                start_new_session=True,
            )
        self.channel = ours
        self.started = time.monotonic()
        self.ready = False

    def wait_until_ready(self, deadline: float) -> None:
        if self.ready:
            return
        self.receive(deadline)
        self.ready = True

    def is_ready(self) -> bool:
        """Without waiting."""
        if not self.ready and select.select([self.channel], [], [], 0)[0]:
            with contextlib.suppress(Gone, TooLate):
                self.wait_until_ready(time.monotonic() + 1)  # the message is there already
        return self.ready

    def send(self, message: Any, deadline: float) -> None:
        with self._in_time(deadline):
            wire.send(self.channel, message)

    def receive(self, deadline: float) -> Any:
        with self._in_time(deadline):
            message = wire.receive(self.channel, LONGEST_ANSWER)
        if message is None:
            raise Gone
        return message

    def is_overdue(self) -> bool:
        """True when the child was given long enough to start and did not."""
        return not self.ready and time.monotonic() - self.started > START_SECONDS

    def died_of_its_text(self) -> bool:
        """After Gone: True for a death by our limits or in native code, not for a stranger's signal."""
        if not self.ready:
            return False
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(timeout=0.5) not in STRANGERS
        return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.channel.close()

    def abandon(self) -> None:
        """After a fork the child belongs to the other process: let go of it, without a signal."""
        self.channel.close()
        self.process.returncode = 0

    @contextlib.contextmanager
    def _in_time(self, deadline: float) -> Iterator[None]:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TooLate
        self.channel.settimeout(remaining)
        try:
            yield
        except TimeoutError:
            raise TooLate from None
        except (OSError, ValueError):
            raise Gone from None

"""A real `goldpan up`, driven from outside as a person at a terminal would."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stack.children import is_alive

GOLDPAN = [sys.executable, "-c", "from config.cli import main; main()"]
GIVEN = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}  # what the test run itself sets
READY = "Ctrl-C stops everything."


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Up:
    """One run of `goldpan up` on a home."""

    def __init__(self, home: Path, *words: str, port: int | str | None = None) -> None:
        self.home = home
        self.port = port or free_port()
        own = {"GOLDPAN_HOME": str(home), "GOLDPAN_PORT": str(self.port)}
        kept = {k: v for k, v in os.environ.items() if k not in GIVEN}
        self.process = subprocess.Popen(
            [*GOLDPAN, "up", "--no-demo", *words],
            env={**kept, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.said: list[str] = []
        self.answered = False

    def wait_until_ready(self) -> "Up":
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if READY in line or line.startswith("{"):
                return self
        assert self.process.stderr
        raise AssertionError(f"not ready: {self.said} {self.process.stderr.read()}")

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)

    def outcome(self) -> tuple[int, str]:
        """Exit code and everything on stderr of a run that ends by itself."""
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=30) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def doctor(home: Path) -> dict[str, Any]:
    """What `goldpan doctor` says of a running installation."""
    kept = {k: v for k, v in os.environ.items() if k not in GIVEN}
    done = subprocess.run(
        [*GOLDPAN, "doctor", "--json"],
        env={**kept, "GOLDPAN_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def processes_of(home: Path) -> list[int]:
    """Everything that works in a home or for it, whoever its parent is."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            works_in = Path(os.readlink(entry / "cwd")).is_relative_to(home)
            works_for = f"GOLDPAN_HOME={home}".encode() in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if (works_in or works_for) and is_alive(int(entry.name)):
            found.append(int(entry.name))
    return found


def eventually(claim: Callable[[], bool], patience: float = 60) -> bool:
    """Wait until the claim is true; False if it never was."""
    deadline = time.monotonic() + patience
    while not (true := claim()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return true

"""PostgreSQL, Redis, web, worker and relay as children that a test may kill, freeze, thaw and restart.

    def test_…(stack: Stack) -> None:
        stack.start("worker", "relay")
        stack.worker.kill()

The test's own Django connection is pointed at the stack's database, so services and models work as usual.
Import `Stack` and `wait_until` from here; the fixture is in the conftest beside it.
"""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil
from django.db import connection

from annotation.queries.forms import questions_of
from config import env
from stack import postgres, redis
from stack.supervisor import Program
from stack.up import ROOTS, celery_worker, goldpan, gunicorn, models_python
from tests.flush import empty_while_others_work

Found = TypeVar("Found")

PLACE = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
# So short that a test need not wait, so long that two loaded cores keep up.
HASTE = {
    "GOLDPAN_JOB_LEASE_SECONDS": "2",
    "GOLDPAN_SWEEP_SECONDS": "1",
    "GOLDPAN_JOB_FORGOTTEN_SECONDS": "2",
    "CELERY_SKIP_CHECKS": "1",
}


class Child(Program):
    """One of our own programs, with the means to hurt it."""

    __hash__ = object.__hash__  # by identity, not by what the dataclass holds

    def kill(self) -> None:
        """kill -9 of the whole group at once."""
        self._signal(signal.SIGKILL)
        if self._process:
            self._process.wait()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def terminate(self) -> float:
        """SIGTERM, and the seconds it took to end."""
        started = time.monotonic()
        assert self._process
        self._process.terminate()
        self._process.wait(timeout=60)
        return time.monotonic() - started

    def restart(self) -> None:
        self.kill()
        self.start()

    def children(self) -> list[int]:
        """The processes that it forked, the oldest first."""
        if not self.pid:
            return []
        forked = psutil.Process(self.pid).children(recursive=True)
        return [process.pid for process in sorted(forked, key=psutil.Process.create_time)]

    def _signal(self, number: signal.Signals) -> None:
        if self.pid:
            os.killpg(self.pid, number)


class Stack:
    """All parts of one installation in a folder of its own. PostgreSQL is durable, as in production."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = postgres.ephemeral(folder / "home", durable=True)
        self.broker = redis.ephemeral(folder / "home")
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = self._environment()
        self.web = self._child("web", gunicorn(self.port, self.database.home))
        self.worker = self._child("worker", celery_worker(), on_our_death=signal.SIGKILL)
        self.relay = self._child("relay", goldpan("relay"))
        self.models = self._child("models", celery_worker(models_python() or "", "gpu"), on_our_death=signal.SIGKILL)
        self._programs = (self.web, self.worker, self.relay, self.models)
        self._left_over: set[Child] = set()

    def prepare(self) -> None:
        """Start PostgreSQL with an empty, migrated database."""
        self.database.start()
        self._command("migrate", "--verbosity", "0", "--skip-checks")

    @contextmanager
    def pointed_at(self) -> Generator[None, None, None]:
        """Inside, this process's Django works on the stack's database."""
        before = {name: connection.settings_dict[name] for name in PLACE}
        there = env.database(self.database.dsn)
        _move_to({name: there[name] for name in PLACE})
        try:
            yield
        finally:
            _move_to(before)

    def start(self, *names: str, **environment: str) -> None:
        """Start parts by name in order, with extra environment variables; Redis comes first by itself.

        Parts that an earlier test left running in the same environment go on, because starting is what takes long;
        the first call in a test ends those that it does not name.
        """
        self.broker.start()
        for part in self._left_over - {getattr(self, name) for name in names}:
            part.kill()
        self._left_over = set()
        for name in names:
            part, wanted = getattr(self, name), {**self.environment, **environment}
            if not part.pid or part.environment != wanted:
                part.kill()
                part.environment = wanted
                part.start()
        if "web" in names:
            self.wait_for_page()

    def kill_database(self) -> None:
        """kill -9 of PostgreSQL; `database.start()` recovers it."""
        self.database.kill()
        connection.close()  # ours died with it

    def reset(self) -> None:
        """Thaw and empty everything: each test begins with no rows, no messages, and PostgreSQL running."""
        for part in (*self._programs, self.broker, self.database):
            part.thaw()
        self._left_over = {part for part in self._programs if part.pid}
        self.database.start()
        if self.broker.pid:
            self.broker.client().delete("default", "cpu", "gpu")
        connection.close()
        empty_while_others_work()

    def remove(self) -> None:
        """Leave no process and no file behind."""
        for part in self._programs:
            part.kill()
        self.broker.thaw()
        self.broker.remove()
        self.database.thaw()
        self.database.remove()

    def wait_for_page(self, path: str = "/livez") -> None:
        try:
            wait_until(lambda: answers(self.address + path), patience=90)
        except AssertionError as error:
            raise AssertionError(f"{path} does not answer: {self.web.log.read_text()[-2000:]}") from error

    def logs(self) -> str:
        """Everything the programs have logged."""
        return "".join(part.log.read_text() for part in self._programs if part.log.exists())

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **HASTE,
            "GOLDPAN_HOME": str(self.folder / "home"),
            "DATABASE_URL": self.database.dsn,
            "REDIS_URL": self.broker.url,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "PYTHONPATH": os.pathsep.join(map(str, ROOTS)),
            "PYTHONUNBUFFERED": "1",
        }

    def _child(self, name: str, command: list[str], **options: signal.Signals) -> Child:
        return Child(name, command, self.database.home.logs / f"{name}.log", self.environment, **options)

    def _command(self, *words: str) -> None:
        done = subprocess.run(
            goldpan(*words), env=self.environment, cwd="/", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def _move_to(place: dict[str, Any]) -> None:
    """Let Django work on another database, where the same primary key is another row."""
    connection.close()
    connection.settings_dict.update(place)
    questions_of.cache_clear()


def wait_until(claim: Callable[[], Found], says: str = "", *, patience: float = 30) -> Found:
    """Ask until the claim holds, and return its answer; fails with `says` when patience is over."""
    deadline = time.monotonic() + patience
    while not (found := claim()):
        assert time.monotonic() < deadline, f"waited {patience} s in vain: {says or claim}"
        time.sleep(0.05)
    return found


def answers(address: str) -> bool:
    """True once the server says anything but that it is broken."""
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def free_port() -> int:
    """A port that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

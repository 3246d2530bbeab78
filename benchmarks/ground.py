"""What every benchmark stands on: its own PostgreSQL with real durability, a project, and the machine in words."""

import os
import platform
import resource
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
for root in (ROOT, ROOT / "platform"):
    sys.path.insert(0, str(root))


@contextmanager
def database(folder: Path | None = None) -> Iterator[str]:
    """A migrated database in a PostgreSQL of our own, with fsync on; yields its DSN. Sets up Django."""
    from stack import postgres

    home = folder or Path(tempfile.mkdtemp(prefix="goldpan-bench-"))
    server = postgres.ephemeral(home / "home", durable=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        GOLDPAN_HOME=str(home / "home"),
        SECRET_KEY=secrets.token_urlsafe(40),
        DATABASE_URL=server.dsn,
        LOG_LEVEL="WARNING",
    )
    try:
        started = server.start()
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield started.dsn
    finally:
        server.remove()


def machine() -> str:
    """The load and the versions that stand beside every figure."""
    import django

    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores, load {load}, Python {platform.python_version()}, Django {django.__version__}"


def peak_mb() -> float:
    """The largest this process has been, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(action: Callable[[], Any]) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def median(action: Callable[[], Any], times: int = 5) -> float:
    """Median seconds of several calls."""
    return statistics.median(timed(action) for _ in range(times))


def row(name: str, figure: str, budget: str, *, is_met: bool | None = None) -> None:
    """One line of the table that `make bench` prints."""
    verdict = "" if is_met is None else ("within" if is_met else "MISSED")
    print(f"{name:<58} {figure:<40} {budget:<26} {verdict}", flush=True)

"""What `goldpan doctor` looks at: each check says ok, warn or fail, and how to mend what is wrong."""

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRES = 15
LITTLE_SPACE, NO_SPACE = 5 * 2**30, 2**29  # bytes
SKEW_TO_MENTION, SKEW_TO_REFUSE = 2.0, 30.0  # seconds; leases last minutes
# Only for a site that others reach; GOLDPAN_HTTPS turns all of them on.
ABOUT_HTTPS = {"security.W004", "security.W008", "security.W012", "security.W016", "security.W018", "security.W021"}


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Result:
    """One line of the report. `remedy` is a sentence; empty where nothing is wrong."""

    subject: str
    level: Level
    text: str
    remedy: str = ""


def everything() -> Iterator[Result]:
    """All checks in the order in which a failure explains the next. A check that breaks is itself a failure."""
    failed: set[str] = set()
    for name, check in CHECKS.items():
        needed = NEEDS.get(name, "")
        if needed in failed:
            yield Result(name, Level.WARN, f"not looked at, because {needed} failed", f"Mend {needed} first.")
            continue
        result = _guarded(name, check)
        if result.level == Level.FAIL:
            failed.add(name)
        yield result


def _guarded(name: str, check: Callable[[], Result]) -> Result:
    try:
        return check()
    except Exception as error:  # a broken machine breaks in ways nobody listed
        words = str(error).strip().splitlines() or [type(error).__name__]
        return Result(name, Level.FAIL, words[0], REMEDIES.get(name, "See the log files."))


def python() -> Result:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Result("python", Level.FAIL, version, "Install Python 3.11 or newer.")
    return Result("python", Level.OK, version)


def home() -> Result:
    folder = Path(settings.HOME)
    if not folder.is_dir():
        return Result("home", Level.WARN, f"{folder} does not exist", "Run `goldpan up` once, or make it by hand.")
    for path in (folder, *sorted((folder / "env").glob("*")), *sorted((folder / "secrets").glob("*"))):
        allowed = 0o710 if path == folder else 0o700
        if stat.S_IMODE(path.stat().st_mode) & ~allowed:
            return Result("home", Level.FAIL, f"others can read {path}", f"Run: chmod go-rwx '{path}'")
    return Result("home", Level.OK, str(folder))


def disk() -> Result:
    folder = next(path for path in (Path(settings.HOME), *Path(settings.HOME).parents) if path.exists())
    free = shutil.disk_usage(folder).free
    text = f"{free / 2**30:.1f} GiB free at {folder}"
    if free < NO_SPACE:
        return Result("disk", Level.FAIL, text, "Free some space now; answers cannot be saved on a full disk.")
    if free < LITTLE_SPACE:
        return Result("disk", Level.WARN, text, "Free some space soon.")
    return Result("disk", Level.OK, text)


def postgres() -> Result:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        if int(version.split(".")[0]) < OLDEST_POSTGRES:
            return Result("postgres", Level.FAIL, version, f"Move to PostgreSQL {OLDEST_POSTGRES} or newer.")
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        forgets = "off" in cursor.fetchone()
        cursor.execute("CREATE TABLE goldpan_doctor_was_here (word text)")
        transaction.set_rollback(True)
        if forgets:
            return Result(
                *("postgres", Level.FAIL, f"{version}, which confirms answers before they are on disk"),
                "Set fsync and synchronous_commit to on in postgresql.conf.",
            )
    return Result("postgres", Level.OK, f"{version}, takes writes and keeps them")


def migrations() -> Result:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Result("migrations", Level.FAIL, f"{len(waiting)} not applied", "Run: goldpan migrate")
    return Result("migrations", Level.OK, "all applied")


def broker() -> Result:
    app = import_string("config.celery.app")
    with app.connection_for_write() as link:
        link.ensure_connection(max_retries=1, timeout=3)
        link.default_channel.client.ping()
    return Result("broker", Level.OK, "Redis answers, and Celery can send through it")


def workers() -> Result:
    found = import_string("config.celery.app").control.ping(timeout=2)
    if not found:
        return Result(
            "workers", Level.WARN, "none answers", "Start one with `goldpan up` or `celery -A config worker`."
        )
    return Result("workers", Level.OK, f"{len(found)} answer")


def audit() -> Result:
    if find_spec("audit.services") is None:
        return Result("audit", Level.WARN, "not installed", "Add the audit app to the settings.")
    verdict: Any = import_string("audit.services.verify")()
    if not verdict.is_whole:
        return Result(
            *("audit", Level.FAIL, verdict.problem),
            "Keep this database as it is, and compare it with the newest backup.",
        )
    return Result("audit", Level.OK, f"{verdict.events} events in {verdict.blocks} whole blocks")


def bucket() -> Result:
    return Result("bucket", Level.OK, str(import_string("curation.bucket.look")()))


def clock() -> Result:
    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
        after = datetime.now(UTC)
    skew = abs((theirs - before - (after - before) / 2).total_seconds())
    text = f"{skew:.1f} s between this machine and the database"
    if skew > SKEW_TO_REFUSE:
        return Result("clock", Level.FAIL, text, "Let both follow the same time server.")
    if skew > SKEW_TO_MENTION:
        return Result("clock", Level.WARN, text, "Let both follow the same time server.")
    return Result("clock", Level.OK, text)


def deployment() -> Result:
    found = checks.run_checks(include_deployment_checks=True)
    local = set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]", "testserver"}
    serious = [message for message in found if message.is_serious()]
    mild = [message for message in found if not message.is_serious() and not (local and message.id in ABOUT_HTTPS)]
    if serious:
        return Result("settings", Level.FAIL, f"{serious[0].id}: {serious[0].msg}", serious[0].hint or "Mend it.")
    if mild:
        names = ", ".join(sorted(str(message.id) for message in mild))
        return Result("settings", Level.WARN, names, "Run `goldpan check --deploy` to read them in full.")
    return Result("settings", Level.OK, "safe for this machine alone" if local else "safe")


CHECKS: dict[str, Callable[[], Result]] = {
    "python": python,
    "home": home,
    "disk": disk,
    "postgres": postgres,
    "migrations": migrations,
    "broker": broker,
    "workers": workers,
    "audit": audit,
    "bucket": bucket,
    "clock": clock,
    "settings": deployment,
}
NEEDS = {"migrations": "postgres", "audit": "postgres", "clock": "postgres", "workers": "broker"}
REMEDIES = {
    "postgres": "See that PostgreSQL runs and that DATABASE_URL is right; `goldpan up` starts the embedded one.",
    "broker": "See that Redis runs and that REDIS_URL is right; `goldpan up` starts the embedded one.",
    "bucket": "See that GOLDPAN_RELEASE_BUCKET and its endpoint, region, key and secret are right (docs/operating.md).",
    "settings": "Run `goldpan check --deploy`.",
}

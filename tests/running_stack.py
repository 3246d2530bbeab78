"""One PostgreSQL and one Redis per test run, started when the first test asks for them.

A pytest plugin (`-p tests.running_stack`), because Django reads its settings before any conftest is loaded.
With DATABASE_URL or REDIS_URL set, those servers are used instead. Under xdist each worker is a test run of its own,
with its own PostgreSQL and Redis, so that a test may kill them.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from stack import postgres, redis

OURS = "GOLDPAN_TESTS_SET"  # names the variables that the run itself has set


class RunningStack:
    """What this run started, and therefore ends."""

    def __init__(self) -> None:
        for name in os.environ.pop(OURS, "").split():
            del os.environ[name]  # the parent's, whose environment an xdist worker inherits
        self.folder = Path(tempfile.mkdtemp(prefix="goldpan-tests-"))
        self.database = None if os.environ.get("DATABASE_URL") else postgres.ephemeral(self.folder / "home")
        self.broker = None if os.environ.get("REDIS_URL") else redis.ephemeral(self.folder / "home")

    def set_environment(self) -> None:
        """Tell Django where the servers will be. They need not run yet."""
        os.environ["GOLDPAN_HOME"] = str(self.folder / "home")
        os.environ["SECRET_KEY"] = secrets.token_urlsafe(40)
        ours = []
        if self.database:
            os.environ["DATABASE_URL"] = self.database.dsn
            ours.append("DATABASE_URL")
        if self.broker:
            os.environ["REDIS_URL"] = self.broker.url
            ours.append("REDIS_URL")
        os.environ[OURS] = " ".join(ours)

    def end(self) -> None:
        """Leave no process and no file behind."""
        if self.database:
            self.database.remove()
        if self.broker:
            self.broker.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


RUNNING = pytest.StashKey[RunningStack]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Runs around, hence before, the hook in which pytest-django reads the settings."""
    running = RunningStack()
    early_config.stash[RUNNING] = running
    running.set_environment()
    try:
        yield
    except BaseException:
        running.end()
        raise


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUNNING in config.stash:
        config.stash[RUNNING].end()


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> postgres.Server | None:
    """The running PostgreSQL of this test run; None where DATABASE_URL names one that is not ours."""
    running = request.config.stash[RUNNING]
    return running.database.start() if running.database else None


@pytest.fixture(scope="session")
def redis_server(request: pytest.FixtureRequest) -> redis.RedisServer | None:
    """The running Redis of this test run; None where REDIS_URL names one that is not ours."""
    running = request.config.stash[RUNNING]
    return running.broker.start() if running.broker else None

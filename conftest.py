"""The test database waits for the PostgreSQL of `tests.running_stack`."""

import os
from collections.abc import Generator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings

from stack import postgres

pytest_plugins = ["tests.flush"]

# How fast an example is drawn or tried says how busy the machine is. Timing lives in benchmarks.
settings.register_profile("goldpan", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("goldpan")


# Tests that wait for other processes, threads or a browser get a second look (docs/decisions/0022).
WAITING = (
    "tests/client/",
    "tests/faults/",
    "tests/jobs/",
    "tests/journeys/",
    "tests/stack/",
    "tests/modelhooks/verifier/",
)


MOST_WORKERS = 4


def _waits(item: pytest.Item) -> bool:
    """Whether the test drives other processes, or commits so that other threads and connections see it."""
    database = item.get_closest_marker("django_db")
    return item.nodeid.startswith(WAITING) or bool(database and database.kwargs.get("transaction"))


@pytest.hookimpl(optionalhook=True)  # the Python that has torch runs its tests without xdist
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a good part of the tests waits for servers, browsers and other Pythons."""
    return min((os.cpu_count() or 1) + 1, MOST_WORKERS)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys last: their browser changes the process for good (see tests/journeys/conftest.py). The one that trains
    for minutes first among them, so that no worker waits for it in the end."""
    items.sort(key=lambda item: ("journeys" in item.path.parts, item.get_closest_marker("trainers") is None))
    for item in items:
        if _waits(item):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,  # what the fixture we replace does
    database_server: postgres.Server | None,
) -> None:
    """pytest-django makes its test database after this."""


@pytest.fixture(scope="session", autouse=True)
def _patient_leases() -> Generator[None, None, None]:
    """A job that works inside a test's transaction cannot renew its lease: nobody else sees its row. So leases of this
    process are longer than any test; who tests leases sets their length, and programs that tests start have their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobs.services.LEASE", timedelta(hours=1))
        yield

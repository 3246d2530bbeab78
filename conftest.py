"""The test database waits for the PostgreSQL of `tests.running_stack`."""

import pytest

from stack import postgres

pytest_plugins = ["tests.flush"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys last: their browser changes the process for good (see tests/journeys/conftest.py)."""
    items.sort(key=lambda item: "journeys" in item.path.parts)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,  # what the fixture we replace does
    database_server: postgres.Server | None,
) -> None:
    """pytest-django makes its test database after this."""

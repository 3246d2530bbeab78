"""The test database waits for the PostgreSQL of `tests.running_stack`."""

import pytest

from stack import postgres

pytest_plugins = ["tests.flush"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,  # what the fixture we replace does
    database_server: postgres.Server | None,
) -> None:
    """pytest-django makes its test database after this."""

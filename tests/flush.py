"""Empties the test database after a test that really commits.

Django's own flush is refused here, as it should be: tables that are only ever added to reject TRUNCATE by trigger and
by grant. The role that owns them may lift both; this does so in one transaction, which nobody can see half done.
A plugin (`pytest_plugins` of the root conftest).
"""

from collections.abc import Generator
from unittest import mock

import pytest
from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase
from psycopg.errors import DeadlockDetected

# What migrations wrote and no test changes.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
GUARDED = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'"


def empty_while_others_work(_: TransactionTestCase | None = None, times: int = 5) -> None:
    """The same where workers go on: whose locks cross with theirs loses, which may be us, and then tries again."""
    for left in reversed(range(times)):
        try:
            empty_database()
            break
        except OperationalError as error:
            if not left or not isinstance(error.__cause__, DeadlockDetected):
                raise


@transaction.atomic
def empty_database(_: TransactionTestCase | None = None) -> None:
    """Delete every row of every table, guarded or not."""
    with connection.cursor() as cursor:
        cursor.execute(GUARDED)
        guarded = [row[0] for row in cursor.fetchall()]
        tables = sorted(set(connection.introspection.table_names(cursor)) - KEPT)
        lift = [
            f"ALTER TABLE {table} DISABLE TRIGGER USER; GRANT TRUNCATE ON {table} TO CURRENT_USER;" for table in guarded
        ]
        restore = [
            f"REVOKE TRUNCATE ON {table} FROM CURRENT_USER; ALTER TABLE {table} ENABLE TRIGGER USER;"
            for table in guarded
        ]
        names = ", ".join(f'"{table}"' for table in tables)
        cursor.execute("\n".join([*lift, f"TRUNCATE {names};", *restore]))


@pytest.fixture(scope="session", autouse=True)
def _flush_as_owner() -> Generator[None, None, None]:
    with mock.patch.object(TransactionTestCase, "_fixture_teardown", empty_while_others_work):
        yield

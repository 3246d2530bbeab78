"""The two projects: a fresh pair for each test, and a furnished house for tests that only knock."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.access.house import House, furnish
from tests.world import World, build


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    """Olga's project and Oscar's."""
    settings.HOME = tmp_path
    return build()


@pytest.fixture(scope="module")
def house(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    redis_server: object,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[House, None, None]:
    """Everybody signed in, everything in its place; built once, because every knock is taken back."""
    with (
        django_db_blocker.unblock(),
        override_settings(HOME=tmp_path_factory.mktemp("house")),
        transaction.atomic(),
    ):
        yield furnish()
        transaction.set_rollback(True)

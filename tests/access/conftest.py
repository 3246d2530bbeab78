"""The two projects, with one of everything that has an address: built once, because every knock is taken back."""

from collections.abc import Generator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.access.house import House, furnish
from ui import health


@pytest.fixture(scope="module")
def house(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    redis_server: object,  # readiness asks for it
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[House, None, None]:
    """Everybody signed in, everything in its place."""
    home: Path = tmp_path_factory.mktemp("house")
    with django_db_blocker.unblock(), override_settings(HOME=home), transaction.atomic():
        yield furnish()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _nobody_relays(monkeypatch: pytest.MonkeyPatch) -> None:
    """No relay runs here, so jobs of the house wait for as long as the tests take. That is no reason to be unwell."""
    monkeypatch.setattr(health, "HIGHEST", {})

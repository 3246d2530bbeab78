"""Olga's project, and a host on this machine that her deployment has named."""

from collections.abc import Callable, Generator
from typing import Any

import pytest

from projects.access import Place
from tests.projects.conftest import join, olga, person  # noqa: F401  (fixtures)
from tests.webhooks.receiver import Receiver
from webhooks.models import Event, Hook
from webhooks.services import hooks


@pytest.fixture
def receiver(settings: Any) -> Generator[Receiver, None, None]:
    """It takes everything, and the deployment names it."""
    host = Receiver()
    settings.WEBHOOK_ORIGINS = frozenset({host.address})
    settings.WEBHOOKS_ARE_GLOBAL = False
    yield host
    host.end()


@pytest.fixture
def hook(olga: Place, receiver: Receiver) -> Hook:  # noqa: F811
    """Told of everything."""
    return hooks.add(olga, url=f"{receiver.address}/in?key=1", events=Event.values).hook


@pytest.fixture
def add(olga: Place, receiver: Receiver) -> Callable[..., Hook]:  # noqa: F811
    def one(*events: str) -> Hook:
        return hooks.add(olga, url=f"{receiver.address}/in", events=events).hook

    return one

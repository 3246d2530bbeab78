"""The client against the whole stack: web, worker, relay, PostgreSQL and Redis as processes that a test may kill."""

from collections.abc import Generator

import httpx2
import pytest

from goldpan.client import Client, Retries
from tests.faults.conftest import _whole_stack, stack  # noqa: F401  (fixtures)
from tests.faults.stack import Stack
from tests.world import World, build

QUICK = Retries(attempts=4, first=0.05, longest=1.0)


@pytest.fixture
def world(stack: Stack) -> World:  # noqa: F811
    """Olga's project and Oscar's, in the stack's database, with web, worker and relay at work."""
    stack.start("web", "worker", "relay")
    return build()


@pytest.fixture
def olga(stack: Stack, world: World) -> Generator[Client, None, None]:  # noqa: F811
    """Olga's program."""
    with Client(stack.address, world.secrets["olga"], retries=QUICK, timeout=httpx2.Timeout(30.0)) as client:
        yield client

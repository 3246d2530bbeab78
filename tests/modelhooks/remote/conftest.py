"""A server on this machine for each test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.modelhooks.remote.server import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as served:
        yield served

"""The two projects of `tests.world`."""

import pytest

from tests.world import World, build


@pytest.fixture
def world(db: None) -> World:
    """Olga's project and Oscar's."""
    return build()

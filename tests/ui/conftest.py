"""The children are started before the first test, so that a slow machine is not taken for a slow text."""

import time

import pytest

from ui.rendering.pool import pool


@pytest.fixture(scope="session", autouse=True)
def _warm_children() -> None:
    pool().start()
    until = time.monotonic() + 60
    while not all(lane.is_warm() for lane in pool().lanes) and time.monotonic() < until:
        time.sleep(0.05)

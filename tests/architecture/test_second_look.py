"""Which tests are looked at twice before they are called red (docs/decisions/0022)."""

import pytest

from conftest import WAITING


def test_only_tests_that_wait_for_something_else_get_a_second_look(request: pytest.FixtureRequest) -> None:
    for item in request.session.items:
        commits = any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db"))
        waits = any(folder in item.path.as_posix() for folder in WAITING)
        assert (item.get_closest_marker("flaky") is not None) == (waits or commits), item.nodeid

"""One stack for all fault tests, emptied before each."""

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.faults.stack import Stack


@pytest.fixture(scope="session")
def _whole_stack(django_db_blocker: DjangoDbBlocker) -> Generator[Stack, None, None]:
    folder = Path(tempfile.mkdtemp(prefix="goldpan-faults-"))
    with django_db_blocker.unblock():
        stack = Stack(folder)
        try:
            stack.prepare()
            yield stack
        finally:
            stack.remove()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def stack(_whole_stack: Stack, django_db_blocker: DjangoDbBlocker) -> Generator[Stack, None, None]:
    """PostgreSQL runs and is empty; start the rest by name."""
    with django_db_blocker.unblock(), _whole_stack.pointed_at():
        _whole_stack.reset()
        yield _whole_stack
        _whole_stack.reset()

"""A home of its own for every test, and a project to keep things in."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from annotation.media.workshop import Cleaned, Workshop
from projects.access import Place
from projects.models import Membership, Project, Role


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"


@pytest.fixture(scope="session")
def workshop() -> Iterator[Workshop]:
    """One child for all tests that do not kill it."""
    with Workshop() as opened:
        yield opened


@pytest.fixture
def clean(workshop: Workshop, tmp_path: Path) -> Callable[[bytes], tuple[Cleaned, bytes, bytes]]:
    """What becomes of these bytes: what they are, the cleaned file, and a thumbnail where there is one."""

    def go(content: bytes) -> tuple[Cleaned, bytes, bytes]:
        source, target, small = tmp_path / "source", tmp_path / "target", tmp_path / "small"
        source.write_bytes(content)
        found = workshop.clean(source, target, small)
        thumbnail = small.read_bytes() if small.exists() else b""
        cleaned = target.read_bytes()
        target.unlink()
        small.unlink(missing_ok=True)
        return found, cleaned, thumbnail

    return go


@pytest.fixture
def olga(db: None) -> Place:
    """The owner, in her project."""
    user = User.objects.create_user("olga@example.org", None, name="Olga")
    project = Project.objects.create(slug="answers", name="Helpful answers", created_by=user)
    Membership.objects.create(project=project, user=user, role=Role.OWNER)
    return Place(user, project, Role.OWNER)


@pytest.fixture
def stream() -> Callable[[bytes], io.BytesIO]:
    return io.BytesIO

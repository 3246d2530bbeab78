"""Those who meet checkpoints and runs: Stella runs the installation, the others work in Olga's project."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from jobs import runner
from jobs.models import Job
from modelhooks.models import Checkpoint
from modelhooks.services import checkpoints, loading
from tests.world import World, build


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    """Olga's project and Oscar's."""
    settings.HOME = tmp_path
    return build()


@pytest.fixture
def stella(db: None) -> User:
    """Runs the installation, and belongs to no project."""
    return User.objects.create_user("stella@example.org", None, name="Stella", is_staff=True)


@pytest.fixture
def keeper(stella: User) -> Client:
    """Stella's browser."""
    client = Client()
    client.force_login(stella, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def add(stella: User) -> Callable[..., Checkpoint]:
    """A checkpoint of the fake backend, added and not yet checked."""

    def made(name: str = "Fake judge", contract: str = "preference", **more: Any) -> Checkpoint:
        wish = {"backend": "fake", "contract": contract, "options": {"seed": name}, **more}
        return checkpoints.add(stella, name=name, **wish)

    return made


def do(job: Job | None) -> Job:
    """One attempt at a job."""
    assert job is not None
    Job.objects.filter(pk=job.pk).update(run_after="2026-01-01T00:00Z")
    runner.execute(str(job.pk))
    loading.forget()
    return Job.objects.get(pk=job.pk)

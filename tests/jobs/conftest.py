"""Jobs whose handlers are functions of the test."""

from collections.abc import Callable
from typing import Any

import pytest

from jobs import runner
from jobs.models import Job
from jobs.runner import Progress

Handler = Callable[[Job, Progress], str]


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], Handler]:
    """Lets this function work on every job."""

    def use(handler: Handler) -> Handler:
        monkeypatch.setattr(runner, "_handler", lambda job: handler)
        return handler

    return use


@pytest.fixture
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases of four seconds, so that their end can be waited for."""
    from datetime import timedelta

    monkeypatch.setattr("jobs.services.LEASE", timedelta(seconds=4))


def state_of(job: Job) -> tuple[Any, ...]:
    """How the job stands now: state, message, attempts."""
    job.refresh_from_db()
    return job.state, job.message, job.attempts

"""A Hub of our own, and a release to push there."""

from collections.abc import Callable, Generator
from typing import Any

import pytest

from curation.models import HubPush, Release
from curation.services import hub_pushes
from jobs import runner
from jobs.models import Job
from projects.access import Place
from tests.curation.hub.loopback import TOKEN, LoopbackHub

NAME = "olgas-lab/helpful-answers"


@pytest.fixture
def hub(settings: Any) -> Generator[LoopbackHub, None, None]:
    """Open to the deployment, and empty."""
    made = LoopbackHub()
    settings.HUB_TOKEN, settings.HUB_ENDPOINT = TOKEN, made.address
    yield made
    made.end()


@pytest.fixture
def frozen(add_item: Callable[..., Any], answer: Callable[..., Any], release: Callable[..., Release]) -> Release:
    for number in range(12):
        answer(add_item(f"good {number}", f"bad {number}"), "a")
    return release("rm_pairs", "raw", formats=["parquet", "jsonl"], splits={"train": 100})


@pytest.fixture
def pushed(olga: Place) -> Callable[..., HubPush]:
    """Asks for a push and works on it once."""

    def push(release: Release, name: str = NAME, **more: Any) -> HubPush:
        asked = hub_pushes.push(olga, release, repository=name, **more).push
        return worked(asked)

    return push


def worked(push: HubPush) -> HubPush:
    """One more attempt at it, whenever it is due."""
    Job.objects.filter(pk=push.job_id).update(run_after="2026-01-01T00:00Z")
    runner.execute(str(push.job_id))
    return HubPush.objects.select_related("job", "release").get(pk=push.pk)

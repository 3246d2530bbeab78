"""AB-20: whoever writes to the broker can only name a job that exists."""

import os
import uuid
from pathlib import Path

import pytest
from celery import Celery

from jobs import services
from jobs.models import Job, State
from tests.faults.stack import Stack, wait_until

pytestmark = pytest.mark.stack


FORGED: list[tuple[str, dict[str, object]]] = [
    ("os.system", {"command": "true"}),
    ("jobs.tasks.execute", {"job_id": str(uuid.uuid4())}),
    ("jobs.tasks.execute", {"job_id": "../../etc/passwd"}),
    ("jobs.tasks.execute", {"job_id": {"$ne": None}}),
    ("jobs.tasks.execute", {"kind": "probe.poison"}),
]


class Canary:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


@pytest.fixture
def stranger(stack: Stack) -> Celery:
    """A Celery of somebody who has reached the broker."""
    app = Celery("stranger", broker=stack.broker.url, set_as_current=False)
    app.conf.update(result_backend=None, accept_content=["json", "pickle"])
    return app


def test_ab_20_a_pickled_message_is_refused_and_never_opened(stack: Stack, stranger: Celery, tmp_path: Path) -> None:
    stack.start("worker", "relay")
    canary = tmp_path / "opened"

    stranger.send_task("jobs.tasks.execute", args=[Canary(canary)], serializer="pickle", queue="default")

    job = services.enqueue(kind="probe.once", args={})
    wait_until(lambda: Job.objects.filter(pk=job.pk, state=State.DONE).exists(), stack.logs())
    assert not canary.exists()


def test_ab_20_forged_messages_change_nothing(stack: Stack, stranger: Celery) -> None:
    stack.start("worker", "relay")

    for task, arguments in FORGED:
        stranger.send_task(task, kwargs=arguments, queue="default")

    job = services.enqueue(kind="probe.once", args={})
    wait_until(lambda: Job.objects.filter(pk=job.pk, state=State.DONE).exists(), stack.logs())
    assert Job.objects.count() == 1

"""Runs of models, started and waited for by a program."""

import pytest

from goldpan.client import Client, NotUnderstood, StillOpen
from modelhooks.models import Checkpoint
from tests.faults.stack import Stack
from tests.world import World

pytestmark = pytest.mark.stack


@pytest.fixture
def checkpoint(world: World) -> int:
    made = Checkpoint.objects.create(name="Fake", contract="reward", backend="fake", options={"seed": "x"})
    return made.pk


def test_a_run_is_started_and_waited_for(olga: Client, checkpoint: int) -> None:
    started = olga.runs.start("answers", checkpoint=checkpoint, question="preference", limit=3)

    done = olga.runs.wait(started["id"])

    assert (done["state"], done["total"], done["failed"]) == ("done", 3, 0)
    assert [one["id"] for one in olga.runs.all("answers")] == [started["id"]]
    assert [one["id"] for one in olga.runs.checkpoints()] == [checkpoint]
    assert list(olga.runs.failures(started["id"])) == []
    assert len([one for one in olga.annotations.all("answers") if one["annotator"]["run"] == started["id"]]) == 3


def test_a_run_that_goes_on_is_told_by_its_report(stack: Stack, olga: Client, checkpoint: int) -> None:
    stack.worker.kill()
    started = olga.runs.start("answers", checkpoint=checkpoint, question="preference")

    with pytest.raises(StillOpen) as told:
        olga.runs.wait(started["id"], seconds=0.5)
    cancelled = olga.runs.cancel(started["id"])

    assert told.value.report["id"] == started["id"]
    assert cancelled["state"] == "cancelled"
    stack.start("worker")


def test_a_wish_that_no_run_has_is_refused_by_the_server(olga: Client, checkpoint: int) -> None:
    with pytest.raises(NotUnderstood):
        olga.runs.start("answers", checkpoint=checkpoint, question="preference", limit=0)

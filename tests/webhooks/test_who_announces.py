"""Releases and runs tell webhooks how they ended."""

import json
from typing import Any

import pytest

from annotation.services import prelabels
from curation.models import Release
from curation.services import releases
from jobs import runner
from jobs import services as jobs
from jobs.models import Job, State
from modelhooks.models import Checkpoint
from modelhooks.services import runs
from tests.webhooks.receiver import Receiver
from tests.world import World, build
from webhooks.models import Delivery, Event
from webhooks.services import hooks


@pytest.fixture
def world(db: None, receiver: Receiver) -> World:
    """Olga's project with a webhook that is told of everything."""
    made = build()
    hooks.add(made.answers.owner, url=receiver.address, events=Event.values)
    return made


def told() -> list[dict[str, Any]]:
    return [json.loads(delivery.body) for delivery in Delivery.objects.order_by("created_at", "pk")]


def test_a_frozen_release_is_told_with_its_address(world: World) -> None:
    release, _ = releases.freeze(world.answers.owner, recipes=[{"name": "raw"}], formats=["jsonl"])
    runner.execute(str(release.job_id))
    runner.execute(str(release.job_id))

    (one,) = told()
    assert one["type"] == "release.frozen"
    assert one["data"] == {
        "project": "answers",
        "release": str(release.pk),
        "number": release.number,
        "state": "done",
        "message": "1 rows in raw.",
        "address": f"/api/v1/releases/{release.pk}/",
    }
    assert world.api("olga").get(one["data"]["address"]).status_code == 200


def test_a_release_without_rows_is_told_as_failed(world: World) -> None:
    wish = [{"name": "rm_pairs", "parameters": {"min_votes": 9}}]
    release, _ = releases.freeze(world.answers.owner, recipes=wish)
    runner.execute(str(release.job_id))

    (one,) = told()
    assert (one["type"], one["data"]["state"]) == ("release.failed", "failed")
    assert one["data"]["message"] == Release.objects.select_related("job").get().job.message


def test_a_release_whose_worker_was_killed_after_freezing_is_told_once(world: World) -> None:
    release, _ = releases.freeze(world.answers.owner, recipes=[{"name": "raw"}], formats=["jsonl"])
    runner.execute(str(release.job_id))
    Delivery.objects.all().delete()
    Job.objects.filter(pk=release.job_id).update(
        state=State.QUEUED, finished_at=None
    )  # as if it had died before its end

    runner.execute(str(release.job_id))

    assert [one["type"] for one in told()] == ["release.frozen"]


def test_runs_are_told_however_they_end(world: World) -> None:
    checkpoint = Checkpoint.objects.create(name="Fake", contract="reward", backend="fake", options={})
    done = prelabels.start(world.answers.owner, checkpoint=checkpoint, question="preference")
    runner.execute(str(done.job_id))
    cancelled = prelabels.start(world.answers.owner, checkpoint=checkpoint, question="preference")
    runs.cancel(world.answers.owner, cancelled)
    failed = prelabels.start(world.answers.owner, checkpoint=checkpoint, question="preference")
    held = jobs.claim(str(failed.job_id))
    assert held
    jobs.finish(held, State.FAILED, "Nothing that was tried could be computed.")

    found = [(one["type"], one["data"]["run"], one["data"]["state"]) for one in told()]
    assert found == [
        ("run.finished", done.pk, "done"),
        ("run.cancelled", cancelled.pk, "cancelled"),
        ("run.failed", failed.pk, "failed"),
    ]


def test_what_people_wrote_is_not_told(world: World) -> None:
    release, _ = releases.freeze(world.answers.owner, recipes=[{"name": "raw"}], formats=["jsonl"])
    runner.execute(str(release.job_id))

    bodies = " ".join(Delivery.objects.values_list("body", flat=True))
    for turn in world.answers.items[0].messages + world.answers.items[0].responses[0]["messages"]:
        assert turn["content"] not in bodies

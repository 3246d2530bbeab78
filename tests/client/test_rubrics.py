"""From labels to a version that is held against them, by a program alone."""

import pytest

from goldpan.client import Client, Conflict, Refused
from modelhooks.models import Checkpoint
from tests.world import World

pytestmark = pytest.mark.stack


@pytest.fixture
def checkpoints(world: World) -> tuple[int, int]:
    """A writer and a judge."""
    pen = Checkpoint.objects.create(name="Pen", contract="writing", backend="fake", options={})
    scale = Checkpoint.objects.create(name="Scale", contract="rubric", backend="fake", options={})
    return pen.pk, scale.pk


def test_rubrics_are_written_judged_and_decided_about(world: World, olga: Client, checkpoints: tuple[int, int]) -> None:
    pen, scale = checkpoints
    writing = olga.rubrics.write("answers", checkpoint=pen, question="preference", wishes={"percent": 100})
    olga.runs.wait(writing["id"])
    (attempt,) = olga.rubrics.attempts("answers", writing["id"])

    reading = olga.rubrics.read("answers", source="constraints", checkpoint=pen)
    olga.runs.wait(reading["id"])
    first = next(iter(olga.rubrics.lines("answers", reading["id"])))
    drafts = [olga.rubrics.take_lines("answers", reading["id"], first["item"]) for _ in range(2)]
    number, version = drafts[0]["rubric"], drafts[0]["version"]
    olga.runs.wait(olga.rubrics.grade("answers", number, version, checkpoint=scale, question="preference")["id"])
    (listed,) = olga.rubrics.reports("answers", number, version)
    report = olga.rubrics.report("answers", number, version, listed["id"])
    key = report["criteria"][0]["key"]
    decided = olga.rubrics.decide("answers", number, version, [{"key": key, "title": "Is kind."}], note="Kinder.")

    assert attempt["item"] == world.annotation.item_id
    assert drafts[0] == drafts[1]
    assert (report["pairs"], report["judge"]) == (1, "Scale")
    assert (decided["rubric"], decided["version"]) == (number, version + 1)
    with pytest.raises(Conflict):
        olga.rubrics.promote("answers", number, version + 1)
    with pytest.raises(Refused, match="read no justifications"):
        olga.rubrics.share("answers", reading["id"], name="All")

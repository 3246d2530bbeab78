"""Runs and checkpoints from programs and from the command line."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Annotation, Item
from jobs.models import Job, State
from modelhooks.models import Checkpoint, Failure, Run
from modelhooks.services import loading
from tests.modelhooks.product.conftest import do
from tests.world import World, program, token_for

pytestmark = pytest.mark.django_db
RUNS = "/api/v1/projects/answers/runs/"


@pytest.fixture
def checkpoint() -> Checkpoint:
    return Checkpoint.objects.create(name="Max", contract="reward", backend="fake")


@pytest.fixture(autouse=True)
def _cold() -> Any:
    loading.forget()
    yield
    loading.forget()


def wish(checkpoint: Checkpoint, **more: Any) -> dict[str, Any]:
    return {"checkpoint": checkpoint.pk, "question": "preference", **more}


def told(*words: str) -> Any:
    out = io.StringIO()
    call_command(*words, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_program_starts_a_run_and_follows_it(world: World, checkpoint: Checkpoint) -> None:
    chen = world.api("chen")
    Item.objects.filter(pk=world.answers.items[0].pk).update(tags=["other"])

    asked = chen.post(
        RUNS,
        wish(checkpoint, filters={"tag": "maths"}, limit=3, wishes={"margin": 0.5}),
        content_type="application/json",
    )
    waiting = chen.get(asked["Location"]).json()
    do(Job.objects.get(kind="run"))
    ended = world.api("vera").get(asked["Location"]).json()

    assert asked.status_code == 202
    assert (waiting["state"], waiting["total"], waiting["fingerprint"]) == ("queued", None, "")
    assert (ended["state"], ended["done"], ended["total"], ended["computed"], ended["failed"]) == ("done", 3, 3, 3, 0)
    assert ended["prompt_tokens"] > 0
    assert [one["id"] for one in world.api("vera").get(RUNS).json()["results"]] == [ended["id"]]
    assert Run.objects.get().parameters["margin"] == 0.5


def test_a_program_cancels_resumes_and_tries_again(world: World, checkpoint: Checkpoint) -> None:
    chen = world.api("chen")
    address = chen.post(RUNS, wish(checkpoint), content_type="application/json")["Location"]
    run = Run.objects.get()

    cancelled = chen.post(f"{address}cancel/").json()
    resumed = chen.post(f"{address}resume/").json()
    at_work = [chen.post(f"{address}{verb}/").status_code for verb in ("resume", "retry")]
    do(Job.objects.get(kind="run"))
    Failure.objects.create(run=run, subject=world.answers.items[0].pk, reason="It broke.")
    failures = chen.get(f"{address}failures/").json()["results"]
    retried = chen.post(f"{address}retry/").json()

    assert (cancelled["state"], resumed["state"], at_work) == ("cancelled", "queued", [422, 422])
    assert [(one["subject"], one["reason"]) for one in failures] == [(world.answers.items[0].pk, "It broke.")]
    assert (retried["state"], retried["failed"]) == ("queued", 0)


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"checkpoint": 10**9}, 404, "nothing that you may see"),
        ({"question": "nothing"}, 422, "The form asks no question"),
        ({"question": "reason"}, 422, "it scores responses."),
        ({"filters": {"banana": 1}}, 400, "banana"),
        ({"wishes": {"margin": -1}}, 422, "margin"),
        ({"limit": 0}, 400, "limit"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(
    world: World, checkpoint: Checkpoint, change: dict[str, Any], status: int, sentence: str
) -> None:
    answer = world.api("chen").post(RUNS, {**wish(checkpoint), **change}, content_type="application/json")

    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert not Run.objects.exists()


def test_only_curators_with_a_token_that_writes_ask(world: World, checkpoint: Checkpoint) -> None:
    reading = program(token_for("chen", scopes=["read"]))
    clients = [world.api("vera"), world.api("ana"), world.api("sam"), reading]

    statuses = [each.post(RUNS, wish(checkpoint), content_type="application/json").status_code for each in clients]

    assert statuses == [404] * 4
    assert not Run.objects.exists()


# --- Commands


def test_a_run_is_done_from_the_command_line_without_a_worker(world: World, checkpoint: Checkpoint) -> None:
    first = told("run-hook", "answers", "--checkpoint", "Max", "--question", "preference", "--limit", "2")
    rest = told("run-hook", "answers", "--checkpoint", "Max", "--question", "preference", "--items", "tag=maths")

    assert (first["state"], first["computed"], first["total"]) == ("done", 2, 2)
    assert (rest["state"], rest["computed"], rest["reused"], rest["total"]) == ("done", 3, 2, 5)
    assert Annotation.objects.filter(run__isnull=False).count() == 5


def test_a_run_is_told_in_words_too(world: World, checkpoint: Checkpoint) -> None:
    out = io.StringIO()

    call_command(
        "run-hook", "answers", "--checkpoint", "Max", "--question", "preference", "--set", "margin=1", stdout=out
    )

    assert "All 5 are answered. 5 computed, 0 known before" in out.getvalue()
    assert Run.objects.get().parameters["margin"] == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere", "--checkpoint", "Max", "--question", "preference"], "There is no project nowhere."),
        (["answers", "--checkpoint", "Nobody", "--question", "preference"], "There is no checkpoint Nobody"),
        (["answers", "--checkpoint", "Max", "--question", "nothing"], "The form asks no question"),
        (["answers", "--checkpoint", "Max", "--question", "preference", "--items", "banana=1"], "not known"),
        (["answers", "--checkpoint", "Max", "--question", "preference", "--set", "banana=1"], "--set takes NAME=VALUE"),
        (
            ["answers", "--checkpoint", "Max", "--question", "preference", "--as", "vera@example.org"],
            "may ask no model",
        ),
    ],
)
def test_what_cannot_be_asked_ends_the_command(
    world: World, checkpoint: Checkpoint, words: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("run-hook", *words, stdout=io.StringIO())
    assert not Run.objects.exists()


def test_a_run_that_stops_ends_the_command_with_its_reason(
    world: World, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    from modelhooks.errors import LoadRefused

    def refuse(_: Checkpoint) -> Any:
        raise LoadRefused("It holds a pickle.")

    monkeypatch.setattr(loading, "_loaded", refuse)

    with pytest.raises(CommandError, match="It holds a pickle"):
        call_command("run-hook", "answers", "--checkpoint", "Max", "--question", "preference", stdout=io.StringIO())
    assert Job.objects.get(kind="run").state == State.FAILED


def test_checkpoints_are_added_checked_and_listed_from_the_command_line(world: World) -> None:
    made = told("checkpoint", "add", "Seven", "--backend", "fake", "--contract", "reward", "--set", "seed=7")
    found = told("checkpoint", "check", "Seven")
    listing = told("checkpoint", "list")
    out = io.StringIO()
    call_command("checkpoint", "list", stdout=out)

    assert (made["options"], made["is_healthy"]) == ({"seed": "7", "instructions": ""}, None)
    assert found["is_healthy"] is True
    assert [one["name"] for one in listing] == ["Seven"]
    assert "Seven  reward  fake  works: It scores the right answer" in out.getvalue()


def test_a_checkpoint_that_does_not_work_ends_the_command(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told("checkpoint", "add", "Seven", "--backend", "fake", "--contract", "reward")
    with pytest.raises(CommandError, match="already"):
        told("checkpoint", "add", "Seven", "--backend", "fake", "--contract", "reward")

    class Broken:
        fingerprint = "f"

    monkeypatch.setattr(loading, "_loaded", lambda _: Broken())

    with pytest.raises(CommandError, match="Seven does not work"):
        told("checkpoint", "check", "Seven")
    with pytest.raises(CommandError, match="There is no checkpoint Eight"):
        told("checkpoint", "check", "Eight")

"""Asking a generator for new items: on the page, from programs, from the command line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from annotation.models import Form, Item, Question
from annotation.queries import candidates as queries
from annotation.queries.items import Filters
from jobs.models import Job
from modelhooks.models import Checkpoint, Run
from modelhooks.services import loading
from tests.modelhooks.product.conftest import do
from tests.world import World, build, program, token_for

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
API = "/api/v1/projects/answers/candidates/"


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.HOME = tmp_path
    return build()


@pytest.fixture(autouse=True)
def _cold() -> Any:
    loading.forget()
    yield
    loading.forget()


@pytest.fixture
def checkpoint(world: World) -> Checkpoint:
    return Checkpoint.objects.create(name="Writer", contract="generation", backend="fake")


def page(query: str = "") -> str:
    return reverse("annotation:candidates-new", args=["answers"]) + query


def said(checkpoint: Checkpoint, **more: Any) -> dict[str, Any]:
    usual = {"checkpoint": checkpoint.pk, "limit": "", "n": 3, "shape": "pairs", "pairs": 0, "temperature": 1}
    return {**usual, "top_p": 1, "seed": 0, "max_tokens": 64, "system": "", "most_tokens": 0, "act": "start", **more}


def test_items_are_made_from_the_list_with_its_filters(world: World, checkpoint: Checkpoint) -> None:
    olga = world.browser("olga")
    Item.objects.filter(pk=world.answers.items[0].pk).update(tags=["other"])
    before = Item.objects.count()

    listed = olga.get(reverse("annotation:items", args=["answers"]) + "?tag=other").content.decode()
    shown = olga.get(page("?tag=other")).content.decode()
    asked = olga.post(page("?tag=other"), said(checkpoint, system="Be brief.", seed=3))
    do(Job.objects.get(kind="run"))
    run = Run.objects.get()
    report = olga.get(asked.url).content.decode()
    made = olga.get(f"{reverse('annotation:items', args=['answers'])}?tag=run-{run.pk}").content.decode()

    assert f'href="{page("?tag=other")}">Make new items' in listed
    assert "tagged <bdi>other</bdi>" in shown
    assert asked.status_code == 302
    assert [run.parameters[name] for name in ("n", "seed", "system")] == [3, 3, "Be brief."]
    assert Item.objects.count() == before + 3
    assert f"Run {run.pk} asks" in report
    assert "for new responses" in report
    assert "<dt>new items</dt>" in report
    assert f'href="{reverse("annotation:items", args=["answers"])}?tag=run-{run.pk}">See the new items' in report
    assert "<h1>3 items match</h1>" in made


def test_the_preview_counts_and_starts_nothing(world: World, checkpoint: Checkpoint) -> None:
    olga = world.browser("olga")

    first = olga.get(page()).content.decode()
    again = olga.post(page(), said(checkpoint, n=4, pairs=2, limit=3, act="preview"), headers=HTMX).content.decode()

    assert ">5</p>" in first
    assert "could cost more" not in first  # nothing of it has a price
    assert "by 20 responses. They make at most 30 new items." in first
    assert again.lstrip().startswith('<section class="card" id="preview">')
    assert "by 12 responses. They make at most 6 new items." in again
    assert not Run.objects.exists()


@pytest.mark.parametrize("wrong", [{"n": 1}, {"checkpoint": 10**9}, {"temperature": "hot"}, {"shape": "triples"}])
def test_what_makes_no_sense_is_told_beside_its_field(
    world: World, checkpoint: Checkpoint, wrong: dict[str, Any]
) -> None:
    answer = world.browser("olga").post(page(), {**said(checkpoint), **wrong})

    assert answer.status_code == 422
    assert not Run.objects.exists()


def test_a_judge_cannot_be_smuggled_in(world: World, checkpoint: Checkpoint) -> None:
    judge = Checkpoint.objects.create(name="Max", contract="preference", backend="fake")

    answer = world.browser("olga").post(page(), said(judge))

    assert answer.status_code == 422
    assert not Run.objects.exists()


def test_without_a_generator_the_page_says_where_they_come_from(world: World) -> None:
    shown = world.browser("olga").get(page()).content.decode()

    assert "There is no checkpoint that writes responses" in shown
    assert "Start the run" not in shown


def test_the_form_in_force_says_what_responses_usually_become(world: World) -> None:
    project = world.answers.owner.project
    pairs = queries.usual_shape(project)
    form = Form.objects.create(project=project, version=9, created_by=project.created_by)
    Question.objects.create(form=form, position=0, key="order", kind="ranking", title="Order?")

    assert (pairs, queries.usual_shape(project)) == ("pairs", "one")


def test_a_preview_counts_what_is_possible(world: World) -> None:
    project = world.answers.owner.project

    found = queries.preview(project, Filters(), limit=None, n=3, shape="pairs", pairs=100)
    one = queries.preview(project, Filters(), limit=2, n=8, shape="one", pairs=0)

    assert (found.prompts, found.responses, found.items) == (5, 15, 15)
    assert (one.prompts, one.responses, one.items) == (2, 16, 2)


@pytest.mark.parametrize("name", ["ana", "chen", "vera", "sam"])
def test_only_owners_make_items(world: World, checkpoint: Checkpoint, name: str) -> None:
    statuses = [
        world.browser(name).get(page()).status_code,
        world.browser(name).post(page(), said(checkpoint)).status_code,
        world.api(name).post(API, {"checkpoint": checkpoint.pk}, content_type="application/json").status_code,
    ]

    assert statuses == [404] * 3
    assert not Run.objects.exists()


def test_annotators_learn_nothing_of_who_wrote(world: World, checkpoint: Checkpoint) -> None:
    """Neither from the page nor from the API on which they label."""
    world.browser("olga").post(page(), said(checkpoint, shape="one", n=2, limit=1))
    do(Job.objects.get(kind="run"))
    made = Item.objects.get(tags__contains=["candidates"])
    made.slots.update(priority=9)

    api = world.api("ben").post("/api/v1/projects/answers/next/", {}, content_type="application/json")
    shown = world.browser("ben").get(reverse("annotation:label", args=["answers"]), follow=True).content.decode()

    assert made.text_of(0) in shown
    assert made.text_of(0) in api.content.decode()
    told = shown + api.content.decode()
    assert not [word for word in ("Writer", "fake", f"run-{Run.objects.get().pk}") if word in told]


def test_a_program_asks_and_follows(world: World, checkpoint: Checkpoint) -> None:
    olga = world.api("olga")
    wish = {"checkpoint": checkpoint.pk, "limit": 2, "wishes": {"n": 2, "temperature": 0.5}}

    asked = olga.post(API, wish, content_type="application/json")
    do(Job.objects.get(kind="run"))
    ended = olga.get(asked["Location"]).json()

    assert asked.status_code == 202
    assert (ended["state"], ended["hook"], ended["done"]) == ("done", "candidates", 2)
    assert ended["outcome"] == {"responses": 4, "new items": 2}
    assert Run.objects.get().parameters["temperature"] == 0.5


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"checkpoint": 10**9}, 404, "nothing that you may see"),
        ({"filters": {"banana": 1}}, 400, "banana"),
        ({"wishes": {"n": 99}}, 422, "n: "),
        ({"wishes": {"url": "http://x"}}, 422, "url"),
        ({"limit": 0}, 400, "limit"),
        ({"limit": 10**9}, 400, "limit"),
    ],
)
def test_what_a_program_cannot_ask_is_a_sentence(
    world: World, checkpoint: Checkpoint, change: dict[str, Any], status: int, sentence: str
) -> None:
    answer = world.api("olga").post(API, {"checkpoint": checkpoint.pk, **change}, content_type="application/json")

    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert not Run.objects.exists()


def test_a_token_that_only_reads_makes_nothing(world: World, checkpoint: Checkpoint) -> None:
    reading = program(token_for("olga", scopes=["read"]))

    answer = reading.post(API, {"checkpoint": checkpoint.pk}, content_type="application/json")

    assert answer.status_code == 404
    assert not Run.objects.exists()


def test_items_are_made_from_the_command_line_without_a_worker(world: World, checkpoint: Checkpoint) -> None:
    words = ["candidates", "answers", "--checkpoint", "Writer", "--limit", "2", "--set", "n=3", "--set", "shape=one"]
    before, out, in_words = Item.objects.count(), io.StringIO(), io.StringIO()

    call_command(*words, "--json", stdout=out)
    call_command(*words, "--set", "seed=2", stdout=in_words)

    assert json.loads(out.getvalue())["outcome"] == {"responses": 6, "new items": 2}
    assert "2 new items" in in_words.getvalue()
    assert Item.objects.count() == before + 4


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--checkpoint", "Nobody"], "There is no checkpoint Nobody"),
        (["--checkpoint", "Writer", "--set", "n=99"], "n: "),
        (["--checkpoint", "Writer", "--set", "banana=1"], "--set takes NAME=VALUE"),
        (["--checkpoint", "Writer", "--as", "chen@example.org"], "may make no items"),
    ],
)
def test_what_cannot_be_made_ends_the_command(
    world: World, checkpoint: Checkpoint, words: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("candidates", "answers", *words, stdout=io.StringIO())
    assert not Run.objects.exists()

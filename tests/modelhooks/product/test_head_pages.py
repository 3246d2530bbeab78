"""The reward head on its pages, for programs, and on the command line."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from annotation.models import Annotation, Item
from jobs.models import Job, State
from modelhooks.models import Head
from modelhooks.queries import head_charts as charts
from modelhooks.queries import heads as queries
from modelhooks.services import heads, retraining
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.modelhooks.product import planted_labels as planted
from tests.modelhooks.product.conftest import do
from tests.world import World

pytestmark = pytest.mark.django_db
HERE = "/projects/answers/heads/"
POSTED = {"embedder": "fake", "target": "90"}
API = "/api/v1/projects/answers/heads/"


@pytest.fixture
def chen(world: World) -> Place:
    place = world.answers.places["chen"]
    Project.objects.filter(pk=place.project.pk).update(salt="planted")
    return place


@pytest.fixture
def gold(world: World, chen: Place) -> list[Item]:
    items = planted.pairs(chen, 200)
    planted.label(world.answers.places["ana"], items, planted.names_gold, wrong=0.05)
    return items


def finish() -> Head:
    """Do the newest training."""
    do(Head.objects.latest("number").job)
    return Head.objects.told().latest("number")


def test_the_page_goes_from_what_is_needed_to_who_is_in_office(world: World, gold: list[Item]) -> None:
    chen = world.browser("chen")

    empty = chen.get(HERE).content.decode()
    asked = chen.post(HERE, POSTED)
    waiting = chen.get(HERE).content.decode()
    head = finish()
    told = chen.get(HERE).content.decode()

    assert "<h1>There is no reward head yet</h1>" in empty
    assert "answers on about 100 prompts" in empty
    assert "about 201 items." in empty
    assert (asked.status_code, asked["Location"]) == (302, f"{HERE}?question=preference")
    assert "<h1>The first reward head is being trained</h1>" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert "that it never saw</h1>" in told
    assert "every 2s" not in told
    for words in ("Length alone", "Learning curve: ", "Calibration: ", "As a table", "in office", head.verdict):
        assert words in told, words
    assert f"checkpoint={head.checkpoint_id}" in told


def test_a_version_says_how_it_was_made_and_why_it_is_not_in_office(world: World, gold: list[Item]) -> None:
    chen = world.browser("chen")
    for _ in range(2):
        chen.post(HERE, POSTED)
        finish()

    first, second = (chen.get(f"{HERE}{number}/").content.decode() for number in (1, 2))
    board = chen.get(HERE).content.decode()

    assert "<h1>Head 1 is in office</h1>" in first
    assert "<h1>Head 2 was not promoted</h1>" in second
    assert "Head 1, in office then" in second
    assert "is not below the" in second
    assert "scikit-learn" in second
    assert Head.objects.get(number=2).fingerprint in second
    assert board.count("Head 2") >= 1
    assert "<h1>The reward head is right about" in board


def test_a_changed_answer_is_told_beside_the_frozen_set(world: World, gold: list[Item]) -> None:
    chen = world.browser("chen")
    chen.post(HERE, POSTED)
    head = finish()
    frozen = head.evaluation.pairs.first()
    one = Annotation.objects.get(pk=frozen.annotations[0])

    before = chen.get(HERE).content.decode()
    planted.annotation(world.answers.places["ana"], one.item, one.form, "tie", supersedes=one).save()
    after = chen.get(HERE).content.decode()

    assert "have changed" not in before
    assert "People have changed 1 of the answers since; the set keeps them as they stood." in after


def test_what_failed_is_told_and_a_bad_wish_is_refused_on_the_page(world: World, chen: Place) -> None:
    browser = world.browser("chen")

    refused = browser.post(HERE, {"embedder": "nothing", "target": "20"})
    browser.post(HERE, POSTED)
    finish()
    told = browser.get(HERE).content.decode()

    assert refused.status_code == 422
    assert "Head 1 was not trained. A head needs answers that prefer one response on 20 prompts" in told
    assert Head.objects.count() == 1


def test_it_is_trained_again_once_enough_people_have_answered(world: World, chen: Place, gold: list[Item]) -> None:
    browser, ana = world.browser("chen"), world.answers.places["ana"]
    browser.post(HERE, POSTED)
    finish()

    planned = browser.post(f"{HERE}plan/?question=preference", {"every": "30"})
    shown = browser.get(HERE).content.decode()
    retraining.ask()
    too_few = Head.objects.count()
    planted.label(ana, planted.pairs(chen, 30, seed=5), planted.names_gold)
    retraining.ask()
    retraining.ask()  # one is on its way

    assert planned.status_code == 302
    assert (too_few, Head.objects.count()) == (1, 2)
    assert Head.objects.get(number=2).parameters["embedder"] == "fake"
    assert 'value="30"' in shown


def test_who_may_not_train_any_more_trains_nothing_and_a_plan_is_taken_back(world: World, chen: Place) -> None:
    browser = world.browser("chen")
    browser.post(f"{HERE}plan/?question=preference", {"every": "10"})
    planted.label(world.answers.places["ana"], planted.pairs(chen, 20), planted.names_gold)
    Membership.objects.filter(project=chen.project, user=chen.user).update(role=Role.VIEWER)

    retraining.ask()
    left = Head.objects.count()
    Membership.objects.filter(project=chen.project, user=chen.user).update(role=Role.CURATOR)
    refused = browser.post(f"{HERE}plan/?question=preference", {"every": "3"})
    browser.post(f"{HERE}plan/?question=preference", {"every": "0"})
    retraining.ask()

    assert left == 0
    assert refused.status_code == 422
    assert not Head.objects.exists()


def test_training_is_stopped_from_the_page(world: World, gold: list[Item]) -> None:
    chen = world.browser("chen")
    chen.post(HERE, POSTED)

    stopped = chen.post(f"{HERE}1/cancel/")
    page = chen.get(f"{HERE}1/").content.decode()

    assert stopped.status_code == 302
    assert "<h1>Head 1 was cancelled</h1>" in page
    assert Job.objects.get(pk=Head.objects.get().job_id).state == State.CANCELLED


def test_the_page_asks_few_queries_however_many_versions(
    world: World, chen: Place, gold: list[Item], django_assert_max_num_queries: Any
) -> None:
    heads.train(chen, question="preference", wishes={"embedder": "fake"})
    head = finish()
    weights = Head.objects.get(pk=head.pk)
    for number in range(2, 30):
        job = Job.objects.get(pk=head.job_id)
        job.pk = None
        job.id = Job._meta.get_field("id").get_default()
        job.save(force_insert=True)
        weights.pk, weights.number, weights.job, weights.is_promoted = None, number, job, None
        weights.checkpoint = weights.scorer = weights.weights = weights.finished_at = None
        weights.save(force_insert=True)
    browser = world.browser("chen")
    browser.get(HERE)

    with django_assert_max_num_queries(12):
        assert browser.get(HERE).status_code == 200


def test_programs_train_watch_and_read(world: World, gold: list[Item]) -> None:
    program = world.api("chen")

    asked = program.post(API, {"question": "preference", "embedder": "fake"}, content_type="application/json")
    refused = program.post(API, {"question": "preference", "colour": "red"}, content_type="application/json")
    finish()
    one = program.get(asked["Location"]).json()
    listed = program.get(API).json()

    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    assert refused.status_code == 400
    assert one["is_promoted"] is True
    assert one["report"]["frozen"]["gain"]["low"] > 0
    assert [row["number"] for row in listed["results"]] == [1]
    assert "weights" not in one


def test_the_command_trains_to_the_end_and_lists(world: World, gold: list[Item]) -> None:
    told, listed = StringIO(), StringIO()

    call_command("head", "train", "answers", "--question", "preference", "--embedder", "fake", "--json", stdout=told)
    call_command("head", "list", "answers", stdout=listed)

    assert json.loads(told.getvalue())["is_promoted"] is True
    assert listed.getvalue().startswith("Head 1 of “preference”: Promoted: ")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["train", "nowhere", "--question", "preference"], "There is no project nowhere."),
        (["train", "answers", "--question", "helpful"], "The form asks no preference “helpful”"),
        (["train", "answers", "--question", "preference", "--as", "ana@example.org"], "may train no head in answers"),
        (["train", "answers", "--question", "preference", "--embedder", "fake"], "A head needs answers that prefer"),
    ],
)
def test_the_command_says_in_a_sentence_what_is_wrong(world: World, options: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("head", *options)


def test_viewers_and_annotators_see_nothing_of_it(world: World, gold: list[Item]) -> None:
    runs = world.browser("vera").get(reverse("modelhooks:runs", args=["answers"])).content.decode()

    assert HERE not in runs
    assert {name: world.browser(name).get(HERE).status_code for name in ("vera", "ana", "oscar", "olga")} == {
        "vera": 404,
        "ana": 404,
        "oscar": 404,
        "olga": 200,
    }


def test_marks_stand_where_their_numbers_say() -> None:
    found = charts.curve([(10, 0.5), (20, 0.75), (40, 1.0)], {"share": 0.55})
    assert found is not None
    sure = charts.calibration(
        [{"confidence": 0.5, "accuracy": 0.5, "count": 3}, {"confidence": 1.0, "accuracy": 1.0, "count": 4}]
    )
    assert sure is not None

    left, middle, right = found.marks
    assert (left.x, right.x, right.y) == (charts.LEFT, charts.WIDTH - charts.RIGHT, charts.TOP)
    assert middle.x == (left.x + right.x) / 2  # twice as many is one step
    assert left.y > middle.y > right.y
    assert sure.diagonal == f"M{sure.marks[0].x} {sure.marks[0].y}L{sure.marks[1].x} {sure.marks[1].y}"
    assert charts.curve([(10, 0.5)], None) is None
    assert charts.calibration([]) is None
    assert queries.Estimate("Head 1", 0.5, 0.4, 0.6, 10, 9).label == "Head 1: 50 %, from 40 to 60 %"

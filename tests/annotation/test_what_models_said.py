"""What models say about an item: apart from people and imports, with their reasons, counted among nobody's answers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation.models import Annotation, Form, Item
from annotation.queries import overview as overviews
from annotation.queries.item import history
from annotation.queries.items import Filters
from annotation.queries.items import page as items_page
from annotation.queries.machine import said
from annotation.services import prelabels
from jobs import runner
from modelhooks.models import Checkpoint, Run
from modelhooks.services import loading
from projects.access import Place
from projects.models import Project

pytestmark = pytest.mark.django_db
AddItems = Callable[..., list[Item]]
Speak = Callable[..., Annotation]


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", "owner")


@pytest.fixture
def item(add_items: AddItems) -> Item:
    return add_items(1)[0]


@pytest.fixture
def speak(olga: Place, item: Item) -> Speak:
    """`speak("Max", "a", rationale=…)`: a checkpoint of this name prefers A, with this provenance; None abstains."""

    def add(name: str, winner: str | None, **source: Any) -> Annotation:
        checkpoint, _ = Checkpoint.objects.get_or_create(
            name=name, defaults={"contract": "preference", "backend": "fake"}
        )
        return Annotation.objects.create(
            project=olga.project, item=item, form=Form.objects.get(project=olga.project),
            run=prelabels.start(olga, checkpoint=checkpoint, question="better"),
            answers={"better": {"winner": winner, "strength": None}} if winner else {}, shown=[0, 1], source=source,
        )  # fmt: skip

    return add


@pytest.fixture
def answer(item: Item, project: Project, person: Callable[[str], User]) -> Callable[[str, str], Annotation]:
    def add(name: str, winner: str) -> Annotation:
        return Annotation.objects.create(
            project=project, item=item, form=Form.objects.get(project=project), author=person(name),
            answers={"better": {"winner": winner, "strength": 1}}, shown=[0, 1],
        )  # fmt: skip

    return add


def page(place: Place, item: Item) -> str:
    client = Client()
    client.force_login(place.user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse("annotation:item", args=["answers", item.pk])).content.decode()


def test_a_model_is_neither_a_person_nor_an_import(item: Item, speak: Speak) -> None:
    speak("Max", "a")

    found = history(item)

    assert (found.people, found.imported, found.answered, found.state) == ([], [], 0, "open")
    assert [chain.name for chain in found.models] == ["Max"]


def test_the_page_shows_what_it_said_why_and_in_which_run(olga: Place, item: Item, speak: Speak) -> None:
    spoken = speak(
        "Max", "a", votes={"first": 3, "second": 1}, p_first=0.8125, consistent_under_swap=True,
        rationale="A is **longer**.", raw=["{\"winner\": \"A\"}\u202e"],
    )  # fmt: skip

    shown = page(olga, item)

    assert "What models say" in shown
    assert "What people said" not in shown
    assert '<span class="badge">model</span>' in shown
    assert "A better 3, B better 1" in shown
    assert "0.81" in shown
    assert "it says the same" in shown
    assert "A is <strong>longer</strong>." in shown
    assert "\u202e" not in shown
    assert "RLO" in shown or "202E" in shown
    assert reverse("modelhooks:run", args=["answers", spoken.run_id]) in shown


def test_words_of_a_model_are_shown_and_never_run(olga: Place, item: Item, speak: Speak) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    speak(evil[:90], None, abstained=evil, rationale=evil, raw=[evil], votes={evil: 1})

    shown = page(olga, item)

    assert "<script>alert" not in shown
    assert "<img src=x" not in shown


def test_whoever_abstains_says_why(olga: Place, item: Item, speak: Speak) -> None:
    speak(
        "Max", None, abstained="It changed its mind when the responses changed places.", votes={"first": 1, "second": 1}
    )

    assert "It abstained: It changed its mind when the responses changed places." in page(olga, item)
    assert history(item).side_by_side.boards == ()


def test_a_model_that_became_another_stands_once_with_what_it_said_before(item: Item, speak: Speak) -> None:
    first = speak("Max", "a")
    second = speak("Max", "b")
    newer = history(item).models

    assert [len(chain.earlier) for chain in newer] == [1]
    assert newer[0].said is not None
    assert newer[0].said.run_id == second.run_id != first.run_id


def test_on_a_board_a_model_is_visibly_a_model_and_measured_against_people(
    olga: Place, item: Item, speak: Speak, answer: Callable[[str, str], Annotation]
) -> None:
    speak("Max", "b")
    answer("Ana", "a")
    answer("Ben", "a")

    (board,) = history(item).side_by_side.boards
    shown = page(olga, item)

    assert board.agreement[0] == "Both people agree."
    assert board.agreement[1].startswith("Models agree with people to ")
    assert [(one.name, one.origin) for one in board.opinions] == [("Max", "model")]
    assert board.is_disputed is False
    assert history(item).side_by_side.headline == "The answers agree"
    assert 'class="voice model"' in shown
    assert ", model</span>" in shown


def test_models_alone_are_compared_with_each_other(item: Item, speak: Speak) -> None:
    speak("Max", "a")
    speak("Other", "b")

    (board,) = history(item).side_by_side.boards

    assert board.agreement[0].startswith("The 2 models agree to ")
    assert board.is_disputed is True


def test_the_overview_and_the_list_count_models_apart(
    olga: Place, add_items: AddItems, speak: Speak, answer: Callable[[str, str], Annotation], item: Item
) -> None:
    from django.utils import timezone

    speak("Max", "a")
    answer("Ana", "a")
    Annotation.objects.create(
        project=olga.project, item=item, form=Form.objects.get(project=olga.project), imported_name="judge",
        answers={"better": {"winner": "b", "strength": 1}}, shown=[0, 1],
    )  # fmt: skip

    found = overviews.overview(olga, now=timezone.now())
    (line,) = items_page(olga.project, Filters()).lines

    assert (found.imported_labels, found.model_answers, found.pace.week) == (1, 1, 1)
    assert line.imported_labels == 1


@pytest.mark.parametrize("contract", ["reward", "attributes", "preference"])
def test_what_a_run_writes_is_what_the_page_reads(olga: Place, item: Item, contract: str) -> None:
    checkpoint = Checkpoint.objects.create(name="Max", contract=contract, backend="fake")
    run: Run = prelabels.start(olga, checkpoint=checkpoint, question="better")
    runner.execute(str(run.job_id))
    loading.forget()

    (chain,) = history(item).models

    assert chain.said is not None
    assert chain.said.facts
    assert "Scores" in dict(chain.said.facts) or "Votes" in dict(chain.said.facts)


def test_scores_of_steps_and_what_was_cut_are_told_by_letter() -> None:
    told = said(1, {"scores": [[0.91234, None], [0.5]], "truncated": [1]})
    attributes = said(
        1, {"scores": [1.0, -2.5], "attributes": [{"clear": 0.5}, {}], "probabilities": [{}, {"true": 0.75}]}
    )

    assert told.facts == (("Scores", "A 0.9123 – · B 0.5"), ("Longer than it reads", "B"))
    assert attributes.facts == (
        ("Scores", "A 1 · B -2.5"),
        ("Attributes", "A clear 0.5"),
        ("Probability of its verdicts", "B true 0.75"),
    )

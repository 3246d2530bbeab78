"""What several annotators said about one item, question by question, and how far they agree."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from annotation import splitting
from annotation.kinds.rubric_criteria import checked
from annotation.models import Annotation, Form, Item, Question
from annotation.queries.item import history
from annotation.queries.side_by_side import SHOWN, Board
from annotation.services import prelabels
from modelhooks.models import Checkpoint
from projects.access import Place
from projects.models import Project, Role

AddItems = Callable[..., list[Item]]
Person = Callable[[str], User]


@pytest.fixture
def item(add_items: AddItems) -> Item:
    return add_items(1)[0]


@pytest.fixture
def say(project: Project, item: Item, person: Person) -> Callable[..., Annotation]:
    """`say("Ana", better=…)` for a person, `say("judge", imported=True, better=…)` for a label that came along."""

    def add(name: str, *, imported: bool = False, form: Form | None = None, **answers: Any) -> Annotation:
        return Annotation.objects.create(
            project=project,
            item=item,
            form=form or Form.objects.get(project=project, version=1),
            author=None if imported else person(name),
            imported_name=name if imported else "",
            answers=answers,
            shown=[0, 1],
        )

    return add


def won(winner: str, strength: int | None = 1) -> dict[str, Any]:
    return {"winner": winner, "strength": strength}


def boards(item: Item) -> dict[str, Board]:
    return {board.key: board for board in history(item).side_by_side.boards}


def page(place: Callable[..., Place], item: Item) -> str:
    olga = Client()
    olga.force_login(place("Olga", Role.OWNER).user, backend="django.contrib.auth.backends.ModelBackend")
    return olga.get(f"/projects/answers/items/{item.pk}/").content.decode()


def test_one_answer_is_set_beside_nothing(item: Item, say: Callable[..., Annotation]) -> None:
    say("Ana", better=won("a"), why="Because.")

    assert boards(item) == {}


def test_a_question_that_only_one_answered_has_no_board(item: Item, say: Callable[..., Annotation]) -> None:
    say("Ana", better=won("a"), why="Because.")
    say("Ben", better=won("a"))

    assert list(boards(item)) == ["better"]


@pytest.mark.parametrize(
    ("winners", "sentence", "headline"),
    [
        ("aa", "Both people agree.", "The answers agree"),
        ("aaa", "All 3 people agree.", "The answers agree"),
        ("ab", "People agree to 66 %.", "The answers differ"),
        ("aab", "People agree to 77 %, the mean of 3 pairs.", "The answers differ"),
    ],
)
def test_agreement_is_said_in_words_and_never_rounded_up(
    item: Item, say: Callable[..., Annotation], winners: str, sentence: str, headline: str
) -> None:
    for name, winner in zip(("Ana", "Ben", "Chen"), winners, strict=False):
        say(name, better=won(winner))

    assert boards(item)["better"].agreement == (sentence,)
    assert history(item).side_by_side.headline == headline


def test_the_headline_counts_only_what_can_be_compared(item: Item, say: Callable[..., Annotation]) -> None:
    say("Ana", why="Because.")
    say("Ben", why="Why not.")
    assert history(item).side_by_side.headline == "The answers side by side"

    say("Chen", better=won("a"))
    say("Max", better=won("b"))

    assert history(item).side_by_side.headline == "The answers differ"
    assert boards(item)["why"].agreement == ()
    assert boards(item)["why"].is_disputed is None


def test_those_who_are_unsure_agree_and_disagree_with_nobody(item: Item, say: Callable[..., Annotation]) -> None:
    for name, winner in (("Ana", won("a")), ("Ben", won("a")), ("Chen", won("unsure", None))):
        say(name, better=winner)

    board = boards(item)["better"]

    assert board.is_disputed is False
    assert board.agreement == ("People agree in the 1 of 3 pairs that can be compared.",)


@pytest.fixture
def model_says(place: Callable[..., Place], project: Project, item: Item) -> Callable[..., Annotation]:
    """`model_says("judge", better=…)`: what a run of this checkpoint left; without answers it abstained."""

    def add(name: str, **answers: Any) -> Annotation:
        checkpoint = Checkpoint.objects.create(name=name, contract="reward", backend="fake")
        run = prelabels.start(place("Olga", Role.OWNER), checkpoint=checkpoint, question="better")
        return Annotation.objects.create(
            project=project,
            item=item,
            form=Form.objects.get(project=project, version=1),
            run=run,
            answers=answers,
            shown=[0, 1],
            source={} if answers else {"abstained": "Both orders say otherwise."},
        )

    return add


def test_what_models_say_is_called_so_and_measured_against_people(
    item: Item, say: Callable[..., Annotation], model_says: Callable[..., Annotation], place: Callable[..., Place]
) -> None:
    say("Ana", better=won("a", 3))
    say("old label", imported=True, better=won("a", 3))
    model_says("reward head 3", better=won("b", 3))

    board = boards(item)["better"]

    assert board.agreement == ("Imported labels agree with people.", "Models agree with people to 0 %.")
    assert [(one.name, one.origin) for one in board.opinions] == [("old label", "imported"), ("reward head 3", "model")]
    told = history(item)
    assert [chain.name for chain in told.imported] == ["old label"]
    assert [(chain.name, chain.abstained) for chain in told.models] == [("reward head 3", "")]
    html = page(place, item)
    assert '<span class="badge">model</span><bdi class="name strong">reward head 3' in html
    assert ", model</span>" in html


def test_a_model_that_abstained_says_why(
    item: Item, model_says: Callable[..., Annotation], place: Callable[..., Place]
) -> None:
    model_says("judge")

    html = page(place, item)

    assert "What models say" in html
    assert "Both orders say otherwise." in html


def test_imported_labels_are_measured_against_people(item: Item, say: Callable[..., Annotation]) -> None:
    say("judge", imported=True, better=won("b", 3))
    say("Ana", better=won("a", 3))
    say("Ben", better=won("a", 3))
    say("worker", imported=True, better=won("a", 3))

    board = boards(item)["better"]

    assert board.agreement == (
        "Both people agree.",
        "Imported labels agree with people to 50 %, the mean of 4 pairs.",
    )
    judge, worker = board.opinions
    assert (judge.name, [hint.words for hint in judge.hints]) == ("judge", ["B much better"])
    assert judge.echo == "0 of 2 people say exactly this"
    assert (worker.name, worker.hints, worker.echo) == ("worker", (), "2 of 2 people say exactly this")


def test_where_people_are_split_only_what_none_of_them_says_stands_apart(
    item: Item, say: Callable[..., Annotation]
) -> None:
    say("Ana", better=won("a"))
    say("Ben", better=won("b"))
    say("one", imported=True, better=won("b"))
    say("other", imported=True, better=won("tie", 0))

    one, other = boards(item)["better"].opinions

    assert one.hints == ()
    assert [hint.words for hint in other.hints] == ["Tie"]


def test_imported_labels_alone_are_compared_with_each_other(item: Item, say: Callable[..., Annotation]) -> None:
    say("one", imported=True, better=won("a"))
    say("other", imported=True, better=won("a"))

    board = boards(item)["better"]

    assert board.agreement == ("The 2 imported labels agree.",)
    assert board.opinions == ()


def test_a_board_shows_people_first_and_counts_those_it_leaves_out(item: Item, say: Callable[..., Annotation]) -> None:
    for number in range(SHOWN):
        say(f"judge {number}", imported=True, better=won("a"))
    for name in ("Ana", "Ben", "Chen"):
        say(name, better=won("a"))

    board = boards(item)["better"]

    names = [voice.name for place in board.drawn[0].scale for voice in place.voices]
    assert names[:3] == ["Ana", "Ben", "Chen"]
    assert (len(names), board.left_out, len(board.opinions)) == (SHOWN, 3, 3)


def test_what_a_person_changed_stands_on_the_board_as_it_is_now(item: Item, say: Callable[..., Annotation]) -> None:
    first = say("Ana", better=won("a"))
    say("Ben", better=won("b"))
    Annotation.objects.create(
        project=item.project,
        item=item,
        form=first.form,
        author=first.author,
        answers={"better": won("b")},
        shown=[0, 1],
        supersedes=first,
    )

    assert boards(item)["better"].agreement == ("Both people agree.",)


def test_a_question_that_a_later_form_asks_otherwise_is_a_board_of_its_own(
    project: Project, item: Item, say: Callable[..., Annotation], person: Person
) -> None:
    later = Form.objects.create(project=project, version=2, created_by=person("Olga"))
    Question.objects.create(form=later, position=0, key="better", kind="preference", title="Better now?")
    Question.objects.create(form=later, position=1, key="why", kind="text", title="Why?", settings={"max_length": 90})
    for name, form in (("Ana", None), ("Ben", None), ("Chen", later), ("Max", later)):
        say(name, form=form, better=won("a"), why="Because.")

    found = history(item).side_by_side.boards

    assert [(board.title, board.form_version) for board in found] == [
        ("Better now?", None),
        ("Why?", None),
        ("Why?", 1),
    ]


def test_a_rubric_of_the_items_own_is_shown_and_scored_by_it(
    project: Project, item: Item, say: Callable[..., Annotation], place: Callable[..., Place]
) -> None:
    Item.objects.filter(pk=item.pk).update(rubric=checked(["exact: Says the exact year (weight 3)", "short: Is short"]))
    form = Form.objects.get(project=project)
    settings = {"source": "item", "criteria": []}
    Question.objects.create(
        form=form, position=2, key="own", kind="rubric", title="Its own", target="response", settings=settings
    )
    verdicts = {"exact": [{"value": "yes"}, {"value": "no"}], "short": [{"value": "no"}, {"value": "yes"}]}
    say("Ana", own={"verdicts": verdicts})

    html = page(place, item)

    assert "A 75 % · B 25 %" in html
    assert html.count("Says the exact year") == 2  # among the criteria, and in Ana's answer


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def test_hostile_names_and_words_are_shown_and_never_run(
    item: Item, say: Callable[..., Annotation], place: Callable[..., Place]
) -> None:
    say(HOSTILE[:40], imported=True, better=won("a"), why=HOSTILE)
    say("Ana", better=won("b"), why=HOSTILE)

    html = page(place, item)

    assert "side by side" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_many_annotators_are_a_line_each_to_open(
    item: Item, say: Callable[..., Annotation], place: Callable[..., Place]
) -> None:
    for name in ("Ana", "Ben", "Chen", "Max"):
        say(name, better=won("a"))
    assert '<details class="whole">' not in page(place, item)

    say("judge", imported=True, better=won("a"))

    assert page(place, item).count('<details class="whole">') == 5


def test_each_steps_number_leads_to_its_words_on_a_board_of_its_own(
    project: Project, item: Item, say: Callable[..., Annotation], place: Callable[..., Place], person: Person
) -> None:
    first = Form.objects.get(project=project)
    later = Form.objects.create(project=project, version=2, created_by=person("Olga"))
    for form, settings in ((first, {}), (later, {"first_error": False})):
        Question.objects.create(
            form=form, position=5, key="steps", kind="steps", title="Steps", target="response", settings=settings
        )
    part = {"splitter": splitting.VERSION, "labels": [1]}
    for name, form in (("Ana", first), ("Ben", first), ("Chen", later), ("Max", later)):
        say(name, form=form, steps=[part, {**part, "labels": [-1]}])

    html = page(place, item)

    targets, places = re.findall(r'href="#(steps[^"]+)"', html), re.findall(r'id="(steps[^"]+)"', html)
    assert sorted(targets) == sorted(places) == ["steps-1-A-1", "steps-1-B-1", "steps-A-1", "steps-B-1"]

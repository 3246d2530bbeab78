"""Steps cut by hand: before the first annotation, by those who curate, and pinned by every answer."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test import Client

from annotation import subjects
from annotation.kinds import KINDS
from annotation.models import Form, Item, Question, Segmentation, Slot
from annotation.refusals import AnswersRefused
from annotation.services import annotations, queue, segmentations
from projects.access import Place
from projects.models import Project, Role
from ui.problems import Refusal

TEXT = "There are 72 rolls.\n\n72 ÷ 4 = 18. So 18 are sold.\n\nThe answer is 54."


@pytest.fixture
def item(project: Project) -> Item:
    """One response of three steps, in a project that asks about them."""
    form = Form.objects.create(project=project, version=2, created_by=project.created_by)
    settings = KINDS["steps"].check_settings({}, "response")
    Question.objects.create(
        form=form, position=0, key="steps", kind="steps", title="Steps", target="response", settings=settings
    )
    responses = [{"messages": [{"role": "assistant", "content": TEXT}]}]
    made = Item.objects.create(
        project=project, key="one", digest=b"1" * 32, group="g", messages=[], responses=responses
    )
    Slot.objects.create(project=project, item=made, number=0)
    return made


def steps(item: Item) -> list[str]:
    (judged,) = subjects.in_steps(item)
    return [judged.text[start:end].strip() for start, end in judged.steps]


def submit(place: Place, *labels: int, splitter: str) -> Any:
    lease = queue.claim(place)
    assert lease is not None
    answers = {"steps": [{"splitter": splitter, "labels": list(labels)}]}
    return annotations.submit(place, lease_id=lease.pk, answers=answers, request_key=uuid.uuid4()).annotation


def change(place: Place, item: Item, *, cut: int = 0, join: int = 0) -> Segmentation:
    (judged,) = subjects.in_steps(item)
    verb = segmentations.cut if cut else segmentations.join
    return verb(place, item_id=item.pk, response=0, cut_by=judged.cut_by, at=cut or join)


def test_steps_are_cut_and_joined_and_the_newest_cut_stands(place: Callable[..., Place], item: Item) -> None:
    chen = place("Chen", Role.CURATOR)
    assert steps(item) == ["There are 72 rolls.", "72 ÷ 4 = 18. So 18 are sold.", "The answer is 54."]

    change(chen, item, cut=TEXT.index("So 18"))
    assert steps(item) == ["There are 72 rolls.", "72 ÷ 4 = 18.", "So 18 are sold.", "The answer is 54."]
    change(chen, item, join=TEXT.index("72 ÷"))

    assert steps(item) == ["There are 72 rolls.\n\n72 ÷ 4 = 18.", "So 18 are sold.", "The answer is 54."]
    assert Segmentation.objects.count() == 2


def test_an_answer_names_the_cut_it_speaks_of(place: Callable[..., Place], item: Item) -> None:
    made = change(place("Chen", Role.CURATOR), item, join=TEXT.index("72 ÷"))

    with pytest.raises(AnswersRefused, match="cut in another way"):
        submit(place("Ana"), 1, 1, 1, splitter="1")
    given = submit(place("Ana"), 1, 1, splitter=made.cut_by)

    assert given.answers["steps"] == [{"splitter": f"hand-{made.pk}", "labels": [1, 1]}]


def test_an_annotated_item_is_cut_no_more(place: Callable[..., Place], item: Item) -> None:
    submit(place("Ana"), 1, 1, 1, splitter="1")

    with pytest.raises(segmentations.AlreadyAnnotated, match=r"\.$"):
        change(place("Chen", Role.CURATOR), item, join=TEXT.index("72 ÷"))
    assert not Segmentation.objects.exists()


@pytest.mark.parametrize("at", [-1, 0, 1, len(TEXT), 10_000])
def test_no_step_begins_outside_the_text_or_holds_nothing(place: Callable[..., Place], item: Item, at: int) -> None:
    verb = segmentations.join if at == 1 else segmentations.cut  # there is no joint at 1

    with pytest.raises(segmentations.NoStepThere, match=r"\.$"):
        verb(place("Chen", Role.CURATOR), item_id=item.pk, response=0, cut_by="1", at=at)
    with pytest.raises(segmentations.NoStepThere):
        change(place("Chen", Role.CURATOR), item, cut=TEXT.index("\n\n"))


def test_two_curators_do_not_cut_over_each_other(place: Callable[..., Place], item: Item) -> None:
    change(place("Chen", Role.CURATOR), item, join=TEXT.index("72 ÷"))

    with pytest.raises(segmentations.CutMeanwhile):
        segmentations.join(
            place("Olga", Role.OWNER), item_id=item.pk, response=0, cut_by="1", at=TEXT.index("The answer")
        )


def test_what_is_cut_is_never_edited(place: Callable[..., Place], item: Item) -> None:
    change(place("Chen", Role.CURATOR), item, join=TEXT.index("72 ÷"))

    for edit in (lambda: Segmentation.objects.update(ends=[1]), lambda: Segmentation.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            edit()


def test_a_form_without_steps_costs_no_look_up(
    project: Project, add_items: Callable[..., list[Item]], django_assert_num_queries: Any
) -> None:
    (pair,) = add_items(1)
    questions = tuple(project.forms.get().questions.all())

    with django_assert_num_queries(0):
        assert subjects.of(pair, questions=questions).responses[0].steps == ()


def test_an_item_of_another_project_is_not_found(place: Callable[..., Place], item: Item) -> None:
    with pytest.raises(Http404):
        segmentations.join(place("Chen", Role.CURATOR), item_id=item.pk + 1, response=0, cut_by="1", at=1)
    with pytest.raises(segmentations.NoStepThere):
        segmentations.join(place("Chen", Role.CURATOR), item_id=item.pk, response=1, cut_by="1", at=1)


def test_the_page_cuts_joins_and_sends_annotators_away(place: Callable[..., Place], item: Item) -> None:
    address = f"/projects/{item.project.slug}/items/{item.pk}/steps/"
    browsers = {}
    for name, role in (("Chen", Role.CURATOR), ("Ana", Role.ANNOTATOR), ("Vera", Role.VIEWER)):
        browsers[name] = Client()
        user = place(name, role).user
        browsers[name].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    fields = {"response": "0", "cut_by": "1", "cut": str(TEXT.index("So 18"))}

    assert b"Cut here" in browsers["Chen"].get(address).content
    assert browsers["Chen"].post(address, fields).status_code == 302
    assert len(steps(item)) == 4
    assert browsers["Chen"].post(address, fields).status_code == 409
    assert browsers["Chen"].post(address, {"response": "x", "cut": "٣"}).status_code == 422
    assert {browsers[name].post(address, fields).status_code for name in ("Ana", "Vera")} == {404}
    page = browsers["Chen"].get(f"/projects/{item.project.slug}/items/{item.pk}/")
    assert address in page.content.decode()


def in_a_thread(do: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Do it on a connection of its own; the list gets what came of it, or the refusal."""
    outcomes: list[Any] = []

    def run() -> None:
        try:
            outcomes.append(do())
        except Refusal as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.5)
    return thread, outcomes


@pytest.mark.django_db(transaction=True)
def test_a_cut_waits_for_an_answer_under_way_and_is_refused(place: Callable[..., Place], item: Item) -> None:
    chen = place("Chen", Role.CURATOR)

    with transaction.atomic():
        submit(place("Ana"), 1, 1, 1, splitter="1")
        thread, outcomes = in_a_thread(lambda: change(chen, item, join=TEXT.index("72 ÷")))
        assert outcomes == []
    thread.join(20)

    assert isinstance(outcomes[0], segmentations.AlreadyAnnotated)


@pytest.mark.django_db(transaction=True)
def test_an_answer_waits_for_a_cut_under_way_and_is_refused(place: Callable[..., Place], item: Item) -> None:
    ana, chen = place("Ana"), place("Chen", Role.CURATOR)

    queue.claim(ana)  # which would wait, too

    with transaction.atomic():
        change(chen, item, join=TEXT.index("72 ÷"))
        thread, outcomes = in_a_thread(lambda: submit(ana, 1, 1, 1, splitter="1"))
        assert outcomes == []
    thread.join(20)

    assert isinstance(outcomes[0], AnswersRefused)

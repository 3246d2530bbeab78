"""Looking at all labels again after so many new ones: what is due, once, and never for nothing."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from annotation.models import Annotation, Item
from audit.models import Event
from curation.models import Analysis
from curation.services import analyses, new_labels
from jobs import runner
from jobs.models import Job, State
from modelhooks.models import Checkpoint, Run
from projects.access import Place
from projects.models import Project

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
EVERY = 10


@pytest.fixture
def wanted(olga: Place) -> Place:
    """Olga wants a look after every ten new annotations."""
    Project.objects.filter(pk=olga.project.pk).update(analyze_every=EVERY)
    return olga


@pytest.fixture
def label(add_item: AddItem, answer: Answer) -> Callable[[int], None]:
    """Ana answers so many new items."""

    def do(count: int) -> None:
        for number in range(count):
            answer(add_item("x", str(number)), "a")

    return do


def finish() -> None:
    """Do the newest one."""
    runner.execute(str(Analysis.objects.latest("number").job_id))


def numbers() -> list[tuple[int, str]]:
    return list(Analysis.objects.order_by("number").values_list("number", "reason"))


def test_a_look_follows_every_so_many_new_annotations(wanted: Place, label: Callable[[int], None]) -> None:
    label(EVERY - 1)
    new_labels.ask()
    before = numbers()
    label(1)
    new_labels.ask()
    finish()
    label(EVERY - 1)
    new_labels.ask()
    between = numbers()
    label(1)
    new_labels.ask()
    finish()
    new_labels.ask()  # counted from the newest one, not from the first

    assert (before, between) == ([], [(1, "labels")])
    assert numbers() == [(1, "labels"), (2, "labels")]
    assert Analysis.objects.get(number=1).finished_at
    assert Analysis.objects.get(number=2).last_annotation == Annotation.objects.latest("pk").pk
    event = Event.objects.filter(verb="analysis.asked").latest("pk")
    assert (event.actor_id, event.detail["reason"]) == (None, "labels")


def test_nothing_is_looked_at_where_nobody_wants_it(olga: Place, label: Callable[[int], None]) -> None:
    label(3 * EVERY)

    new_labels.ask()

    assert olga.project.analyze_every == 0
    assert numbers() == []


def test_never_two_at_once(wanted: Place, label: Callable[[int], None]) -> None:
    label(EVERY)
    analyses.start(wanted)
    label(EVERY)

    new_labels.ask()

    assert numbers() == [(1, "asked")]


def test_one_that_failed_is_not_tried_again_before_there_is_something_new(
    wanted: Place, label: Callable[[int], None]
) -> None:
    label(EVERY)
    new_labels.ask()
    Job.objects.filter(pk=Analysis.objects.get().job_id).update(state=State.FAILED, finished_at=Now())

    new_labels.ask()
    before = numbers()
    label(EVERY)
    new_labels.ask()

    assert before == [(1, "labels")]
    assert numbers() == [(1, "labels"), (2, "labels")]


@pytest.mark.parametrize(("hook", "is_due"), [("contrast", True), ("grading", True), ("prelabel", False)])
def test_a_run_about_rubrics_that_ended_since_is_looked_at_once(
    wanted: Place, label: Callable[[int], None], hook: str, is_due: bool
) -> None:
    label(1)
    analyses.start(wanted)
    finish()
    job = Job.objects.create(kind="run", state=State.DONE, finished_at=Now() + timedelta(seconds=1))
    checkpoint = Checkpoint.objects.create(name="Max", contract="rubric", backend="fake")
    Run.objects.create(project=wanted.project, hook=hook, checkpoint=checkpoint, job=job, created_by=wanted.user)

    new_labels.ask()
    asked = numbers()
    Analysis.objects.filter(number=2).update(created_at=Now() + timedelta(seconds=2))
    Job.objects.filter(kind="analysis", state=State.QUEUED).update(state=State.DONE, finished_at=Now())
    new_labels.ask()

    assert asked == numbers() == [(1, "asked"), (2, "labels")][: 1 + is_due]


def test_a_run_about_rubrics_on_no_label_at_all_asks_for_nothing(wanted: Place) -> None:
    job = Job.objects.create(kind="run", state=State.DONE, finished_at=Now())
    checkpoint = Checkpoint.objects.create(name="Max", contract="rubric", backend="fake")
    Run.objects.create(project=wanted.project, hook="grading", checkpoint=checkpoint, job=job, created_by=wanted.user)

    new_labels.ask()

    assert numbers() == []


def test_a_project_that_is_archived_is_left_alone(wanted: Place, label: Callable[[int], None]) -> None:
    label(EVERY)
    Project.objects.filter(pk=wanted.project.pk).update(archived_at=Now())

    new_labels.ask()

    assert numbers() == []


def test_a_round_takes_a_bounded_number_and_the_next_one_goes_on(
    wanted: Place, label: Callable[[int], None], monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    label(EVERY)
    other = _another_that_wants_it(wanted)
    monkeypatch.setattr(new_labels, "MOST_AT_ONCE", 1)

    new_labels.ask()
    first = list(Analysis.objects.values_list("project_id", flat=True))
    new_labels.ask()

    assert first == [wanted.project.pk]
    assert set(Analysis.objects.values_list("project_id", flat=True)) == {wanted.project.pk, other.pk}


@pytest.mark.parametrize("every", [1, 9, 1_000_001])
def test_the_database_refuses_what_is_too_often_or_too_seldom(olga: Place, every: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=olga.project.pk).update(analyze_every=every)


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_ask_for_one_look(
    wanted: Place, label: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    label(EVERY)
    is_due, both_know = new_labels.due, threading.Barrier(2, timeout=20)

    def due(only: int | None = None) -> list[int]:
        found = is_due(only)
        if only is None:
            both_know.wait()  # neither has begun when the other one finds it due
        return found

    monkeypatch.setattr(new_labels, "due", due)
    rounds = [threading.Thread(target=_round) for _ in range(2)]

    for one in rounds:
        one.start()
    for one in rounds:
        one.join(30)

    assert numbers() == [(1, "labels")]
    assert Job.objects.filter(kind="analysis").count() == 1


def _round() -> None:
    try:
        new_labels.ask()
    finally:
        connection.close()


def _another_that_wants_it(place: Place) -> Any:
    """A second project with as many answers."""
    other = Project.objects.create(slug="second", name="Second", created_by=place.user, analyze_every=EVERY)
    said = list(Annotation.objects.filter(project=place.project))
    for item in Item.objects.filter(project=place.project):
        item.pk, item.project = None, other
        item.save(force_insert=True)
    for one, item in zip(said, Item.objects.filter(project=other), strict=True):
        one.pk, one.project, one.item = None, other, item
        one.save(force_insert=True)
    return other

"""What models kept beside their answers, as the database tells it, and what an analysis says of a judge."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotation.models import Annotation, Item, Question
from curation.analysis import judgments
from curation.models import Standing
from curation.services import analyses
from curation.snapshot import last_annotation
from jobs import runner
from jobs.models import Job
from modelhooks.models import Checkpoint, Run
from projects.access import Place

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
TORN = [{"A": 1}, {"A": 1}]


@pytest.fixture
def machine(olga: Place, answer: Answer) -> Callable[..., Annotation]:
    """What a judge says in one run; without a winner it abstains."""
    judge = Checkpoint.objects.create(name="Judge", contract="preference", backend="fake")
    run = Run.objects.create(
        project=olga.project,
        hook="prelabel",
        checkpoint=judge,
        question="better",
        job=Job.objects.create(kind="run"),
        created_by=olga.user,
    )

    def say(item: Item, winner: str, **source: Any) -> Annotation:
        answers = {"better": {"winner": winner, "strength": None}} if winner else {}
        return answer(item, winner, author=None, run=run, answers=answers, source=source)

    return say


def read(olga: Place) -> judgments.Judgments:
    question = Question.objects.get(form__project=olga.project, key="better")
    return judgments.read(olga.project, question, last_annotation(olga.project) or 0)


def test_certainty_and_verdicts_of_both_orders_are_read_abstentions_too(
    olga: Place, add_item: AddItem, machine: Callable[..., Annotation]
) -> None:
    first, second, third = (add_item("x", str(number)) for number in range(3))
    machine(first, "a", p_first=0.5, by_order=[{"A": 3, "B": 1}, {"B": 2}], consistent_under_swap=True)
    machine(second, "", p_first=0.9, by_order=TORN, consistent_under_swap=False, abstained="Torn.")
    last = machine(third, "b", scores=[1.5, 4.0])

    found = read(olga)

    assert found.score.tolist() == pytest.approx([0.0, np.log(9), -2.5])
    assert found.consistent.tolist() == [1, 0, -1]
    assert found.abstained.tolist() == [False, True, False]
    assert found.by_order.tolist() == [[0, 2], [0, 0], [-1, -1]]
    assert found.scores_of(np.array([last.pk, last.pk + 1]))[0] == -2.5
    assert np.isnan(found.scores_of(np.array([last.pk + 1]))[0])
    orders = found.in_orders(found.checkpoint[0])
    assert (orders.values.tolist(), orders.swapped.tolist()) == ([0, 0, 0, 2], [0, 1, 0, 1])


def test_what_is_superseded_is_not_read(
    olga: Place, add_item: AddItem, machine: Callable[..., Annotation], answer: Answer
) -> None:
    before = machine(add_item("x", "y"), "a", p_first=0.7)
    again = Run.objects.create(
        project=olga.project,
        hook="prelabel",
        checkpoint=Checkpoint.objects.get(),
        question="better",
        job=Job.objects.create(kind="run"),
        created_by=olga.user,
    )
    after = answer(before.item, "b", author=None, run=again, supersedes=before)

    assert read(olga).annotation.tolist() == [after.pk]


def test_an_analysis_tells_how_far_a_judge_agrees_and_how_it_takes_orders(
    olga: Place, add_item: AddItem, answer: Answer, machine: Callable[..., Annotation]
) -> None:
    for number in range(40):
        item = add_item("x", str(number))
        for who in ("Ana", "Ben", "Cid"):
            answer(item, "ab"[number % 2], who)
        if number % 4:
            machine(item, "a", p_first=0.9, by_order=[{"A": 1}, {"B": 1}], consistent_under_swap=True)
        else:
            machine(item, "", p_first=0.6, by_order=TORN, consistent_under_swap=False, abstained="Torn.")
    machine(add_item("only", "a model"), "a", p_first=0.95)

    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))

    told = Standing.objects.get(analysis=asked, checkpoint__isnull=False).figures
    assert (told["orders"]["consistent"]["hits"], told["orders"]["both"], told["orders"]["asked"]) == (30, 40, 41)
    assert told["abstained"]["hits"] == 10
    assert told["with_people"]["value"] == pytest.approx(1 / 3, abs=0.01)
    assert told["people_among"]["value"] == 1
    assert (told["cutoffs"][-1]["checked"], told["cutoffs"][-1]["right"], told["cutoffs"][-1]["accepts"]) == (30, 10, 1)
    assert told["together"] is None

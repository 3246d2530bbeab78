"""Looking at all labels of a project: what is found, that it is written at once, and that it touches no label."""

import random
from collections.abc import Callable

import pytest

from accounts.limits import TooMany
from accounts.models import User
from annotation.models import Annotation, Form, Item, Question
from audit.models import Event
from curation.models import Analysis, Consensus, Finding, Measure, Standing
from curation.services import analyses
from curation.services.analyses import NothingToAnalyze
from jobs import runner
from jobs.models import Job, State
from modelhooks.models import Checkpoint, Run
from projects.access import Place

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
OTHER = {"a": "b", "b": "a"}


def analyzed(olga: Place) -> Analysis:
    """A look at all labels, done by the runner as a worker would."""
    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))
    return Analysis.objects.select_related("job").get(pk=asked.pk)


@pytest.fixture
def labeled(olga: Place, add_item: AddItem, answer: Answer) -> dict[int, str]:
    """120 pairs whose truth is known: four people who look, and one who draws lots. Item id to the truth."""
    draw = random.Random(5)
    truth = {}
    for number in range(120):
        item = add_item("x", str(number), tags=["even"] if number % 2 == 0 else [])
        truth[item.pk] = draw.choice("ab")
        for who in ("Ana", "Ben", "Cid", "Dora"):
            answer(item, truth[item.pk] if draw.random() < 0.85 else OTHER[truth[item.pk]], who)
        answer(item, draw.choice("ab"), "Lot")
    return truth


@pytest.fixture
def machine(olga: Place, answer: Answer) -> Answer:
    """What a fake judge says, all in one run."""
    judge = Checkpoint.objects.create(name="Judge", contract="preference", backend="fake")
    run = Run.objects.create(
        project=olga.project,
        hook="prelabel",
        checkpoint=judge,
        question="better",
        job=Job.objects.create(kind="run"),
        created_by=olga.user,
    )

    def say(item: Item, winner: str) -> Annotation:
        return answer(item, winner, author=None, run=run)

    return say


def test_people_agree_on_the_planted_truth_and_who_draws_lots_is_known(
    olga: Place, person: Callable[[str], User], labeled: dict[int, str]
) -> None:
    analysis = analyzed(olga)

    told = "600 labels of 5 annotators on 120 items. 1 finding."
    assert (analysis.job.state, analysis.job.message) == (State.DONE, told)
    assert Finding.objects.get().annotator == "Lot"
    rows = {row.item_id: row for row in Consensus.objects.filter(until=None)}
    assert sum(rows[item].value == winner for item, winner in labeled.items()) >= 115
    assert all(row.labels == 5 and row.since_id == analysis.pk for row in rows.values())
    stands = {row.person_id: row for row in Standing.objects.filter(analysis=analysis)}
    assert stands[person("Lot").pk].figures["is_spammer"]
    assert not any(row.figures["is_spammer"] for who, row in stands.items() if who != person("Lot").pk)
    for who in ("Ana", "Ben", "Cid", "Dora"):
        told = stands[person(who).pk].figures
        assert told["low"] < 0.85 < told["high"]
        assert (stands[person(who).pk].labels, told["compared"]) == (120, 120)


def test_agreement_is_told_of_all_items_and_of_slices(olga: Place, labeled: dict[int, str]) -> None:
    analysis = analyzed(olga)

    told = {row.slice: row.figures for row in Measure.objects.filter(analysis=analysis, topic="agreement")}

    assert {*told} == {"", "tag:even"}
    assert (told[""]["units"], told[""]["labels"], told["tag:even"]["units"]) == (120, 600, 60)
    # Pairs of two lookers agree with .85² + .15² = .745, a looker and lots with .5: 6 pairs of 10 and 4 of 10.
    assert told[""]["plain"]["low"] < 0.6 * 0.745 + 0.4 * 0.5 < told[""]["plain"]["high"]
    assert told[""]["alpha"]["low"] < told[""]["alpha"]["value"] < told[""]["alpha"]["high"]


def test_models_settle_nothing_and_are_measured_against_people(
    olga: Place, add_item: AddItem, answer: Answer, machine: Callable[..., Annotation]
) -> None:
    items = [add_item("x", str(number)) for number in range(30)]
    alone = add_item("only", "a model")
    for number, item in enumerate(items):
        answer(item, "a", "Ana"), answer(item, "a", "Ben")
        machine(item, "a" if number < 24 else "b")
    machine(alone, "b")

    analysis = analyzed(olga)

    settled = {row.item_id: row.value for row in Consensus.objects.filter(until=None)}
    assert settled == {item.pk: "a" for item in items}
    stands = Standing.objects.get(analysis=analysis, checkpoint__isnull=False)
    assert (stands.labels, stands.figures["compared"], stands.figures["matches"]) == (31, 30, 0.8)
    assert "accuracy" not in stands.figures


def test_ratings_steps_and_names_are_settled_each_by_the_method_for_its_scale(
    olga: Place, add_item: AddItem, answer: Answer
) -> None:
    form = Form.objects.create(project=olga.project, version=2, created_by=olga.user)
    asked = [
        ("good", "rating", "response", {"low": 1, "high": 5}),
        ("steps", "steps", "response", {"final_answer": False}),
        ("kind", "choice", "item", {"options": [{"key": "x", "title": "X"}, {"key": "y", "title": "Y"}]}),
    ]
    for position, (key, kind, target, settings) in enumerate(asked):
        Question.objects.create(
            form=form, position=position, key=key, kind=kind, title=key, target=target, settings=settings
        )
    for number in range(12):
        item = add_item("x", str(number))
        for who in ("Ana", "Ben", "Cid"):
            wrong = [1, -1, None] if number % 2 else [1, 1, 1]
            answer(
                item,
                "a",
                who,
                form=form,
                answers={
                    "good": [1 + number % 5, None],
                    "steps": [{"splitter": "1", "labels": wrong}, None],
                    "kind": "xy"[number % 2],
                },
            )

    analysis = analyzed(olga)

    values = {(row.question, row.facet, row.place, row.item_id): row.value for row in Consensus.objects.all()}
    assert analysis.job.state == State.DONE, analysis.job.message
    items = list(Item.objects.order_by("pk").values_list("pk", flat=True))
    assert [values["good", "", "0", item] for item in items] == [str(1 + number % 5) for number in range(12)]
    assert [values["steps", "first_error", "0.1", item] for item in items] == ["3", "1"] * 6
    assert [values["kind", "", "", item] for item in items] == ["x", "y"] * 6
    told = Measure.objects.filter(analysis=analysis).exclude(topic=Measure.Topic.GUARD)  # which is of no question
    topics = {(row.question, row.facet) for row in told}
    assert topics == {("good", ""), ("steps", "step"), ("steps", "first_error"), ("kind", "")}


def test_votes_that_contradict_each_other_settle_nothing(olga: Place, add_item: AddItem, answer: Answer) -> None:
    item = add_item("x", "y")
    answer(item, "a", "Ana"), answer(item, "b", "Ben")

    analyzed(olga)

    row = Consensus.objects.get()
    assert (row.value, row.labels) == ("", 2)
    assert row.confidence < 0.6


def test_asking_twice_is_one_analysis_and_the_next_one_writes_only_what_is_new(
    olga: Place, labeled: dict[int, str], add_item: AddItem, answer: Answer
) -> None:
    assert analyses.start(olga).pk == analyses.start(olga).pk
    first = analyzed(olga)
    answer(add_item("one", "more"), "a", "Ana")

    second = analyzed(olga)

    assert (first.number, second.number) == (1, 2)
    assert Consensus.objects.filter(since=second).count() < 20
    assert Consensus.objects.filter(until=None).count() == 121


def test_no_label_is_touched_and_the_wish_is_in_the_audit_trail(olga: Place, labeled: dict[int, str]) -> None:
    before = list(Annotation.objects.order_by("pk").values())

    analysis = analyzed(olga)

    assert list(Annotation.objects.order_by("pk").values()) == before
    event = Event.objects.filter(verb="analysis.asked").latest("pk")
    assert (event.subject, event.actor_id) == (f"analysis:{analysis.pk}", olga.user.pk)


def test_without_labels_there_is_nothing_to_look_at(olga: Place) -> None:
    with pytest.raises(NothingToAnalyze):
        analyses.start(olga)
    assert not Analysis.objects.exists()


def test_more_than_the_quota_is_refused(olga: Place, add_item: AddItem, answer: Answer, settings: object) -> None:
    settings.QUOTAS = {**settings.QUOTAS, "analysis": (1, 3600)}  # type: ignore[attr-defined]
    answer(add_item("x", "y"), "a")
    analyzed(olga)

    with pytest.raises(TooMany):
        analyses.start(olga)

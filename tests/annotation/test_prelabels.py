"""Runs of models over items: what they store, what they never compute again, and what one bad item cannot stop."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from annotation import subjects
from annotation.kinds import KINDS
from annotation.models import Annotation, Form, Item, Question
from annotation.opinions import CONVERSIONS
from annotation.queries.items import Filters
from annotation.services import prelabels
from jobs import runner
from jobs.models import Job, State
from modelhooks.backends.fake import FakeModel
from modelhooks.catalog import BACKENDS
from modelhooks.contracts import ResponseGroup, RewardScore
from modelhooks.errors import LoadRefused, Unavailable
from modelhooks.models import Checkpoint, Chunk, Failure, Opinion, Run
from modelhooks.services import loading, runs
from modelhooks.services.runs import RunRefused
from projects.access import Place

pytestmark = pytest.mark.django_db
AddItems = Callable[..., list[Item]]


class Counting(FakeModel):
    """A fake model that says what it was asked, and breaks on texts that hold these words."""

    def __init__(self, seed: str = "", breaks_on: str = "", errs_on: str = "", is_away: bool = False) -> None:
        super().__init__(seed)
        self.asked: list[str] = []
        self.breaks_on, self.errs_on, self.is_away = breaks_on, errs_on, is_away

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        if self.is_away:
            raise Unavailable("The server does not answer.")
        self.asked += [str(group.prompt[-1]["content"]) for group in groups]
        if self.breaks_on and any(self.breaks_on in str(group.prompt) for group in groups):
            raise RuntimeError("what a person wrote")
        return [
            [RewardScore(None, error="The score is no number.")] * len(group.responses)
            if self.errs_on and self.errs_on in str(group.prompt)
            else super(Counting, self).score([group])[0]
            for group in groups
        ]


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", "owner")


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Counting:
    """What every checkpoint loads."""
    return loads(monkeypatch, Counting())


def loads(monkeypatch: pytest.MonkeyPatch, model: Counting) -> Counting:
    loading.forget()
    monkeypatch.setattr(loading, "_loaded", lambda _checkpoint: model)
    return model


@pytest.fixture
def checkpoint() -> Checkpoint:
    return checkpoint_of("reward")


def checkpoint_of(contract: str, name: str = "") -> Checkpoint:
    return Checkpoint.objects.create(name=name or f"A model of {contract}", contract=contract, backend="fake")


def work(run: Run) -> Job:
    """One attempt of the run's job."""
    Job.objects.filter(pk=run.job_id).update(run_after="2026-01-01T00:00Z")
    runner.execute(str(run.job_id))
    loading.forget()
    return Job.objects.get(pk=run.job_id)


def started(olga: Place, checkpoint: Checkpoint, question: str = "better", **more: Any) -> Run:
    return prelabels.start(olga, checkpoint=checkpoint, question=question, **more)


def test_each_item_is_answered_once_by_the_checkpoint_in_its_own_name(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, model: Counting
) -> None:
    items = add_items(5)

    run = started(olga, checkpoint)
    job = work(run)

    assert (job.state, job.done, job.total, job.message) == (State.DONE, 5, 5, "5 answered.")
    found = Annotation.objects.order_by("item")
    assert [one.item_id for one in found] == [item.pk for item in items]
    for one in found:
        first, second = one.source["scores"]
        assert one.answers == {"better": {"winner": "a" if first > second else "b", "strength": None}}
        assert (one.author, one.imported_name, one.run, one.annotator) == (None, "", run, "A model of reward")
        assert one.source["fingerprint"] == model.fingerprint == Run.objects.get().fingerprint
    assert sum(chunk.computed for chunk in Chunk.objects.all()) == 5


def test_the_same_fingerprint_and_text_is_never_computed_again(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, model: Counting
) -> None:
    add_items(3)
    work(started(olga, checkpoint))
    model.asked.clear()

    again = started(olga, checkpoint_of("reward", "The same weights by another name"))
    work(again)

    assert model.asked == []
    assert Chunk.objects.get(run=again).reused == 3
    assert Annotation.objects.filter(run=again).count() == 3


def test_a_second_run_of_the_same_checkpoint_adds_nothing_and_another_make_of_it_supersedes(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_items(3)
    loads(monkeypatch, Counting())
    work(started(olga, checkpoint))
    work(started(olga, checkpoint))
    assert Annotation.objects.count() == 3

    loads(monkeypatch, Counting(seed="other weights"))
    newer = started(olga, checkpoint)
    work(newer)

    assert Annotation.objects.count() == 6
    assert {one.run_id for one in Annotation.objects.current()} == {newer.pk}


def test_what_breaks_the_model_is_given_up_after_three_attempts_and_the_rest_finish(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = add_items(16)
    model = loads(monkeypatch, Counting(breaks_on="Question 11?"))

    run = started(olga, checkpoint)
    job = work(run)

    assert (job.state, job.message) == (State.DONE, "15 of 16 answered, 1 given up.")
    failure = Failure.objects.get()
    assert (failure.subject, failure.reason) == (items[11].pk, "The model broke (RuntimeError).")
    assert set(Annotation.objects.values_list("item", flat=True)) == {item.pk for item in items} - {items[11].pk}
    alone = Chunk.objects.get(run=run, subjects=[items[11].pk])
    assert alone.attempts == 3
    assert model.asked.count("Question 11?") == 4 + 3  # of 16, 8, 4 and 2 items, and three times alone


def test_an_answer_with_an_error_is_tried_again_alone_and_never_kept(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = add_items(6)
    model = loads(monkeypatch, Counting(errs_on="Question 2?"))

    run = started(olga, checkpoint)
    job = work(run)

    assert job.state == State.DONE
    assert model.asked.count("Question 2?") == 1 + 3
    assert [model.asked.count(f"Question {number}?") for number in (0, 1, 3, 4, 5)] == [1] * 5
    assert Failure.objects.get().reason == "The score is no number."
    assert Opinion.objects.count() == 5
    assert not Annotation.objects.filter(item=items[2]).exists()


def test_only_what_failed_is_tried_again(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = add_items(6)
    loads(monkeypatch, Counting(breaks_on="Question 2?"))
    run = started(olga, checkpoint)
    work(run)
    healed = loads(monkeypatch, Counting())

    assert runs.retry_failures(olga, run) == 1
    job = work(run)

    assert healed.asked == ["Question 2?"]
    assert (job.state, job.done, job.total) == (State.DONE, 6, 6)
    assert not Failure.objects.exists()
    assert Annotation.objects.filter(item=items[2], run=run).exists()


def test_items_that_the_question_does_not_fit_say_so(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, model: Counting
) -> None:
    item = add_items(2)[0]
    three = Item.objects.create(
        project=olga.project,
        key="three",
        digest=b"3" * 32,
        group="g",
        messages=item.messages,
        responses=[*item.responses, item.responses[0]],
    )

    run = started(olga, checkpoint)
    job = work(run)

    assert job.message == "2 of 3 answered, 1 given up."
    failure = Failure.objects.get()
    assert (failure.subject, failure.reason) == (three.pk, "It has 3 responses, and a preference is between two.")
    runs.retry_failures(olga, run)
    assert work(run).total == 3


def test_a_server_that_is_away_is_no_items_fault(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_items(3)
    model = loads(monkeypatch, Counting(is_away=True))
    run = started(olga, checkpoint)

    waiting = work(run)
    assert (waiting.state, waiting.message) == (State.QUEUED, "The server does not answer.")
    assert Chunk.objects.get().attempts == 0
    model.is_away = False
    assert work(run).state == State.DONE
    assert not Failure.objects.exists()


def test_a_model_that_answers_nothing_ends_the_run_early(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_items(64)
    loads(monkeypatch, Counting(breaks_on="Question"))

    job = work(started(olga, checkpoint))

    assert job.state == State.FAILED
    assert job.message.endswith("The last reason: The model broke (RuntimeError).")
    assert not Failure.objects.exists()
    runs.resume(olga, Run.objects.get())
    loads(monkeypatch, Counting())
    assert work(Run.objects.get()).message == "64 answered."


def test_a_checkpoint_that_cannot_be_loaded_ends_the_run_with_its_sentence(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_items(1)

    def refuse(_: Checkpoint) -> Any:
        raise LoadRefused("It holds a pickle.")

    monkeypatch.setattr(loading, "_loaded", refuse)
    loading.forget()
    job = work(started(olga, checkpoint))

    assert (job.state, job.message) == (State.FAILED, "It holds a pickle.")


def test_a_run_goes_on_only_with_the_model_that_began_it(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_items(3)
    loads(monkeypatch, Counting(breaks_on="Question 1?"))
    run = started(olga, checkpoint)
    work(run)
    loads(monkeypatch, Counting(seed="other weights"))
    runs.retry_failures(olga, run)

    job = work(run)

    assert job.state == State.FAILED
    assert "another way than the one that began the run" in job.message


def test_a_cancelled_run_keeps_what_it_has_and_can_be_resumed(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BACKENDS, "fake", replace(BACKENDS["fake"], at_once=2))
    add_items(6)
    model = loads(monkeypatch, Counting())
    run = started(olga, checkpoint)
    score = model.score

    def cancel_in_the_second_chunk(groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        if len(model.asked) == 2:
            runs.cancel(olga, run)
        return score(groups)

    monkeypatch.setattr(model, "score", cancel_in_the_second_chunk)
    assert work(run).state == State.CANCELLED
    assert Annotation.objects.count() == 4

    runs.resume(olga, run)
    assert work(run).state == State.DONE
    assert Annotation.objects.count() == 6
    assert len(model.asked) == 6


def test_a_run_stops_at_its_limit_of_tokens_and_another_one_goes_on_from_there(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BACKENDS, "fake", replace(BACKENDS["fake"], at_once=2))
    add_items(6)
    model = loads(monkeypatch, Counting())  # 9 tokens for an item

    job = work(started(olga, checkpoint, wishes={"most_tokens": 20}))

    assert job.state == State.FAILED
    assert job.message.startswith("It has used 36 tokens and may use 20.")
    assert Annotation.objects.count() == 4
    assert work(started(olga, checkpoint, wishes={"most_tokens": 0})).state == State.DONE
    assert len(model.asked) == len(set(model.asked)) == 6


def test_filters_and_a_limit_choose_the_items(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, model: Counting
) -> None:
    items = add_items(6)
    Item.objects.filter(pk__in=[item.pk for item in items[1:]]).update(tags=["maths"])

    work(started(olga, checkpoint, filters=Filters(tag="maths"), limit=3))

    assert list(Annotation.objects.order_by("item").values_list("item", flat=True)) == [one.pk for one in items[1:4]]


@pytest.mark.parametrize(
    ("question", "contract", "more", "sentence"),
    [
        ("nothing", "reward", {}, "The form asks no question “nothing”."),
        ("why", "reward", {}, "cannot answer “Why?”: it scores responses."),
        ("better", "steps", {}, "cannot answer “Which is better?”: it scores steps."),
        ("better", "reward", {"limit": 0}, "A run is about 1 to 1,000,000 items."),
        ("better", "reward", {"wishes": {"margin": -1}}, "margin: Input should be greater than or equal to 0."),
        ("better", "reward", {"wishes": {"nonsense": 1}}, "nonsense: Extra inputs are not permitted."),
    ],
)
def test_a_run_that_makes_no_sense_is_refused_with_a_sentence(
    olga: Place, question: str, contract: str, more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RunRefused) as refused:
        started(olga, checkpoint_of(contract), question, **more)

    assert sentence in str(refused.value)


def test_neither_a_retired_nor_a_broken_checkpoint_is_asked(olga: Place, checkpoint: Checkpoint) -> None:
    checkpoint.is_healthy, checkpoint.health = False, "It holds a pickle."
    with pytest.raises(RunRefused, match="did not pass its check: It holds a pickle"):
        started(olga, checkpoint)
    checkpoint.is_healthy, checkpoint.retired_at = True, checkpoint.created_at
    with pytest.raises(RunRefused, match="retired"):
        started(olga, checkpoint)


SETTINGS: dict[str, dict[str, Any]] = {
    "choice": {"options": [{"key": "yes", "title": "Yes"}, {"key": "no", "title": "No"}]},
    "rubric": {"criteria": [{"key": "true", "title": "True"}, {"key": "clear", "title": "Clear", "scale": 3,
                                                               "anchors": ["no", "so so", "yes"]}]},
}  # fmt: skip


@pytest.mark.parametrize(("contract", "kind"), CONVERSIONS)
def test_whatever_a_model_says_is_an_answer_that_the_kind_accepts(
    olga: Place, add_items: AddItems, contract: str, kind: str
) -> None:
    target = CONVERSIONS[contract, kind].targets[-1]
    form = Form.objects.create(project=olga.project, version=2, created_by=olga.user)
    settings = KINDS[kind].check_settings(SETTINGS.get(kind, {}), target)
    asked = Question.objects.create(
        form=form, position=0, key="asked", kind=kind, target=target, title="Asked", settings=settings
    )
    items = add_items(12)
    for number, item in enumerate(items):
        item.source = {"reference": "Short."} if number or contract == "likeness" else {}
        item.save(update_fields=["source"])

    job = work(started(olga, checkpoint_of(contract), "asked"))

    assert (job.state, job.message) == (State.DONE, "12 answered.")
    answered = list(Annotation.objects.select_related("item"))
    assert sum(1 for one in answered if one.answers) >= 6
    for one in answered:
        if not one.answers:
            assert one.source["abstained"]
            continue
        subject = subjects.of(one.item, questions=[asked])
        label = KINDS[kind].as_label(one.answers["asked"])
        assert KINDS[kind].admit(label, asked, subject) == one.answers["asked"]

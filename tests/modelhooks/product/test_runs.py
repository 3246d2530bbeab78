"""Runs on their pages and for programs: progress, an end that is foretold, what was given up, stopping and going on."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import Annotation
from annotation.services import prelabels
from audit.models import Event
from jobs.models import Job, State
from modelhooks.backends.fake import FakeModel
from modelhooks.contracts import ResponseGroup, RewardScore
from modelhooks.errors import Unavailable
from modelhooks.models import Checkpoint, Chunk, Failure, Run
from modelhooks.queries import runs as queries
from modelhooks.services import loading
from tests.modelhooks.product.conftest import do
from tests.world import World, add_items

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


class Breaking(FakeModel):
    """Breaks on texts that hold these words."""

    words = "Question 1 "

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        if any(self.words in str(group.prompt) for group in groups):
            raise RuntimeError("what a person wrote")
        return super().score(groups)


@pytest.fixture
def checkpoint() -> Checkpoint:
    return Checkpoint.objects.create(name="Max", contract="reward", backend="fake", fingerprint="f")


@pytest.fixture
def run(world: World, checkpoint: Checkpoint) -> Run:
    """Chen's, not begun, over five items."""
    return prelabels.start(world.answers.places["chen"], checkpoint=checkpoint, question="preference")


def loads(monkeypatch: pytest.MonkeyPatch, model: Any) -> None:
    loading.forget()
    monkeypatch.setattr(loading, "_loaded", lambda _checkpoint: model)


def work(run: Run) -> Job:
    return do(Job.objects.get(pk=run.job_id))


def url(name: str, run: Run) -> str:
    return reverse(f"modelhooks:{name}", args=["answers", run.pk])


def page(client: Client, run: Run) -> str:
    return client.get(url("run", run)).content.decode()


def test_a_run_is_watched_from_its_start_to_its_end(world: World, run: Run) -> None:
    vera = world.browser("vera")

    waiting = page(vera, run)
    work(run)
    ended = page(vera, run)

    assert "<h1>This run waits for its turn</h1>" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert "<h1>All 5 are answered</h1>" in ended
    assert "every 2s" not in ended
    assert "What was given up" not in ended
    assert Run.objects.get().fingerprint in ended
    assert (
        vera.get(url("run", run), headers=HTMX).content.decode().lstrip().startswith('<div class="stack" id="report"')
    )


def test_the_end_is_foretold_from_the_pace_of_this_attempt(run: Run) -> None:
    now = timezone.now()
    Job.objects.filter(pk=run.job_id).update(
        state=State.LEASED, lease_until=now, done=300, total=500, started_at=now - timedelta(seconds=50)
    )
    Chunk.objects.create(run=run, number=1, subjects=list(range(200)), finished_at=now - timedelta(seconds=600))
    Chunk.objects.create(run=run, number=2, subjects=list(range(100)), finished_at=now)
    Chunk.objects.create(run=run, number=3, subjects=list(range(200)))

    report = queries.report(Run.objects.select_related("job").get(), now)

    assert report.headline == "300 of 500 answered so far"
    assert report.progress == queries.Progress(share=0.6, rate=2.0, seconds_left=100.0)
    assert (report.taken.chunks, report.taken.chunks_done) == (3, 2)


def test_what_it_took_is_the_sum_of_its_chunks(world: World, run: Run) -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 200, "cached_tokens": 10, "requests": 7}
    for number in (1, 2):
        Chunk.objects.create(run=run, number=number, subjects=[number], computed=3, reused=2, usage=usage)
    without = queries.report(Run.objects.select_related("job").get(), timezone.now()).taken
    Chunk.objects.create(run=run, number=3, subjects=[3], usage={**usage, "cost": 0.25})

    taken = queries.report(Run.objects.select_related("job").get(), timezone.now()).taken
    shown = page(world.browser("vera"), run)

    assert (without.computed, without.reused, without.tokens, without.requests, without.cost) == (6, 4, 2400, 14, None)
    assert taken.cost == 0.25
    assert "3,600" in shown
    assert "0.25" in shown


def test_what_was_given_up_is_named_linked_and_tried_again_alone(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads(monkeypatch, Breaking())
    work(run)
    chen, lost = world.browser("chen"), world.answers.items[1]

    broken = page(chen, run)
    loads(monkeypatch, FakeModel())
    asked = chen.post(url("run-retry", run))
    job = work(run)
    healed = page(chen, run)

    assert "<h1>1 of 5 could not be answered</h1>" in broken
    assert "The model broke (RuntimeError)." in broken
    assert f'href="{reverse("annotation:item", args=["answers", lost.pk])}"><bdi>{lost.key}' in broken
    assert "Try 1 again" in broken
    assert asked.status_code == 302
    assert (job.done, job.total) == (5, 5)
    assert "<h1>All 5 are answered</h1>" in healed


def test_many_failures_come_a_page_at_a_time_in_few_queries(
    world: World, run: Run, django_assert_max_num_queries: Any
) -> None:
    items = add_items(world.answers.owner, 120)
    Failure.objects.bulk_create(Failure(run=run, subject=item.pk, reason=f"Reason {item.pk % 9}.") for item in items)
    gone = Failure.objects.create(run=run, subject=10**9, reason="It is gone.")
    vera = world.browser("vera")

    with django_assert_max_num_queries(12):
        first = page(vera, run)
    after = list(Failure.objects.order_by("pk"))[99].pk
    last = vera.get(f"{url('run', run)}?after={after}", headers=HTMX).content.decode()

    assert first.count('class="key" data-label="Item"') == 50
    assert first.count('<dd class="num">') == 5
    assert "?after=" in first
    assert last.count('class="key" data-label="Item"') == 21
    assert f"number {gone.subject}" in last
    assert "Show more" not in last


def test_a_run_is_cancelled_and_resumed(world: World, run: Run) -> None:
    chen = world.browser("chen")

    chen.post(url("run-cancel", run))
    cancelled = page(chen, run)
    chen.post(url("run-resume", run))
    job = work(run)

    assert "This run was cancelled" in cancelled
    assert "Resume" in cancelled
    assert job.state == State.DONE
    assert Annotation.objects.filter(run=run).count() == 5
    verbs = Event.objects.filter(subject=f"run:{run.pk}").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["run.started", "run.cancelled", "run.resumed"]


@pytest.mark.parametrize("verb", ["resume", "retry"])
def test_a_run_at_work_is_neither_resumed_nor_tried_again(world: World, run: Run, verb: str) -> None:
    answer = world.browser("chen").post(url(f"run-{verb}", run))

    assert answer.status_code == 422
    assert "at work" in answer.content.decode()
    assert not Event.objects.filter(verb__in=["run.resumed", "run.retried"]).exists()


def test_the_list_says_what_is_at_work(world: World, run: Run, checkpoint: Checkpoint) -> None:
    vera, address = world.browser("vera"), reverse("modelhooks:runs", args=["answers"])

    waiting = vera.get(address).content.decode()
    work(run)
    ended = vera.get(address).content.decode()
    Job.objects.filter(pk=run.job_id).update(state=State.FAILED)
    stopped = vera.get(address).content.decode()

    assert "<h1>1 run is at work</h1>" in waiting
    assert "<h1>No run is at work</h1>" in ended
    assert "<h1>1 of 1 run stopped before the end</h1>" in stopped
    assert url("run", run) in ended
    assert "Ask a model" not in ended


def test_a_project_without_runs_says_what_will_be_here(world: World) -> None:
    address = reverse("modelhooks:runs", args=["answers"])

    assert "No model was asked yet" in world.browser("vera").get(address).content.decode()
    assert reverse("annotation:run-new", args=["answers"]) in world.browser("chen").get(address).content.decode()


def test_annotators_and_strangers_see_nothing_of_it(world: World, run: Run) -> None:
    for person in ("ana", "sam", "oscar"):
        client = world.browser(person)
        assert client.get(url("run", run)).status_code == 404
        assert client.get(reverse("modelhooks:runs", args=["answers"])).status_code == 404
    assert (
        "Models</a>" not in world.browser("ana").get(reverse("annotation:overview", args=["answers"])).content.decode()
    )
    assert world.browser("vera").post(url("run-cancel", run)).status_code == 404


def test_many_runs_cost_as_many_queries_as_one(
    world: World, checkpoint: Checkpoint, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        prelabels.start(world.answers.owner, checkpoint=checkpoint, question="preference")

    vera = world.browser("vera")

    with django_assert_max_num_queries(6):
        vera.get(reverse("modelhooks:runs", args=["answers"]))


class Away(FakeModel):
    """A server that does not answer."""

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        raise Unavailable("The server does not answer.")


def test_a_run_that_is_delayed_says_why_and_until_when(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    loads(monkeypatch, Away())
    work(run)
    vera = world.browser("vera")

    shown = " ".join(page(vera, run).split())
    listed = vera.get(reverse("modelhooks:runs", args=["answers"])).content.decode()

    assert "<h1>This run is delayed</h1>" in shown
    assert re.search(r"The server does not answer. It is tried again in \d+(.\d)? s.", shown)
    assert '<span class="badge warn">delayed</span>' in listed

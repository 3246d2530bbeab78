"""What a run counts: once in a turn, and right whatever ended the turn before; and turns that end by the clock."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.models import Annotation, Item
from annotation.services import prelabels
from jobs import faults, runner
from jobs.models import Job, State
from modelhooks.backends.fake import FakeModel
from modelhooks.catalog import BACKENDS
from modelhooks.contracts import ResponseGroup, RewardScore
from modelhooks.models import Checkpoint, Chunk, Failure, Run
from modelhooks.services import loading, runs, working
from modelhooks.services.tally import Tally
from projects.access import Place

pytestmark = pytest.mark.django_db
AddItems = Callable[..., list[Item]]
TOKENS = 9  # of an item of `add_items`


class Asked(FakeModel):
    """Counts what it is asked; slow where there is more at once than it can do in its time, broken if so told."""

    def __init__(self, can: int = 1_000, breaks: bool = False) -> None:
        super().__init__("asked")
        self.can, self.breaks = can, breaks
        self.sizes: list[int] = []

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        self.sizes.append(len(groups))
        if len(groups) > self.can:
            raise SoftTimeLimitExceeded
        if self.breaks:
            raise RuntimeError("what a person wrote")
        return super().score(groups)


class Killed(BaseException):
    """In place of kill -9, which would take the test with it."""


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", "owner")


@pytest.fixture
def checkpoint() -> Checkpoint:
    return Checkpoint.objects.create(name="A model", contract="reward", backend="fake")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """How many items a chunk holds."""
    return lambda count: monkeypatch.setitem(BACKENDS, "fake", replace(BACKENDS["fake"], at_once=count))


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Asked], Asked]]:
    def load(model: Asked) -> Asked:
        loading.forget()
        monkeypatch.setattr(loading, "_loaded", lambda _checkpoint: model)
        return model

    yield load
    loading.forget()


def turn(run: Run) -> Job:
    """One turn of the run's job."""
    Job.objects.filter(pk=run.job_id).update(run_after="2026-01-01T00:00Z")
    runner.execute(str(run.job_id))
    return Job.objects.get(pk=run.job_id)


def started(olga: Place, checkpoint: Checkpoint, **more: Any) -> Run:
    return prelabels.start(olga, checkpoint=checkpoint, question="better", **more)


def add_unfit(like: Item, count: int) -> None:
    """Items with nothing to prefer, which are refused unasked."""
    Item.objects.bulk_create(
        Item(
            project=like.project,
            key=f"unfit-{number}",
            digest=number.to_bytes(32),
            group="unfit",
            messages=like.messages,
            responses=like.responses[:1],
        )
        for number in range(count)
    )


def held_again(run: Run) -> None:
    """As the sweeper does with what a dead worker held."""
    Job.objects.filter(pk=run.job_id).update(state=State.QUEUED, lease_until=None)


def statements(run: Run, *words: str) -> list[str]:
    """What one turn asks the database that has all these words in it."""
    with CaptureQueriesContext(connection) as captured:
        assert turn(run).state == State.DONE
    return [one["sql"] for one in captured if all(word in one["sql"] for word in words)]


def test_more_chunks_are_not_counted_more_often(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, at_once: Callable[[int], None], loads: Any
) -> None:
    add_items(12)
    found = []
    for size in (6, 1):
        loads(Asked()).seed = f"chunks of {size}"
        at_once(size)
        run = started(olga, checkpoint, wishes={"most_tokens": 10**9})
        captured = statements(run, "modelhooks_chunk")
        found.append(len([sql for sql in captured if re.search(r"SUM\(|COUNT\(|SELECT .usage", sql)]))

    assert found[0] == found[1] > 0


POINTS = ("run_computed", "run_opinions_kept", "run_chunk_stored")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS)
def test_a_run_killed_at_any_point_counts_each_item_and_each_token_once(
    olga: Place,
    checkpoint: Checkpoint,
    add_items: AddItems,
    at_once: Callable[[int], None],
    loads: Any,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
) -> None:
    at_once(4)
    add_items(8)
    model = loads(Asked())
    run = started(olga, checkpoint)
    kills = []

    def crash_here(name: str) -> None:
        if name == point and len(kills) < 2:
            kills.append(name)
            raise Killed

    monkeypatch.setattr(faults, "crash_here", crash_here)
    for _ in range(2):
        with pytest.raises(Killed):
            turn(run)
        held_again(run)
    job = turn(run)

    assert (job.state, job.done, job.total, len(kills)) == (State.DONE, 8, 8, 2)
    assert Annotation.objects.count() == 8
    unpaid = sum(model.sizes) - 8 if point == "run_computed" else 0  # nobody lived to write those down
    assert sum(model.sizes) == 8 + unpaid
    tally = Tally.of(run)
    assert (tally.total, tally.done, tally.answered, tally.given_up) == (8, 8, 8, 0)
    assert tally.tokens == sum(model.sizes) * TOKENS, "what was asked twice is paid twice"
    assert sum(Chunk.objects.values_list("computed", flat=True)) == 8


def test_what_is_carried_on_is_what_would_be_counted(
    olga: Place,
    checkpoint: Checkpoint,
    add_items: AddItems,
    at_once: Callable[[int], None],
    loads: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once(4)
    add_unfit(add_items(9)[0], 1)
    model = loads(Asked())
    score = model.score
    monkeypatch.setattr(model, "score", lambda groups: score(groups) if all(map(_is_fine, groups)) else _broken())
    told = []
    report = working._report

    def compare(work: working.Work) -> None:
        told.append((work.tally, Tally.of(work.run)))
        assert told[-1][0] == told[-1][1]
        report(work)

    monkeypatch.setattr(working, "_report", compare)
    job = turn(started(olga, checkpoint))

    assert (job.state, job.done, job.message) == (State.DONE, 10, "8 of 10 answered, 2 given up.")
    assert len(told) > 6
    assert (told[-1][0].answered, told[-1][0].given_up) == (8, 1)


def _is_fine(group: ResponseGroup) -> bool:
    return "Question 3?" not in str(group.prompt)


def _broken() -> Any:
    raise RuntimeError("what a person wrote")


def test_what_a_run_was_refused_is_no_reason_to_end_it(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, at_once: Callable[[int], None], loads: Any
) -> None:
    at_once(10)
    add_unfit(add_items(1)[0], 41)
    loads(Asked(breaks=True))

    job = turn(started(olga, checkpoint))

    assert (job.state, job.message) == (State.DONE, "0 of 42 answered, 42 given up.")


def test_what_a_limit_of_tokens_stops_was_not_tried(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, at_once: Callable[[int], None], loads: Any
) -> None:
    at_once(2)
    add_items(4)
    loads(Asked())

    assert turn(started(olga, checkpoint, wishes={"most_tokens": 1})).state == State.FAILED

    assert Chunk.objects.get(finished_at=None).attempts == 0


def test_a_chunk_too_slow_for_a_turn_is_halved_until_it_fits(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, at_once: Callable[[int], None], loads: Any
) -> None:
    at_once(8)
    add_items(24)
    model = loads(Asked(can=3))
    run = started(olga, checkpoint)

    jobs = [turn(run)]
    while jobs[-1].state == State.QUEUED and len(jobs) < 30:
        jobs.append(turn(run))

    assert (jobs[0].message, jobs[0].attempts) == ("Goes on in the next turn.", 1)
    assert (jobs[-1].state, jobs[-1].message) == (State.DONE, "24 answered.")
    assert model.sizes[:3] == [8, 4, 2], "halves come next, not the others of the same size"
    assert not Failure.objects.exists()


def test_a_chunk_that_began_late_in_a_turn_is_not_to_blame(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, at_once: Callable[[int], None], loads: Any
) -> None:
    at_once(4)
    add_items(8)
    model = loads(Asked())
    run = started(olga, checkpoint)
    score, slow = model.score, []

    def second_is_slow(groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        slow.append(len(groups))
        if len(slow) == 2:
            raise SoftTimeLimitExceeded
        return score(groups)

    model.score = second_is_slow

    waiting = turn(run)
    assert (waiting.state, waiting.done, waiting.attempts) == (State.QUEUED, 4, 0)
    assert turn(run).state == State.DONE
    assert slow == [4, 4, 4]


def test_a_model_that_never_answers_in_time_ends_the_run_after_its_attempts(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, loads: Any
) -> None:
    add_items(256)
    model = loads(Asked(can=0))
    run = started(olga, checkpoint)

    jobs = [turn(run) for _ in range(runs.ATTEMPTS_OF_THE_JOB)]

    assert [job.state for job in jobs] == [State.QUEUED] * 5 + [State.FAILED]
    seconds = settings.CELERY_TASK_SOFT_TIME_LIMIT
    assert jobs[-1].message == f"It took longer than {seconds} seconds and was stopped."
    assert model.sizes == [256, 128, 64, 32, 16, 8]


def test_an_item_that_takes_a_whole_turn_alone_is_given_up_with_that_reason(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, loads: Any
) -> None:
    add_items(1)
    loads(Asked(can=0))
    run = started(olga, checkpoint)

    jobs = [turn(run) for _ in range(4)]

    assert (jobs[-1].state, jobs[-1].message) == (State.DONE, "0 of 1 answered, 1 given up.")
    assert Failure.objects.get().reason == f"It took longer than {settings.CELERY_TASK_SOFT_TIME_LIMIT} seconds."


def test_what_was_paid_for_stays_counted_when_it_is_tried_again(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, loads: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_items(2)
    model = loads(Asked())
    score = model.score
    wrong = RewardScore(None, n_tokens=5, error="The score is no number.")
    monkeypatch.setattr(model, "score", lambda groups: [[wrong] * 2 for _ in groups])
    run = started(olga, checkpoint)
    turn(run)
    assert (Failure.objects.count(), Tally.of(run).tokens) == (2, 2 * 10 * 4)  # together, then three times alone

    monkeypatch.setattr(model, "score", score)
    runs.retry_failures(olga, run)
    job = turn(run)

    assert (job.state, job.done, job.total) == (State.DONE, 2, 2)
    assert Tally.of(run).tokens == 2 * 10 * 4 + 2 * TOKENS

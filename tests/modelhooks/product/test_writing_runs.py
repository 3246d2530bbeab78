"""Rubrics from contrasts through a real run: a server on this machine, chunks, prices, and a worker that is killed."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from jobs import faults
from jobs.models import Job, State
from modelhooks import catalog, endpoints
from modelhooks.models import Checkpoint, Chunk, Failure, Opinion, Run
from modelhooks.pricing import prices_of
from modelhooks.services import loading, runs
from tests.modelhooks.judging.planted_rubrics import serve
from tests.modelhooks.product.conftest import do
from tests.modelhooks.remote.server import Handler, Server, serving
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
LIMITS = {"attempt_seconds": 30.0, "request_seconds": 30.0, "call_seconds": 60.0, "retries": 0}
HOOKS = {"planted": "tests.modelhooks.product.planted_hook.PlantedHook"}
DEAR = {"prompt": 30_000.0, "completion": 100_000.0, "cached": 30_000.0}  # a question costs 4 of it
CHEAP = {"prompt": 10_000.0, "completion": 0.0, "cached": 10_000.0}  # and here 1
PAIRS, OF_A_PAIR = 10, 2 * (1 + 2)  # questions: two attempts, each written once and judged in both orders


class Killed(BaseException):
    """In place of kill -9, which would take the test with it."""


@pytest.fixture
def server() -> Iterator[Server]:
    endpoints._breaker.cache_clear()
    loading.forget()
    with serving() as served:
        served.behave = serve
        known = {"kind": "openai_chat", "url": served.url, "limits": LIMITS}
        both = {"pen": {**known, "model": "pen", "prices": DEAR}, "eye": {**known, "model": "eye", "prices": CHEAP}}
        with override_settings(MODEL_ENDPOINTS=both, CURRENCY="EUR", MODEL_HOOKS=HOOKS):
            yield served
    loading.forget()


def writer(**options: Any) -> Checkpoint:
    taken = catalog.checked("writer", "writing", {"endpoint": "pen", **options})
    name = f"A writer {sorted(options.items())}"
    return Checkpoint.objects.create(name=name, contract="writing", backend="writer", options=taken)


def started(world: World, checkpoint: Checkpoint, **wishes: Any) -> Run:
    parameters = {"pairs": PAIRS, **wishes}
    return runs.start(world.answers.places["chen"], hook="planted", checkpoint=checkpoint, parameters=parameters)


def work(run: Run) -> Job:
    return do(Job.objects.get(pk=run.job_id))


def outcomes(run: Run) -> Counter[str]:
    found: Counter[str] = Counter()
    for outcome in Chunk.objects.filter(run=run).values_list("outcome", flat=True):
        found.update(outcome)
    return found


def asked(server: Server, model: str) -> list[dict[str, Any]]:
    """What was asked of this model about pairs."""
    forms = {"Contrasting", "Complying"}
    return [
        body
        for body in server.bodies
        if body["model"] == model and body.get("response_format", {}).get("json_schema", {}).get("name") in forms
    ]


def test_every_pair_ends_kept_or_rejected_and_all_that_it_took_is_counted(world: World, server: Server) -> None:
    run = started(world, writer())

    job = work(run)

    assert (job.state, job.done, job.total) == (State.DONE, PAIRS, PAIRS), job.message
    found = outcomes(run)
    assert sum(found.values()) == PAIRS
    assert found["rejected"] >= 4  # the flipped ones at least
    assert found["kept"] >= 4
    usages = list(Chunk.objects.filter(run=run).values_list("usage", flat=True))
    assert sum(one["requests"] for one in usages) == len(asked(server, "pen")) == PAIRS * OF_A_PAIR
    assert sum(one["cost"] for one in usages) == pytest.approx(4 * PAIRS * OF_A_PAIR)


def test_another_server_may_judge_and_each_is_paid_at_its_price(world: World, server: Server) -> None:
    run = started(world, writer(judge_endpoint="eye"))

    job = work(run)

    assert job.state == State.DONE, job.message
    assert len(asked(server, "pen")) == PAIRS * 2
    assert len(asked(server, "eye")) == PAIRS * 4
    usages = list(Chunk.objects.filter(run=run).values_list("usage", flat=True))
    assert sum(one["requests"] for one in usages) == PAIRS * OF_A_PAIR
    assert sum(one["cost"] for one in usages) == pytest.approx(PAIRS * (2 * 4 + 4 * 1))


def test_a_limit_of_money_holds_for_both_servers_together(world: World, server: Server) -> None:
    most = 1_000.0
    run = started(world, writer(judge_endpoint="eye", longest=256), most_cost=most)

    job = work(run)

    spent = sum(one.get("cost", 0) for one in Chunk.objects.filter(run=run).values_list("usage", flat=True))
    assert (job.state, spent <= most) == (State.FAILED, True)
    assert job.message.startswith("It has cost ")


def test_a_free_writer_with_a_priced_judge_has_a_price(server: Server, settings: Any) -> None:
    settings.MODEL_ENDPOINTS = {
        "pen": {**settings.MODEL_ENDPOINTS["pen"], "prices": {}},
        "eye": settings.MODEL_ENDPOINTS["eye"],
    }

    assert not prices_of(writer()).are_known
    assert prices_of(writer(judge_endpoint="eye")).are_known


@pytest.mark.parametrize("point", ["run_computed", "run_opinions_kept", "run_chunk_stored"])
def test_killed_anywhere_it_asks_nothing_twice_that_was_kept(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    run = started(world, writer())
    kills: list[str] = []

    def crash_here(name: str) -> None:
        if name == point and not kills:
            kills.append(name)
            raise Killed

    monkeypatch.setattr(faults, "crash_here", crash_here)
    with pytest.raises(Killed):
        work(run)
    Job.objects.filter(pk=run.job_id).update(state=State.QUEUED, lease_until=None)
    job = work(run)

    assert (job.state, kills) == (State.DONE, [point]), job.message
    assert sum(outcomes(run).values()) == PAIRS
    assert not Failure.objects.exists()
    assert Opinion.objects.count() == PAIRS
    lost = 4 if point == "run_computed" else 0  # of one chunk, whose answers nobody lived to write down
    assert len(asked(server, "pen")) == (PAIRS + lost) * OF_A_PAIR


def test_a_pair_that_the_server_fails_is_given_up_with_its_reason(world: World, server: Server) -> None:
    def fails(handler: Handler, body: dict[str, Any]) -> None:
        if body["model"] == "eye" and "response_format" in body and "number 0.4" in str(body["messages"]):
            handler.say({}, status=400)
        else:
            serve(handler, body)

    server.behave = fails
    run = started(world, writer(judge_endpoint="eye"))
    job = work(run)

    given_up = Failure.objects.filter(run=run)
    assert job.state == State.DONE, job.message
    assert 0 < given_up.count() < PAIRS
    assert all("status 400" in one.reason for one in given_up)
    assert sum(outcomes(run).values()) + given_up.count() == PAIRS

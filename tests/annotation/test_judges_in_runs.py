"""A judge on a server, from its checkpoint to the annotations of a run."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import override_settings

from annotation.models import Annotation, Item
from annotation.services import prelabels
from jobs import runner
from jobs.models import Job, State
from modelhooks import catalog, endpoints
from modelhooks.models import Checkpoint, Run
from modelhooks.services import loading
from projects.access import Place
from tests.modelhooks.remote.server import Server, completion, serving

pytestmark = pytest.mark.django_db
LIMITS = {"attempt_seconds": 5.0, "request_seconds": 6.0, "call_seconds": 20.0, "retries": 1, "failures": 99}


@pytest.fixture
def server() -> Iterator[Server]:
    """What the endpoint “judge” names."""
    endpoints._breaker.cache_clear()
    loading.forget()
    with serving() as served:
        known = {"kind": "openai_chat", "url": served.url, "model": "m", "limits": LIMITS}
        with override_settings(MODEL_ENDPOINTS={"judge": known}):
            yield served
    loading.forget()


@pytest.fixture
def checkpoint(db: None) -> Checkpoint:
    options = catalog.checked("judge", "preference", {"endpoint": "judge", "style": "direct"})
    return Checkpoint.objects.create(name="A judge", contract="preference", backend="judge", options=options)


def work(run: Run) -> Job:
    Job.objects.filter(pk=run.job_id).update(run_after="2026-01-01T00:00Z")
    runner.execute(str(run.job_id))
    return Job.objects.get(pk=run.job_id)


def judging(handler: Any, body: dict[str, Any]) -> None:
    """Likes long responses, sees only the side where question 1 is asked, and says nothing of use about question 2."""
    asked = body["messages"][-1]["content"]
    if "response_format" not in body:
        return handler.say(completion(body, "Hello."))
    schema = body["response_format"]["json_schema"]["schema"]["properties"]
    if "capital" in schema:
        return handler.say(completion(body, json.dumps({"capital": schema["capital"]["const"]})))
    longer = "A" if asked.index("long and careful") < asked.index("Short.") else "B"
    verdict = "A" if "Question 1?" in asked else longer
    code = re.search(r"<<<([0-9a-f]{8})", asked)[1]  # type: ignore[index]
    said = json.dumps({"case": code, "reasoning": "because", "verdict": verdict})
    return handler.say(completion(body, "Who knows." if "Question 2?" in asked else said))


def test_a_judges_preferences_become_annotations_and_its_doubts_do_not(
    place: Callable[..., Place], add_items: Callable[..., list[Item]], server: Server, checkpoint: Checkpoint
) -> None:
    server.behave = judging
    items = add_items(4)

    run = prelabels.start(place("Olga", "owner"), checkpoint=checkpoint, question="better")
    job = work(run)

    assert job.state == State.DONE, job.message
    found = {one.item_id: one for one in Annotation.objects.filter(run=run)}
    decided, torn, unread = found[items[0].pk], found[items[1].pk], found[items[2].pk]
    assert decided.answers["better"]["winner"] == "a"
    assert (decided.source["rationale"], decided.source["votes"]) == ("because\n\nbecause", {"first": 2})
    assert "change sides" in torn.source["abstained"]
    assert "does not have the shape" in unread.source["abstained"]
    assert "better" not in torn.answers
    assert "better" not in unread.answers
    assert len(server.bodies) == 2 + 2 * 4


def test_a_run_waits_for_a_server_that_is_away_and_asks_nothing_twice(
    place: Callable[..., Place], add_items: Callable[..., list[Item]], server: Server, checkpoint: Checkpoint
) -> None:
    add_items(3)
    server.behave = lambda handler, body: handler.say({}, status=500, headers={"retry-after": "0"})
    run = prelabels.start(place("Olga", "owner"), checkpoint=checkpoint, question="better")

    waiting = work(run)
    server.bodies.clear()
    server.behave = judging
    done = work(run)

    assert waiting.state == State.QUEUED
    assert done.state == State.DONE, done.message
    assert Annotation.objects.filter(run=run).count() == 3
    assert len(server.bodies) == 2 + 2 * 3


def test_a_server_that_does_not_enforce_a_form_ends_the_run_with_its_reason(
    place: Callable[..., Place], add_items: Callable[..., list[Item]], server: Server, checkpoint: Checkpoint
) -> None:
    add_items(1)
    server.behave = lambda handler, body: handler.say(completion(body, "Paris"))
    run = prelabels.start(place("Olga", "owner"), checkpoint=checkpoint, question="better")

    job = work(run)

    assert job.state not in {State.DONE, State.QUEUED}
    assert "does not enforce" in job.message
    assert Annotation.objects.filter(run=run).count() == 0

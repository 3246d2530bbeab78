"""Rubrics from many labeled pairs while the worker is killed: each pair has one outcome, and its cost is counted."""

import random
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from annotation.models import Annotation, Form, Item, Question
from curation.models import RubricAttempt
from curation.services import rubric_runs
from jobs.models import Job, State
from modelhooks import catalog
from modelhooks.models import Checkpoint, Chunk, Failure, Run
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.faults.stack import Stack, wait_until
from tests.modelhooks.judging.planted_rubrics import contrasts, serve
from tests.modelhooks.remote.server import Handler, completion, serving

pytestmark = pytest.mark.stack

UNREADABLE = 40  # one pair in so many is answered with what cannot be read
OF_A_PAIR = 3  # questions: one rubric, judged in both orders
TOKENS = 110  # of each
ENDED = (State.DONE, State.FAILED, State.DEAD, State.CANCELLED)


def behave(handler: Handler, body: dict[str, Any]) -> None:
    """As `planted_rubrics`; of some pairs it judges in words that no program reads."""
    if named(body) == "Complying" and "UNREADABLE" in body["messages"][-1]["content"]:
        handler.say(completion(body, "I would say the first one."))
    else:
        serve(handler, body)


def named(body: dict[str, Any]) -> str:
    """The form that an answer must have."""
    return str(body.get("response_format", {}).get("json_schema", {}).get("name", ""))


def labelled(count: int) -> Place:
    """Pairs of which one response has most of the fruits; of every fifth the label is flipped."""
    olga = User.objects.create_user("olga@example.org", None, name="Olga")
    project = Project.objects.create(slug="answers", name="Answers", created_by=olga)
    Membership.objects.create(project=project, user=olga, role=Role.OWNER)
    form = Form.objects.create(project=project, version=1, created_by=olga)
    Question.objects.create(form=form, position=0, key="better", kind="preference", title="Which is better?")
    draw = random.Random(4)
    items, winners = [], []
    for number, one in enumerate(contrasts(count)):
        is_first = draw.random() < 0.5
        texts = (one.better, one.worse) if is_first else (one.worse, one.better)
        winners.append("ab"[is_first is (number % 5 == 0)])
        asked = "UNREADABLE" if number % UNREADABLE == 7 else f"Question {number}"
        items.append(
            Item(
                project=project,
                key=f"pair-{number}",
                digest=number.to_bytes(32),
                group=f"group-{number}",
                messages=[{"role": "user", "content": asked}],
                responses=[{"messages": [{"role": "assistant", "content": text}]} for text in texts],
            )
        )
    Item.objects.bulk_create(items, batch_size=500)
    Annotation.objects.bulk_create(
        (
            Annotation(
                project=project,
                item=item,
                form=form,
                author=olga,
                answers={"better": {"winner": winner, "strength": 1}},
                shown=[0, 1],
                guideline_version=1,
            )
            for item, winner in zip(items, winners, strict=True)
        ),
        batch_size=500,
    )
    return Place(olga, project, Role.OWNER)


@pytest.mark.parametrize("count", [120, pytest.param(1_000, marks=pytest.mark.nightly)])
def test_every_pair_has_one_outcome_though_the_worker_is_killed(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    with serving() as server:
        server.behave = behave
        known = {"kind": "openai_chat", "url": server.url, "model": "pen", "limits": {}}
        priced = {"prompt": 1.0, "completion": 2.0, "cached": 1.0}
        monkeypatch.setattr(settings, "MODEL_ENDPOINTS", {"pen": {**known, "prices": priced}})
        stack.start("worker", "relay", **endpoint(server.url))
        place = labelled(count)
        options = catalog.checked("writer", "writing", {"endpoint": "pen"})
        pen = Checkpoint.objects.create(name="Pen", contract="writing", backend="writer", options=options)
        run = rubric_runs.contrast(
            place,
            checkpoint=pen,
            question="better",
            wishes={"percent": 100, "attempts": 1, "votes": 1, "limit": count},
        )

        for share in (0.2, 0.5, 0.8):
            wait_until(lambda share=share: is_past(run, share * count), stack.logs(), patience=600)  # type: ignore[misc]
            stack.worker.restart()
        wait_until(lambda: job_of(run).state in ENDED, stack.logs(), patience=600)
        asked = [body for body in server.bodies if named(body) in {"Contrasting", "Complying"}]

    job = job_of(run)
    assert (job.state, job.done, job.total) == (State.DONE, count, count), job.message
    found = RubricAttempt.objects.filter(run=run)
    failed = set(Failure.objects.filter(run=run).values_list("subject", flat=True))
    told = list(found.values_list("item", flat=True))
    assert len(told) == len(set(told)), "one outcome for each pair"
    assert set(told) | failed == set(Item.objects.values_list("pk", flat=True))
    assert not set(told) & failed
    assert not found.filter(outcome="rejected", reason="").exists()
    flipped = found.filter(item__key__in=[f"pair-{number}" for number in range(0, count, 5)])
    assert flipped.filter(outcome="rejected").count() >= 0.9 * flipped.count()
    assert found.filter(outcome="kept").count() >= 0.5 * count
    unreadable = found.filter(item__messages__0__content="UNREADABLE")
    assert unreadable.count() == count // UNREADABLE
    assert not unreadable.filter(outcome="kept").exists()
    require_all_is_counted(run, len(asked), count)


def require_all_is_counted(run: Run, asked: int, count: int) -> None:
    """Every answered pair is paid once; only what was in flight at a kill was asked again."""
    usages = list(Chunk.objects.filter(run=run).values_list("usage", flat=True))
    requests = sum(one["requests"] for one in usages)
    assert requests == OF_A_PAIR * count
    assert sum(one["prompt_tokens"] + one["completion_tokens"] for one in usages) == TOKENS * requests
    assert sum(one["cost"] for one in usages) == pytest.approx(requests * (100 * 1 + 10 * 2) / 1e6)
    assert asked - requests <= 3 * OF_A_PAIR * catalog.BACKENDS["writer"].at_once


def endpoint(url: str) -> dict[str, str]:
    """What tells the worker of the server."""
    before = "GOLDPAN_ENDPOINT_PEN_"
    return {
        "GOLDPAN_ENDPOINTS": "pen",
        f"{before}KIND": "openai_chat",
        f"{before}URL": url,
        f"{before}MODEL": "pen",
        f"{before}PROMPT_PRICE": "1",
        f"{before}COMPLETION_PRICE": "2",
        "GOLDPAN_CURRENCY": "EUR",
    }


def job_of(run: Run) -> Job:
    return Job.objects.get(pk=run.job_id)


def is_past(run: Run, pairs: float) -> bool:
    job = job_of(run)
    return job.state in ENDED or job.done >= pairs

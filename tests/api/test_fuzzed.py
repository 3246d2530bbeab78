"""Every endpoint against what a generator can think of: no 5xx, and every answer as OpenAPI says."""

import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.db import transaction
from django.db.models.functions import Now
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from annotation.services import prelabels, queue, rubrics
from curation.models import Analysis, Standing
from curation.services import line_runs, rubric_runs
from jobs.models import Job
from modelhooks.models import Checkpoint, Run
from tests.in_process import InProcess
from tests.world import World
from webhooks.models import Delivery, Event, Hook
from webhooks.services import announcing

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

VALID = {"winner": "a", "strength": 1}
schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]
schema.app = InProcess()


@schemathesis.serializer("application/x-ndjson", "application/vnd.apache.parquet")
def as_it_is(context: Any, value: Any) -> Any:
    """Bytes of a file, good or bad."""
    return value if isinstance(value, bytes) else str(value).encode()


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_surprises_an_endpoint(case: schemathesis.Case, world: World) -> None:
    with undone():
        _point_at_what_exists(case, world)

        case.call_and_validate(headers={"Authorization": f"Token {world.secrets['olga']}"}, checks=CHECKS)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written in here is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _point_at_what_exists(case: schemathesis.Case, world: World) -> None:
    """In three of four calls, made-up addresses and names become real ones; otherwise all would be 404 and 422."""
    if zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode()) % 4 == 0:
        return
    real: dict[str, Any] = {
        "slug": world.answers.slug,
        "item_id": world.answers.items[0].pk,
        "annotation_id": world.annotation.pk,
        "import_id": str(world.imported.pk),
        "run_id": run_of(world).pk,
    }
    if "hook_id" in case.path_parameters:
        delivery = told(world)
        real |= {"hook_id": delivery.hook_id, "delivery_id": str(delivery.pk)}
    if "lease_id" in case.path_parameters:
        lease = queue.claim(world.answers.owner)
        real["lease_id"] = str(lease and lease.pk)
    if "/judges/" in case.operation.path:
        real |= {"checkpoint_id": judge(world).pk, "question": "preference"}
    if "/rubrics/{" in case.operation.path:
        written = rubrics.create(world.answers.owner.project, by=None, name="Kindness", criteria=["Is kind"])
        real |= {"number": written.rubric.number, "version": written.number}
    if "/rubrics/written/{" in case.operation.path or "/rubrics/lines/{" in case.operation.path:
        real |= {"written_id": wrote(world).pk, "lines_id": demands(world).pk}
    case.path_parameters |= {name: real.get(name, value) for name, value in case.path_parameters.items()}
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if isinstance(case.body, dict):
        _name_what_exists(case.body, world)


def run_of(world: World) -> Run:
    """A run that has not begun."""
    found = Run.objects.first()
    return found or prelabels.start(world.answers.owner, checkpoint=checkpoint(), question="preference")


def wrote(world: World) -> Run:
    """A run that has yet to write rubrics."""
    return rubric_runs.contrast(world.answers.owner, checkpoint=pen(), question="preference")


def demands(world: World) -> Run:
    """A run that has yet to find what prompts demand."""
    return line_runs.constraints(world.answers.owner, checkpoint=pen())


def pen() -> Checkpoint:
    return Checkpoint.objects.get_or_create(name="Pen", contract="writing", backend="fake")[0]


def told(world: World) -> Delivery:
    """What a webhook of Olga's project was told."""
    project = world.answers.owner.project
    hook = Hook.objects.create(
        project=project, url="https://x.test/", events=Event.values, created_by=world.user("olga")
    )
    return announcing.queue(hook, Event.RUN_FAILED, {})


def checkpoint() -> Checkpoint:
    return Checkpoint.objects.get_or_create(name="Max", contract="reward", backend="fake")[0]


def judge(world: World) -> Checkpoint:
    """A checkpoint as an analysis leaves it that held it against people."""
    found, job = checkpoint(), Job.objects.create(kind="analysis", state="done", finished_at=Now())
    fields: dict[str, Any] = {"number": 1, "job": job, "last_annotation": world.annotation.pk, "finished_at": Now()}
    analysis = Analysis.objects.create(project=world.answers.owner.project, reason="asked", **fields)
    Standing.objects.create(analysis=analysis, checkpoint=found, question="preference", labels=1, figures={})
    return found


def _name_what_exists(body: dict[str, Any], world: World) -> None:
    answers = body.get("answers")
    if isinstance(answers, dict) and answers:
        values = [VALID, *answers.values()]
        body["answers"] = dict(zip(("preference", "helpful", "reason", "banana"), values, strict=False))
    if "checkpoint" in body:
        body["checkpoint"] = checkpoint().pk
    if "item" in body:
        body["item"] = world.answers.items[0].pk

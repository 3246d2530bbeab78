"""Sets of planted rows in Olga's project."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from curation.models import EvaluationResult, EvaluationSet
from curation.services import evaluating, evaluation_sets
from jobs import runner
from jobs.models import Job, State
from modelhooks.models import Checkpoint, Run
from modelhooks.services import loading
from projects.access import Place

Ask = Callable[..., EvaluationResult]


def do(run: Run) -> Job:
    """One attempt at a run."""
    Job.objects.filter(pk=run.job_id).update(run_after="2026-01-01T00:00Z")
    runner.execute(str(run.job_id))
    return Job.objects.get(pk=run.job_id)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], None]]:
    """What every checkpoint is from now on."""

    def load(model: Any) -> None:
        loading.forget()
        monkeypatch.setattr(loading, "_loaded", lambda _checkpoint: model)

    yield load
    loading.forget()


@pytest.fixture
def ask(olga: Place, loads: Callable[[Any], None]) -> Ask:
    """A model is asked about a set, by a checkpoint of its own; its place on the leaderboard."""

    def asked(made: EvaluationSet, model: Any, contract: str = "reward", **wish: Any) -> EvaluationResult:
        loads(model)
        checkpoint, _ = Checkpoint.objects.get_or_create(
            name=f"{model.seed} {contract}", defaults={"contract": contract, "backend": "fake"}
        )
        job = do(evaluating.start(olga, made, checkpoint, **wish))
        while job.state == State.QUEUED:
            job = do(Run.objects.get(job=job))
        assert job.state == State.DONE, job.message
        return EvaluationResult.objects.get(evaluation_set=made, fingerprint=model.fingerprint)

    return asked


@pytest.fixture
def make_set(olga: Place) -> Callable[..., EvaluationSet]:
    """A set of these rows, as a file of lines has them."""

    def make(rows: list[dict[str, Any]], name: str = "exam", layout: str = "") -> EvaluationSet:
        file = io.BytesIO("".join(json.dumps(row) + "\n" for row in rows).encode())
        return evaluation_sets.from_file(olga, name=name, file=file, file_name=f"{name}.jsonl", layout=layout)

    return make

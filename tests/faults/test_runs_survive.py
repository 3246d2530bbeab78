"""A run of a model over many items, while everything under it is killed in turn."""

import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import User
from annotation.models import Annotation, Form, Item, Question
from annotation.services import prelabels
from jobs.models import Job, State
from modelhooks import catalog
from modelhooks.catalog import BACKENDS
from modelhooks.models import Checkpoint, Chunk, Failure, Opinion, Run
from projects.access import Place
from projects.models import Membership, Project, Role
from stack.up import OF_MODELS, ROOTS, models_python
from tests.faults.models import NOTING, POISON
from tests.faults.stack import Child, Stack, wait_until

pytestmark = pytest.mark.stack
MANY = 10_000
ENDED = (State.DONE, State.FAILED, State.DEAD, State.CANCELLED)


@pytest.fixture(autouse=True)
def _noting(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process starts the run, so it must know the backend as well as the worker does."""
    monkeypatch.setitem(BACKENDS, "noting", NOTING)


def project_of(count: int, *, poisoned: int | None = None) -> Place:
    olga = User.objects.create_user("olga@example.org", None, name="Olga")
    project = Project.objects.create(slug="answers", name="Answers", created_by=olga)
    Membership.objects.create(project=project, user=olga, role=Role.OWNER)
    form = Form.objects.create(project=project, version=1, created_by=olga)
    Question.objects.create(form=form, position=0, key="better", kind="preference", title="Which is better?")
    responses = [{"messages": [{"role": "assistant", "content": text}]} for text in ("One.", "Two.")]
    Item.objects.bulk_create(
        (
            Item(
                project=project,
                key=f"pair-{number}",
                digest=number.to_bytes(32),
                group=f"group-{number}",
                messages=[{"role": "user", "content": POISON if number == poisoned else f"Question {number}"}],
                responses=responses,
            )
            for number in range(count)
        ),
        batch_size=2_000,
    )
    return Place(olga, project, Role.OWNER)


def started(stack: Stack, place: Place, *, seconds: float) -> tuple[Run, Path]:
    """A run of the model that notes what it is asked, and where it does."""
    ledger = stack.folder / f"asked-{time.monotonic_ns()}.txt"
    ledger.touch()
    options = {"ledger": str(ledger), "seconds": seconds}
    checkpoint = Checkpoint.objects.create(name="Noting", contract="reward", backend="noting", options=options)
    return prelabels.start(place, checkpoint=checkpoint, question="better"), ledger


def job_of(run: Run) -> Job:
    return Job.objects.get(pk=run.job_id)


def is_past(run: Run, share: float) -> Callable[[], bool]:
    def check() -> bool:
        job = job_of(run)
        return job.state in ENDED or job.done >= share * MANY

    return check


def kill_in_turn(stack: Stack, run: Run, worker: Child) -> int:
    """Kill worker, broker and database twice each while the run goes on; how many kills hit a computation."""
    kills = 0
    for share in (0.1, 0.5):
        wait_until(is_past(run, share), stack.logs(), patience=600)
        worker.restart()
        wait_until(is_past(run, share + 0.12), stack.logs(), patience=600)
        stack.broker.kill()
        stack.broker.start()
        wait_until(is_past(run, share + 0.24), stack.logs(), patience=600)
        stack.kill_database()
        stack.database.start()
        kills += 2  # the broker's death interrupts no computation
    wait_until(lambda: job_of(run).state in ENDED, stack.logs(), patience=600)
    return kills


def require_one_answer_each(run: Run) -> None:
    job = job_of(run)
    assert (job.state, job.done, job.total) == (State.DONE, MANY, MANY)
    assert not Failure.objects.exists()
    assert not Chunk.objects.filter(run=run, finished_at=None).exists()
    fingerprint = Run.objects.get(pk=run.pk).fingerprint
    assert Opinion.objects.filter(fingerprint=fingerprint).count() == MANY
    answered = Annotation.objects.filter(run=run)
    assert answered.count() == answered.values("item").distinct().count() == MANY


def test_every_item_has_one_answer_though_worker_broker_and_database_are_killed_in_turn(stack: Stack) -> None:
    stack.start("worker", "relay")
    run, ledger = started(stack, project_of(MANY), seconds=0.2)

    kills = kill_in_turn(stack, run, stack.worker)

    require_one_answer_each(run)
    asked = Counter(ledger.read_text().splitlines())
    assert len(asked) == MANY
    twice = sum(count - 1 for count in asked.values())
    assert twice <= kills * NOTING.at_once, "only what was in flight at a kill is computed again"


def test_a_poison_item_is_given_up_after_three_attempts_and_the_rest_finish(stack: Stack) -> None:
    stack.start("worker", "relay")
    run, ledger = started(stack, project_of(8, poisoned=5), seconds=0)

    wait_until(lambda: job_of(run).state in ENDED, stack.logs(), patience=180)

    job = job_of(run)
    assert (job.state, job.message) == (State.DONE, "7 of 8 answered, 1 given up.")
    failure = Failure.objects.get()
    poisoned = Item.objects.get(key="pair-5")
    assert (failure.subject, failure.reason) == (poisoned.pk, "The worker died each time it came to this.")
    assert Chunk.objects.get(run=run, subjects=[poisoned.pk]).attempts == 3
    assert Annotation.objects.filter(run=run).count() == 7
    assert Counter(ledger.read_text().splitlines())[POISON] == 3 + 3  # in chunks of 8, 4 and 2, then alone


TINY = """
import sys
from pathlib import Path
from modelhooks.presets import presets
from tests.modelhooks.with_torch import tiny
tiny.make(Path(sys.argv[1]), presets()[sys.argv[2]])
"""
PRESET = "Skywork/Skywork-Reward-V2-Qwen3-0.6B"


def started_in_a_folder(stack: Stack, count: int) -> Run:
    """A run of a small random checkpoint, by a worker that has torch."""
    python = models_python()
    if not python:
        pytest.skip("No Python with torch; `make test` installs one.")
    folder = stack.folder / "home" / "models" / "tiny"
    subprocess.run([python, "-c", TINY, folder, PRESET], env=stack.environment, cwd=ROOTS[0], check=True)
    stack.start("models", "relay", DJANGO_SETTINGS_MODULE="config.settings", **OF_MODELS)
    options = catalog.checked("transformers", "reward", {"folder": "tiny", "preset": PRESET})
    checkpoint = Checkpoint.objects.create(name="Tiny", contract="reward", backend="transformers", options=options)
    return prelabels.start(project_of(count), checkpoint=checkpoint, question="better")


def test_a_checkpoint_in_a_folder_answers_though_its_worker_is_killed(stack: Stack) -> None:
    run = started_in_a_folder(stack, 600)

    wait_until(lambda: job_of(run).done > 0, stack.logs(), patience=120)
    stack.models.restart()
    wait_until(lambda: job_of(run).state in ENDED, stack.logs(), patience=180)

    assert (job_of(run).state, job_of(run).message) == (State.DONE, "600 answered.")
    fingerprint = Run.objects.get(pk=run.pk).fingerprint
    assert Opinion.objects.filter(fingerprint=fingerprint).count() == 600
    scores = [score for one in Annotation.objects.filter(run=run) for score in one.source["scores"]]
    assert len(set(scores)) > 1_100, "each response has a score of its own"


@pytest.mark.nightly
@pytest.mark.timeout(3_600)
def test_ten_thousand_items_have_one_answer_each_of_a_checkpoint_in_a_folder(stack: Stack) -> None:
    run = started_in_a_folder(stack, MANY)

    kill_in_turn(stack, run, stack.models)

    require_one_answer_each(run)

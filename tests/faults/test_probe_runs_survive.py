"""A run of our own probes, while the worker under it is killed."""

from collections import Counter
from pathlib import Path

import pytest

from jobs.models import State
from modelhooks.backends.fake import FakeModel
from modelhooks.catalog import BACKENDS
from modelhooks.judging.probe_set import probe_set
from modelhooks.models import Checkpoint, Failure, Probed, Run
from modelhooks.probing import WAYS, Probes
from modelhooks.queries import probing as queries
from modelhooks.services import probing
from tests.faults.models import NOTING_JUDGE
from tests.faults.stack import Stack, wait_until
from tests.faults.test_runs_survive import ENDED, job_of, project_of

pytestmark = pytest.mark.stack
ALL = len(probe_set())


@pytest.fixture
def asked(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, Path]:
    """A judge that is asked the probes, a few at a time, and where it notes what it is asked."""
    monkeypatch.setitem(BACKENDS, "noting_judge", NOTING_JUDGE)  # this process starts the run
    ledger = stack.folder / "probes.txt"
    ledger.write_text("")
    fields = {"contract": "preference", "backend": "noting_judge", "options": {"ledger": str(ledger), "seconds": 0.3}}
    stack.start("worker", "relay")
    return probing.start(project_of(1), Checkpoint.objects.create(name="Judge", **fields)), ledger


def undisturbed(run: Run) -> dict[int, str]:
    """What the same model says of every probe, asked here and at once."""
    each, read = Probes().collect(run, range(1, ALL + 1)), WAYS["preference"].read
    return {one.subject: read(FakeModel("noting").judge(one.inputs)) for one in each}


def test_every_probe_is_answered_once_though_the_worker_is_killed_in_the_middle(
    stack: Stack, asked: tuple[Run, Path]
) -> None:
    run, ledger = asked
    for share in (0.2, 0.6):
        wait_until(lambda share=share: job_of(run).done >= share * ALL, stack.logs(), patience=120)  # type: ignore[misc]
        stack.worker.kill()
        assert 0 < Probed.objects.filter(run=run).count() < ALL
        stack.worker.start()
    wait_until(lambda: job_of(run).state in ENDED, stack.logs(), patience=120)

    job, said = job_of(run), Probed.objects.filter(run=run).values_list("number", "said")
    assert (job.state, job.done, job.total, Failure.objects.count()) == (State.DONE, ALL, ALL, 0)
    assert (len(said), dict(said)) == (ALL, undisturbed(run))
    noted = Counter(ledger.read_text().splitlines())
    assert (len(noted), noted.total() - ALL <= 2 * NOTING_JUDGE.at_once) == (ALL, True), "only what was in flight again"

    card = queries.newest(run.project, run.checkpoint)
    assert card == queries.read(run, undisturbed(run))
    assert (card.run, card.is_done, sum(one.asked for one in card.outcomes)) == (run, True, ALL)

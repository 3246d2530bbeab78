"""An analysis is there as a whole or not at all, wherever its worker is killed, and is written once."""

import pytest

from annotation.models import Annotation, Form
from curation.models import Analysis, Consensus, Measure, Standing
from curation.services import analyses
from jobs.models import Job, State
from projects.access import Place
from projects.models import Project
from tests.faults.stack import Stack, wait_until
from tests.world import add_items, build

pytestmark = pytest.mark.stack
ENDED = (State.DONE, State.FAILED, State.DEAD)
ITEMS = 200


@pytest.fixture
def olga(stack: Stack) -> Place:
    """Olga's project with two hundred answers in it."""
    owner = build().answers.owner
    form = Form.objects.filter(project=owner.project).latest("version")
    answers = {"preference": {"winner": "a", "strength": 2}}
    Annotation.objects.bulk_create(
        Annotation(project=owner.project, item=item, form=form, author=owner.user, answers=answers, shown=[0, 1])
        for item in add_items(owner, ITEMS)
    )
    return owner


@pytest.mark.parametrize("point", ["analysis_computed", "analysis_committed"])
def test_a_worker_killed_under_an_analysis_leaves_all_of_it_or_nothing(stack: Stack, olga: Place, point: str) -> None:
    analysis = analyses.start(olga)
    stack.start("worker", "relay", GOLDPAN_CRASH_AT=point)
    wait_until(lambda: Job.objects.filter(pk=analysis.job_id, attempts__gt=1).exists(), stack.logs(), patience=60)
    stack.worker.kill()
    is_there = Analysis.objects.filter(pk=analysis.pk, finished_at__isnull=False).exists()
    assert is_there is (point == "analysis_committed")
    for rows in (Consensus, Measure, Standing):
        assert rows.objects.exists() is is_there

    stack.start("worker")

    wait_until(lambda: Job.objects.filter(pk=analysis.job_id, state__in=ENDED).exists(), stack.logs(), patience=60)
    assert Job.objects.get(pk=analysis.job_id).state == State.DONE
    rows = Consensus.objects.filter(since=analysis, until=None, question="preference")
    assert rows.count() == Annotation.objects.values("item").distinct().count() > ITEMS
    assert Measure.objects.filter(topic="agreement", question="preference", facet="", slice="").count() == 1


@pytest.mark.parametrize("point", ["analysis_queued_for_labels", "analysis_asked_for_labels"])
def test_a_relay_killed_while_it_asks_for_a_look_leaves_one_look(stack: Stack, olga: Place, point: str) -> None:
    Project.objects.filter(pk=olga.project.pk).update(analyze_every=ITEMS)
    stack.start("relay", GOLDPAN_CRASH_AT=point)
    wait_until(lambda: stack.relay.pid is None, stack.logs(), patience=60)
    assert Analysis.objects.exists() is (point == "analysis_asked_for_labels")

    stack.start("relay", "worker")

    wait_until(lambda: Analysis.objects.filter(finished_at__isnull=False).exists(), stack.logs(), patience=60)
    assert list(Analysis.objects.values_list("number", "reason")) == [(1, "labels")]
    assert Job.objects.filter(kind="analysis").count() == 1

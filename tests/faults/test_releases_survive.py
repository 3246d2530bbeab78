"""F10, F14, F15: a release is whole or absent, wherever its worker is killed, and the same as if nobody had been."""

import hashlib

import pytest

from annotation.models import Annotation, Form
from curation.models import Release, ReleaseFile
from curation.services import releases
from jobs.models import Job, State
from projects.access import Place
from tests.faults.stack import Stack, wait_until
from tests.world import add_items, build

pytestmark = pytest.mark.stack

PAIRS = 300
WISH = {
    "recipes": [{"name": "rm_pairs"}, {"name": "raw"}],
    "formats": ["parquet", "jsonl.gz"],
    "splits": {"train": 80, "test": 20},
}


@pytest.fixture
def olga(stack: Stack) -> Place:
    """Olga's project with three hundred answers in it."""
    world = build()
    owner = world.answers.owner
    form = Form.objects.filter(project=owner.project).latest("version")
    answers = {"preference": {"winner": "a", "strength": 2}}
    Annotation.objects.bulk_create(
        Annotation(project=owner.project, item=item, form=form, author=owner.user, answers=answers, shown=[0, 1])
        for item in add_items(owner, PAIRS)
    )
    return owner


def ask(owner: Place) -> Release:
    return releases.freeze(owner, **WISH).release


def ended(release: Release) -> bool:
    return Job.objects.filter(pk=release.job_id, state__in=(State.DONE, State.FAILED, State.DEAD)).exists()


def in_place(stack: Stack, release: Release) -> dict[str, str]:
    """SHA-256 of every data file that lies in the release's folder now."""
    folder = stack.database.home.path / "releases" / str(release.pk)
    files = ReleaseFile.objects.filter(release=release).exclude(rows=None)
    return {file.path: hashlib.sha256((folder / file.path).read_bytes()).hexdigest() for file in files}


@pytest.mark.parametrize("point", ["release_halfway", "release_written", "release_in_place", "release_committed"])
def test_f15_a_worker_killed_at_any_step_leaves_a_release_that_is_whole(stack: Stack, olga: Place, point: str) -> None:
    release = ask(olga)
    stack.start("worker", "relay", GOLDPAN_CRASH_AT=point)
    wait_until(lambda: Job.objects.filter(pk=release.job_id, attempts__gt=1).exists(), stack.logs(), patience=60)
    stack.worker.kill()
    half = Release.objects.get(pk=release.pk)
    assert half.is_frozen is (point == "release_committed")
    assert ReleaseFile.objects.filter(release=half).exists() is half.is_frozen

    stack.start("worker")

    wait_until(lambda: ended(release), stack.logs(), patience=60)
    done = Release.objects.select_related("job").get(pk=release.pk)
    assert done.job.state == State.DONE, done.job.message
    stored = {file.path: file.digest for file in done.files.exclude(rows=None)}
    assert in_place(stack, done) == stored
    assert not list((stack.database.home.path / "releases").glob(".*")), "an attempt's folder was left behind"


def test_f10_a_database_killed_under_a_release_leaves_it_whole_in_the_end(stack: Stack, olga: Place) -> None:
    release = ask(olga)
    stack.start("worker", "relay")
    wait_until(lambda: Job.objects.filter(pk=release.job_id).exclude(state=State.QUEUED).exists(), patience=60)

    stack.kill_database()
    stack.database.start()

    wait_until(lambda: ended(release), stack.logs(), patience=120)
    done = Release.objects.select_related("job").get(pk=release.pk)
    assert done.job.state == State.DONE, done.job.message
    assert in_place(stack, done) == {file.path: file.digest for file in done.files.exclude(rows=None)}

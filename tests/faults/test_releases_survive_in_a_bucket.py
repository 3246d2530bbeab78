"""A release whose files go to a bucket is whole or absent, too, wherever its worker is killed."""

from collections.abc import Iterator

import pytest

from annotation.models import Annotation, Form
from curation.models import Release, ReleaseFile
from curation.services import releases
from jobs.models import Job, State
from tests.curation import s3
from tests.faults.stack import Stack, wait_until
from tests.world import add_items, build

pytestmark = pytest.mark.stack


@pytest.fixture
def server() -> Iterator[str]:
    with s3.speaking_s3() as address:
        yield address


def ask() -> Release:
    owner = build().answers.owner
    form = Form.objects.filter(project=owner.project).latest("version")
    answers = {"preference": {"winner": "a", "strength": 2}}
    Annotation.objects.bulk_create(
        Annotation(project=owner.project, item=item, form=form, author=owner.user, answers=answers, shown=[0, 1])
        for item in add_items(owner, 50)
    )
    return releases.freeze(owner, recipes=[{"name": "raw"}], formats=["jsonl"], splits={"train": 100}).release


def kept(release: Release) -> list[str]:
    return sorted(f"goldpan/files/{release.pk}/{file.path}" for file in release.files.all())


@pytest.mark.parametrize("point", ["release_uploading", "release_uploaded", "release_committed"])
def test_a_worker_killed_while_it_puts_files_there_leaves_a_release_that_is_whole(
    stack: Stack, server: str, point: str
) -> None:
    release = ask()
    stack.start("worker", "relay", **s3.environment(server), GOLDPAN_CRASH_AT=point)
    wait_until(lambda: Job.objects.filter(pk=release.job_id, attempts__gt=1).exists(), stack.logs(), patience=60)
    stack.worker.kill()
    half = Release.objects.get(pk=release.pk)
    assert half.is_frozen is (point == "release_committed")
    assert ReleaseFile.objects.filter(release=half).exists() is half.is_frozen
    assert s3.keys(server), "nothing had been put there"

    stack.start("worker", **s3.environment(server))

    ended = Job.objects.filter(pk=release.job_id, state__in=(State.DONE, State.FAILED, State.DEAD))
    wait_until(ended.exists, stack.logs(), patience=60)
    done = Release.objects.select_related("job").get(pk=release.pk)
    assert done.job.state == State.DONE, done.job.message
    assert s3.keys(server) == kept(done)
    for file in done.files.all():
        held = s3.client(server).head_object(Bucket=s3.NAME, Key=f"goldpan/files/{release.pk}/{file.path}")
        assert held["ContentLength"] == file.size
    # Other tests of this stack keep theirs in the same home.
    left = list((stack.database.home.path / "releases").glob(f"*{release.pk}*"))
    assert not left, "something was left in the home folder"

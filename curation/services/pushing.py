"""The job that pushes a release to the Hub as one commit. May be killed at any line and run again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import transaction

import audit.services as audit
from curation import store
from curation.bucket import BucketAway
from curation.hub.files import NotWhatItWas, Sent
from curation.hub.names import tag_of
from curation.hub.repository import Plan, Repository
from curation.hub.speaking import Away, Hub, Refused
from curation.models import HubPush, Release, ReleaseFile
from curation.queries import hub_pushes as queries
from jobs.faults import crash_here
from jobs.models import Job
from jobs.runner import Progress
from jobs.services import JobDelayed, JobFailed

MANIFEST = "manifest.json"


def run(job: Job, progress: Progress) -> str:
    """Bring the files that the repository lacks, then all of the release as one commit with a tag."""
    push = HubPush.objects.select_related("release").get(pk=job.args["push_id"])
    if push.commit:  # a worker was killed between writing so and ending the job
        return _answer(push.repository, push.commit)
    if not queries.is_open():
        raise JobFailed("This worker has no GOLDPAN_HUB_TOKEN, so it pushes nothing.")
    try:
        with _files(push.release) as files, Hub(settings.HUB_ENDPOINT, settings.HUB_TOKEN) as hub:
            commit = _pushed(push, files, Repository(hub, push.repository), progress)
    except Away as away:
        raise JobDelayed(f"{away} It is tried again; what arrived is not sent twice.") from None
    except BucketAway as away:
        raise JobDelayed(str(away)) from None
    except Refused as refused:
        raise JobFailed(str(refused)) from None
    except NotWhatItWas:
        raise JobFailed("A file of this release is not what was frozen, so nothing was pushed.") from None
    crash_here("hub_pushed")
    _note(push, commit, progress)
    return _answer(push.repository, commit)


def _pushed(push: HubPush, files: list[Sent], repository: Repository, progress: Progress) -> str:
    """The commit in which the repository holds the release."""
    tag = tag_of(push.release.number)
    repository.make()
    head = _head(push, repository)
    _require_tag(repository, tag, files)
    plan = repository.plan(files, queries.earlier_paths(push))
    _send(repository, plan, progress)
    crash_here("hub_sent")
    _require_standing(push.release)
    if not plan.is_empty:
        summary = f"Goldpan release {push.release.number}"
        head = repository.commit(plan, parent=head, summary=summary)
        crash_here("hub_committed")
    repository.tag(tag, head)
    return head


def _head(push: HubPush, repository: Repository) -> str:
    state = repository.state()
    if not (state.is_private or push.may_be_public):
        raise JobFailed(
            "All the world reads that repository, and this push was not meant for such a one. Nothing was sent. "
            "Say that it may be public, or name another."
        )
    return state.head


def _require_tag(repository: Repository, tag: str, files: list[Sent]) -> None:
    """The manifest names the digests of all files: who has the same one has the same release."""
    tagged = repository.tagged(tag)
    manifest = next(one for one in files if one.path == MANIFEST)
    if tagged is not None and not repository.holds(manifest, tagged):
        raise JobFailed(f"The repository has a tag {tag} of something else. Name another repository.")


@contextmanager
def _files(release: Release) -> Iterator[list[Sent]]:
    """All files that the store holds of it, compared with their digests. Those in a bucket are fetched for as long."""
    _require_standing(release)
    with TemporaryDirectory(prefix="goldpan-push-") as folder:
        yield [_file(row, Path(folder) / str(row.pk)) for row in release.files.order_by("path")]


def _file(row: ReleaseFile, fetched: Path) -> Sent:
    place = store.path_of(row)
    try:
        if store.is_elsewhere(row):
            place = fetched
            store.copy(row, place)
        if store.measure(place) != (row.size, row.digest):
            raise NotWhatItWas
    except FileNotFoundError:
        raise NotWhatItWas from None
    return Sent(row.path, place, row.size, row.digest)


def _send(repository: Repository, plan: Plan, progress: Progress) -> None:
    total, sent = sum(one.size for one in plan.large), 0

    def tell(file: Sent) -> None:
        nonlocal sent
        sent += file.size
        progress.report(sent, total)
        crash_here("hub_halfway")

    repository.send(plan.large, tell)


def _require_standing(release: Release) -> None:
    """What was taken out of it while it was on its way must not arrive."""
    if Release.objects.filter(pk=release.pk, withdrawn_at__isnull=False).exists():
        raise JobFailed("This release was withdrawn, so it is not pushed.")


@transaction.atomic
def _note(push: HubPush, commit: str, progress: Progress) -> None:
    progress.confirm()
    HubPush.objects.filter(pk=push.pk).update(commit=commit)
    audit.record(
        "release.pushed",
        subject=f"release:{push.release_id}",
        actor_id=push.created_by_id,
        project_id=push.release.project_id,
        detail={"repository": push.repository, "commit": commit},
    )


def _answer(repository: str, commit: str) -> str:
    return f"In {repository} as commit {commit[:12]}."

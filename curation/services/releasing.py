"""The job that writes a release and puts it in place. May be killed at any line."""

from collections.abc import Sequence
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models.functions import Now

import audit.services as audit
from curation import bucket, omitting, removals, store
from curation.bucket import BucketAway, BucketSpoilt
from curation.describe.manifest import Manifest
from curation.files.formats import media_type
from curation.gates import Result
from curation.gates.judging import Stopped
from curation.models import Release, ReleaseFile
from curation.services import contents
from jobs.faults import crash_here
from jobs.models import Job, State
from jobs.runner import Progress
from jobs.services import JobDelayed, JobFailed

LONGEST_MESSAGE = 480
MOST_CLEARED = 100
MOST_IN_BUCKET = 10  # releases a job looks at; each is a call or more

log = structlog.get_logger(__name__)


def run(job: Job, progress: Progress) -> str:
    """Write a release's files. May be killed anywhere and run again: nothing shows before everything is there."""
    release = Release.objects.select_related("project").get(pk=job.args["release_id"])
    if release.manifest is not None:
        _clear_up()
        return _answer(release.manifest)
    _require_guard(release)
    _require_nothing_removed(release)
    _clear_up()
    _make_room(release, progress)
    folder = store.begin(release.pk, job.fence)
    try:
        manifest = contents.write(release, folder, progress)
        crash_here("release_written")
        _upload(release, folder, manifest, progress)
        _publish(release, folder, manifest, progress)
    except Stopped as stopped:
        _keep(release, stopped.results, progress)
        raise JobFailed(f"Its gates stopped this release: {stopped}"[:LONGEST_MESSAGE]) from None
    except (BucketAway, BucketSpoilt) as error:
        raise JobDelayed(str(error)) from None
    except OSError as error:
        if not store.is_full(error):
            raise
        raise JobFailed(
            "The disk has no room for this release. Nothing of it was kept, and no annotation is touched. "
            "Make room in the home folder's disk, then make the release again."
        ) from None
    finally:
        store.discard(folder)
    crash_here("release_committed")
    _clear_up()
    return _answer(manifest)


def _withdraw(release: Release, instead: Release) -> None:
    """Nobody reads it any more; its files go once this is committed."""
    Release.objects.filter(pk=release.pk, withdrawn_at=None).update(withdrawn_at=Now())
    audit.record(
        "release.withdrawn",
        subject=f"release:{release.pk}",
        project_id=release.project_id,
        detail={"instead": str(instead.pk)},
    )


@transaction.atomic
def _keep(release: Release, results: Sequence[Result], progress: Progress) -> None:
    """What the gates found, for the page of a release that they stopped."""
    progress.confirm()
    Release.objects.filter(pk=release.pk).update(stopped_by=[one.told() for one in results])


def _clear_up() -> None:
    """Remove what attempts left that were killed and never repeated, and the files of releases that were withdrawn."""
    left = {store.release_id_of(folder): folder for folder in store.building()}
    ended = Release.objects.filter(pk__in=left).exclude(job__state__in=(State.QUEUED, State.LEASED))
    for release_id in ended.values_list("pk", flat=True):
        store.discard(left[release_id])
    withdrawn = Release.objects.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at")
    for release_id in withdrawn.values_list("pk", flat=True)[:MOST_CLEARED]:
        store.remove(release_id)
    _clear_up_bucket()


def _clear_up_bucket() -> None:
    """The same in the bucket. Locked rows keep a release from being tried again while its objects go."""
    if not bucket.is_used():
        return
    withdrawn = Release.objects.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at")
    ended = Release.objects.filter(manifest__isnull=True).exclude(job__state__in=(State.QUEUED, State.LEASED))
    try:
        for release_id in withdrawn.values_list("pk", flat=True)[:MOST_IN_BUCKET]:
            bucket.remove(release_id)
        for release_id in ended.order_by("-created_at").values_list("pk", flat=True)[:MOST_IN_BUCKET]:
            with transaction.atomic():
                if (
                    ended.select_related("job")
                    .select_for_update(of=("self", "job"), skip_locked=True)
                    .filter(pk=release_id)
                ):
                    bucket.remove(release_id)
    except BucketAway as away:
        log.warning("release.bucket_away", said=str(away))


@transaction.atomic
def _make_room(release: Release, progress: Progress) -> None:
    """Remove what an earlier attempt at this release put into the bucket; a bucket that is away is noticed here, before
    rows are written. An attempt that has lost its lease removes nothing."""
    if not bucket.is_used():
        return
    progress.confirm()
    try:
        bucket.remove(release.pk)
    except BucketAway as away:
        raise JobDelayed(str(away)) from None


def _upload(release: Release, folder: Path, manifest: Manifest, progress: Progress) -> None:
    """Put every file into the bucket, the manifest last. Nobody reads them before the release is frozen."""
    if not bucket.is_used():
        return
    files = [(file["path"], file["bytes"], file["sha256"]) for file in manifest["files"]]
    entry = contents.entry_of(folder, "manifest.json")
    for done, (path, size, digest) in enumerate([*files, (entry.path, entry.bytes, entry.sha256)]):
        progress.report(done, len(files) + 1, "Putting files into the bucket.")
        bucket.put(release.pk, path, folder / path, size=size, digest=digest)
        crash_here("release_uploading")
    crash_here("release_uploaded")


def _require_guard(release: Release) -> None:
    """What may be left out was settled when the release was asked for, and an analysis may have ended since."""
    try:
        omitting.check_again(release)
    except omitting.NotLeftOut as refused:
        raise JobFailed(f"{refused} Nothing of this release was kept.") from None


def _require_nothing_removed(release: Release) -> None:
    """A release that is tried again must not bring back what was taken out meanwhile."""
    if removals.newest(release.project) != release.last_removal:
        raise JobFailed(
            "Something was taken out of this project's releases since this one was asked for. Make another, which "
            "knows of it."
        )


def _publish(release: Release, folder: Path, manifest: Manifest, progress: Progress) -> None:
    with transaction.atomic():
        progress.confirm()
        removals.lock(release.project)
        _require_nothing_removed(release)
        _require_guard(release)  # once more: a large release is written for minutes
        entry = contents.entry_of(folder, "manifest.json")
        if not bucket.is_used():
            store.publish(folder, release.pk)
        crash_here("release_in_place")
        ReleaseFile.objects.bulk_create(
            ReleaseFile(
                release=release,
                path=file["path"],
                size=file["bytes"],
                digest=file["sha256"],
                media_type=media_type(file["path"]),
                rows=file.get("rows"),
            )
            for file in [*manifest["files"], {"path": entry.path, "bytes": entry.bytes, "sha256": entry.sha256}]
        )
        Release.objects.filter(pk=release.pk, manifest__isnull=True).update(
            manifest=manifest, frozen_at=Now(), stopped_by=None
        )
        if release.instead_of:
            _withdraw(release.instead_of, release)
        audit.record(
            "release.frozen",
            subject=f"release:{release.pk}",
            project_id=release.project_id,
            detail={
                "number": release.number,
                "manifest_sha256": entry.sha256,
                **({"overruled": manifest["overruled"]} if "overruled" in manifest else {}),
            },
        )


def _answer(manifest: Manifest) -> str:
    rows = ", ".join(f"{recipe['rows']:,} rows in {recipe['name']}" for recipe in manifest["recipes"])
    return f"{rows}."

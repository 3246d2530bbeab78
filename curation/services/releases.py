"""Freezing a release: the moment that fixes what is in it, and the job that puts it in place."""

import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Now

import audit.services as audit
from accounts import limits
from annotation.models import Annotation
from curation import accepting, omitting, overturns, store
from curation.describe.manifest import Manifest
from curation.files.formats import media_type
from curation.models import Release, ReleaseFile
from curation.services import contents
from curation.services.wishes import Wish, settle
from curation.snapshot import last_annotation, last_discard, last_gold
from jobs.faults import crash_here
from jobs.models import STOPPED, Job, State
from jobs.runner import Progress
from jobs.services import JobFailed, enqueue
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal

PATIENCE = 5.0  # seconds of asking for the lock without standing in anyone's way
PAUSE = 0.01


class NothingLabeled(Refusal):
    """A release of no annotations would be empty."""

    status = HTTPStatus.CONFLICT
    title = "There is nothing to release yet"

    def __init__(self) -> None:
        super().__init__("Nobody has labeled anything in this project yet. A release needs at least one annotation.")


class Frozen(NamedTuple):
    """A release, and whether it was there before it was asked for."""

    release: Release
    is_repeat: bool


def freeze(
    place: Place,
    *,
    recipes: Sequence[Mapping[str, Any]],
    formats: Sequence[str] | None = None,
    splits: Mapping[str, int] | None = None,
    note: str = "",
    overrule: str = "",
) -> Frozen:
    """Fix what a release will hold, and queue the job that writes it.

    The same wish again gives the same release while that one is being made, and for as long as nobody has labeled
    anything since. `overrule` is why it is made although a guard speaks against it. Raises ReleaseRefused,
    NothingLabeled and `limits.TooMany`.
    """
    wish = settle(place.project, recipes=recipes, formats=formats, shares=splits, overrule=overrule)
    if last_annotation(place.project) is None:
        raise NothingLabeled
    return _freeze(place, wish, note)


@transaction.atomic
def _freeze(place: Place, wish: Wish, note: str) -> Frozen:
    _wait_for_annotations()
    last = last_annotation(place.project)
    if last is None:
        raise NothingLabeled
    omitted = omitting.now(place.project, wish.recipes)
    earlier = _same_wish(place.project, wish, last, omitted.digest)
    if earlier:
        return Frozen(earlier, is_repeat=True)
    limits.spend("release", user_id=place.user.pk, project_id=place.project.pk)
    newest = Release.objects.filter(project=place.project).aggregate(newest=Max("number"))["newest"]
    release = Release(
        project=place.project,
        number=(newest or 0) + 1,
        note=note,
        recipes=wish.recipes,
        formats=wish.formats,
        splits=wish.splits,
        last_annotation=last,
        last_discard=last_discard(place.project),
        last_gold=last_gold(place.project),
        last_review=overturns.newest(place.project),
        last_acceptance=accepting.newest(place.project, wish.recipes),
        digest=wish.digest,
        omitted=omitted.digest,
        overruled=wish.overruled,
        created_by=place.user,
    )
    release.job = enqueue(kind="release", args={"release_id": str(release.pk)}, actor_id=place.user.pk)
    release.save(force_insert=True)
    omitting.fix(release, omitted)
    audit.record(
        "release.asked",
        subject=f"release:{release.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={
            "number": release.number,
            "last_annotation": last,
            "digest": wish.digest,
            **({"overruled": wish.overruled["reason"]} if wish.overruled else {}),
        },
    )
    return Frozen(release, is_repeat=False)


def run(job: Job, progress: Progress) -> str:
    """Write a release's files. May be killed anywhere and run again: nothing shows before everything is there."""
    release = Release.objects.select_related("project").get(pk=job.args["release_id"])
    if release.manifest is not None:
        return _answer(release.manifest)
    _require_guard(release)
    _clear_up()
    folder = store.begin(release.pk, job.fence)
    try:
        manifest = contents.write(release, folder, progress)
        crash_here("release_written")
        _publish(release, folder, manifest, progress)
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
    return _answer(manifest)


def _wait_for_annotations() -> None:
    """Wait until no annotation is on its way, so that the largest id closes the snapshot; held until commit.

    Asks again and again rather than queueing: who queues for an exclusive lock makes every annotator behind it wait.
    """
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [Annotation._meta.db_table])
            if cursor.fetchone()[0]:
                return
            time.sleep(PAUSE)
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [Annotation._meta.db_table])


def _same_wish(project: Project, wish: Wish, last: int, omitted: str) -> Release | None:
    """A release of the same wish that is being made, or that was made from the same annotations and items, and leaves
    out the same."""
    others = (overturns.newest(project), accepting.newest(project, wish.recipes))
    newest = (last, last_discard(project), last_gold(project), *others)
    same = Release.objects.filter(project=project, digest=wish.digest, omitted=omitted).select_related("job")
    for release in same.exclude(job__state__in=STOPPED).order_by("-number"):
        others = (release.last_review, release.last_acceptance)
        known = (release.last_annotation, release.last_discard, release.last_gold, *others)
        if release.job.is_open or known == newest:
            return release
    return None


def _clear_up() -> None:
    """Remove what attempts left that were killed and never repeated."""
    left = {store.release_id_of(folder): folder for folder in store.building()}
    ended = Release.objects.filter(pk__in=left).exclude(job__state__in=(State.QUEUED, State.LEASED))
    for release_id in ended.values_list("pk", flat=True):
        store.discard(left[release_id])


def _require_guard(release: Release) -> None:
    """What may be left out was settled when the release was asked for, and an analysis may have ended since."""
    try:
        omitting.check_again(release)
    except omitting.NotLeftOut as refused:
        raise JobFailed(f"{refused} Nothing of this release was kept.") from None


def _publish(release: Release, folder: Path, manifest: Manifest, progress: Progress) -> None:
    with transaction.atomic():
        progress.confirm()
        _require_guard(release)  # once more: a large release is written for minutes
        entry = contents.entry_of(folder, "manifest.json")
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
        Release.objects.filter(pk=release.pk, manifest__isnull=True).update(manifest=manifest, frozen_at=Now())
        audit.record(
            "release.frozen",
            subject=f"release:{release.pk}",
            project_id=release.project_id,
            detail={"number": release.number, "manifest_sha256": entry.sha256},
        )


def _answer(manifest: Manifest) -> str:
    rows = ", ".join(f"{recipe['rows']:,} rows in {recipe['name']}" for recipe in manifest["recipes"])
    return f"{rows}."

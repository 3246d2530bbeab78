"""Fills the folder of a release: rows, checksums, and what the release says about itself."""

import gc
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError

import audit.services as audit
from annotation.models import Annotation
from curation import splits, store
from curation.building import Built, Chosen, Labeled, Tally, build
from curation.describe.card import card
from curation.describe.croissant import croissant
from curation.describe.manifest import FileEntry, Manifest, Origin, manifest_of
from curation.files.split_files import Written
from curation.models import Release
from curation.recipes import REASONS, Drop
from curation.snapshot import Snapshot
from jobs.faults import crash_here
from jobs.runner import Progress
from jobs.services import JobFailed

log = structlog.get_logger(__name__)

REPORT_EVERY = 1.0  # seconds


def write(release: Release, folder: Path, progress: Progress) -> Manifest:
    """Write every file of a release into the folder; its manifest. Raises JobFailed when a recipe gives no row."""
    salt = splits.salt_of(release.project.salt)
    with _little_collecting():
        built = build(
            folder,
            [Chosen.of(recipe) for recipe in release.recipes],
            _told(release, progress),
            suffixes=release.formats,
            split_of=splits.chooser(salt, release.splits),
        )
    _refuse_empty(built)
    files = [entry_of(folder, file.path, file) for file in built.files]
    origin = Origin(
        release=release.pk,
        project=release.project.slug,
        project_name=release.project.name,
        number=release.number,
        note=release.note,
        created_at=release.created_at,
        last_annotation=release.last_annotation,
        digest=release.digest,
        code_version=settings.VERSION,
        audit_head=_audit_head(),
        split_salt=salt,
        shares=splits.ordered(release.splits),
    )
    return _with_papers(folder, origin, built, files)


@contextmanager
def _little_collecting() -> Iterator[None]:
    """Rows hold no cycles. Looking for some in all of Django every few hundred rows takes a sixth of the time."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _with_papers(folder: Path, origin: Origin, built: Built, files: list[FileEntry]) -> Manifest:
    """Write the card, the Croissant description and the manifest beside the rows; the manifest knows all but itself."""
    manifest = manifest_of(origin, built, files)
    store.write(folder / "README.md", card(manifest))
    store.write(folder / "croissant.json", _json(croissant(manifest)))
    papers = [entry_of(folder, "README.md"), entry_of(folder, "croissant.json")]
    manifest = manifest_of(origin, built, [*files, *papers])
    store.write(folder / "manifest.json", _json(manifest))
    return manifest


def _told(release: Release, progress: Progress) -> Iterator[Labeled]:
    """The labeled items, while the job's row says how far they are."""
    total = Annotation.objects.filter(project=release.project, id__lte=release.last_annotation).count()
    done, told_at = 0, 0.0
    whole = any(Chosen.of(recipe).recipe.reads_circumstances for recipe in release.recipes)
    for batch in Snapshot(release.project, release.last_annotation, with_circumstances=whole).batches():
        for item, annotations in batch:
            done += len(annotations)
            yield item, annotations
        if time.monotonic() - told_at >= REPORT_EVERY:
            progress.report(done, total, "Writing rows.")
            told_at = time.monotonic()
            crash_here("release_halfway")
    progress.report(done, total, "Checking and putting in place.")


def entry_of(folder: Path, path: str, written: Written | None = None) -> FileEntry:
    """A file's size and checksum as it lies there now."""
    size, digest = store.measure(folder / path)
    if written is None:
        return FileEntry(path, size, digest)
    return FileEntry(path, size, digest, written.rows, written.recipe, written.split, written.suffix)


def _audit_head() -> str:
    """The newest seal, over everything up to now if nobody keeps the audit trail busy."""
    try:
        audit.seal()
    except OperationalError:
        log.info("release.sealed_earlier")
    return audit.head()


def _refuse_empty(built: Built) -> None:
    for tally in built.tallies:
        if not tally.rows:
            raise JobFailed(empty_sentence(tally, built.seen.items))


def empty_sentence(tally: Tally, items: int) -> str:
    """Why a recipe gives nothing, in a sentence."""
    reasons = ", ".join(f"{REASONS[Drop(reason)]}: {count:,}" for reason, count in tally.dropped.most_common())
    return (
        f"{tally.chosen.recipe.name} would be empty, so nothing was released: of {items:,} labeled items, "
        f"{tally.dropped.total():,} gave no row ({reasons})."
    )


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

"""Fills the folder of a release: rows, checksums, and what the release says about itself."""

import gc
import json
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError

import audit.services as audit
from annotation.media import files as media_files
from annotation.models import Annotation
from curation import accepting, gates, holding_out, removals, splits, store
from curation.building import Built, Labeled, NullFound, Tally, build
from curation.describe.card import card
from curation.describe.croissant import croissant
from curation.describe.manifest import FileEntry, Manifest, Origin, manifest_of
from curation.files.shown import SpoiltFile, require_whole
from curation.files.split_files import Written
from curation.fixed import fixed_by
from curation.gates import Result, judging
from curation.gates.prompts import Prompts
from curation.models import Release
from curation.recipes.contract import RowsFile
from curation.recipes.drops import in_words
from curation.snapshot import Snapshot
from jobs.faults import crash_here
from jobs.runner import Progress
from jobs.services import JobFailed

log = structlog.get_logger(__name__)

REPORT_EVERY = 1.0  # seconds


def write(release: Release, folder: Path, progress: Progress) -> Manifest:
    """Write every file of a release into the folder; its manifest.

    Raises JobFailed when a recipe gives no row or half a row, and `judging.Stopped` when a gate does not let it pass.
    """
    with _told_of_faults(), judging.watch(release.project, folder) as prompts:
        return _written(release, folder, progress, prompts)


def _written(release: Release, folder: Path, progress: Progress, prompts: Prompts) -> Manifest:
    asked = fixed_by(release)
    # Closed even where writing fails: items come straight from the driver, and until they end no other query may run.
    with _little_collecting(), closing(_told(asked.snapshot, progress)) as labeled:
        built = build(
            folder,
            asked.chosen,
            labeled,
            suffixes=release.formats,
            split_of=asked.split_of,
            heard=asked.held_out.heard,
            source=partial(media_files.path_of, release.project_id),
            watch=prompts.see,
            discarded=asked.discarded,
            gold=asked.gold,
        )
    _refuse_empty(built)
    results = judging.judge(release, built, prompts)
    files = [entry_of(folder, file.path, file) for file in built.files]
    files += _companions(folder, built)
    files += [_shown_entry(folder, path) for path in built.beside]
    origin = Origin(
        release=release.pk,
        project=release.project.slug,
        project_name=release.project.name,
        number=release.number,
        note=release.note,
        created_at=release.created_at,
        last_annotation=release.last_annotation,
        last_discard=release.last_discard,
        last_gold=release.last_gold,
        last_review=release.last_review,
        digest=release.digest,
        code_version=settings.VERSION,
        audit_head=_audit_head(),
        split_salt=asked.salt,
        shares=splits.ordered(release.splits),
        held_out=holding_out.told(release.project, release.hold_out),
        follows=asked.follows.told() if asked.follows else None,
        omitted=asked.omitted.told(),
        gates=[one.told() for one in results],
        overruled=_overruled(release, results),
        removed=removals.told(
            release.project, release.last_removal, release.instead_of.number if release.instead_of else None
        ),
        accepted=accepting.told(release.project, release.last_acceptance),
    )
    return _with_papers(folder, origin, built, files)


def _overruled(release: Release, results: Sequence[Result]) -> dict[str, Any] | None:
    """A person's reason, and all that spoke against the release; None where nothing did."""
    if not release.overruled:
        return None
    against = [*release.overruled["against"], *gates.against(results)]
    return {**release.overruled, "against": against} if against else None


@contextmanager
def _told_of_faults() -> Iterator[None]:
    """What is wrong with a row, or with a file that an item shows, in a sentence for whoever wants the release."""
    try:
        yield
    except NullFound as error:
        raise JobFailed(
            f"{error} is null, where a trainer wants a value, so nothing was released. Leave that item or recipe out."
        ) from None
    except SpoiltFile as error:
        raise JobFailed(
            f"The file {str(error)[:12]}… that an item shows is not what it was; restore it first."
        ) from None
    except FileNotFoundError as error:
        named = Path(error.filename or "").name
        if not media_files.is_digest(named):
            raise
        raise JobFailed(
            f"The file {named[:12]}… that an item shows is gone from the server; restore it first."
        ) from None


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


def _companions(folder: Path, built: Built) -> list[FileEntry]:
    """Write what tools want to find beside the rows of their recipes."""
    entries = []
    for tally in built.tallies:
        recipe = tally.chosen.recipe
        rows = [
            RowsFile(PurePosixPath(file.path).name, file.split, file.suffix)
            for file in built.files
            if file.recipe == recipe.name
        ]
        for name, held in recipe.companions(rows).items():
            path = f"{recipe.name}/{name}"
            store.write(folder / path, _json(held))
            entries.append(entry_of(folder, path))
    return entries


def _told(snapshot: Snapshot, progress: Progress) -> Generator[Labeled, None, None]:
    """The labeled items, while the job's row says how far they are."""
    total = Annotation.objects.filter(project=snapshot.project, id__lte=snapshot.last_annotation).count()
    done, told_at = 0, 0.0
    for batch in snapshot.batches():
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


def _shown_entry(folder: Path, path: str) -> FileEntry:
    """A file that rows show, which has the checksum that it is called after. Raises SpoiltFile."""
    entry = entry_of(folder, path)
    require_whole(path.partition("/")[2], entry.sha256)
    return entry


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
    reasons = ", ".join(f"{in_words(reason)}: {count:,}" for reason, count in tally.dropped.most_common())
    return (
        f"{tally.chosen.recipe.name} would be empty, so nothing was released: of {items:,} labeled items, "
        f"{tally.dropped.total():,} gave no row ({reasons})."
    )


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

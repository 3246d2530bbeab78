"""A release made now, by this process if no worker is quicker, and copied to a folder of the caller's."""

import shutil
from pathlib import Path

from curation import store
from curation.bucket import BucketAway
from curation.models import Release, ReleaseFile
from jobs.following import StillOpen, to_its_end
from jobs.models import State


class ExportFailed(Exception):
    """The release or its copy was not made; the text says why."""


def write(release: Release, seconds: float) -> Release:
    """Wait until the release's job has ended, doing the work ourselves while no worker holds it; the frozen release.

    Raises ExportFailed with what the job said, or after so many seconds.
    """
    try:
        job = to_its_end(release.job, does_work=True, seconds=seconds)
    except StillOpen:
        raise ExportFailed(f"Release {release.number} is not ready after {seconds:.0f} seconds. It goes on.") from None
    if job.state != State.DONE:
        raise ExportFailed(job.message or "The release was not made, and nothing says why. `goldpan doctor` may.")
    return Release.objects.select_related("job").get(pk=release.pk)


def copy(release: Release, to: Path) -> Path:
    """Copy a frozen release to a new folder, check every file against its checksum, and name it last.

    Raises ExportFailed; then there is no such folder.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise ExportFailed(f"{to} is there already. Name a folder that is new or empty.")
    aside = to.with_name(f".{to.name}.part")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        for file in release.files.all():
            _copy(file, aside / file.path)
        if to.exists():
            to.rmdir()
        aside.rename(to)
    except BucketAway as error:
        raise ExportFailed(str(error)) from None
    except OSError as error:
        raise ExportFailed(f"The release could not be copied to {to}: {error.strerror or error}.") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return to


def _copy(file: ReleaseFile, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    store.copy(file, target)
    if store.measure(target) != (file.size, file.digest):
        raise ExportFailed(f"{file.path} does not have the checksum that it was frozen with. Nothing was exported.")

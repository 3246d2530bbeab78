"""The folders of releases below the home: named by us, written aside, and put in place whole or not at all."""

import errno
import os
import shutil
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings

from curation import bucket
from curation.models import ReleaseFile

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: OSError) -> bool:
    """Whether the disk or the quota has no room left."""
    return error.errno in FULL


def path_of(file: ReleaseFile) -> Path:
    """Where a file of a frozen release lies. Its path comes from our own row, never from an address."""
    return _final(file.release_id) / file.path


def elsewhere(file: ReleaseFile, name: str) -> str:
    """A short-lived address of a file that lies in the bucket; empty where it lies here.

    What was frozen before there was a bucket stays where it is.
    """
    return bucket.address(file, name) if is_elsewhere(file) else ""


def is_elsewhere(file: ReleaseFile) -> bool:
    """Whether a file of a frozen release lies in the bucket."""
    return bucket.is_used() and not path_of(file).is_file()


def copy(file: ReleaseFile, target: Path) -> None:
    """Copy a file of a frozen release, wherever it lies. Raises OSError and `bucket.BucketAway`."""
    with target.open("wb") as to:
        _pour(file, to)


def opened(file: ReleaseFile) -> BinaryIO:
    """The same to read and seek in; a file in the bucket is fetched first. The caller closes it."""
    if not bucket.is_used() or path_of(file).is_file():
        return path_of(file).open("rb")
    fetched = cast(BinaryIO, TemporaryFile())  # noqa: SIM115 - the caller closes it
    try:
        _pour(file, fetched)
        fetched.seek(0)
    except BaseException:
        fetched.close()
        raise
    return fetched


def _pour(file: ReleaseFile, to: BinaryIO) -> None:
    if not bucket.is_used() or path_of(file).is_file():
        with path_of(file).open("rb") as source:
            shutil.copyfileobj(source, to)
        return
    for block in bucket.blocks(file.release_id, file.path):
        to.write(block)


def begin(release_id: UUID, fence: int) -> Path:
    """An empty folder for one attempt; what earlier attempts at the same release left is removed."""
    for left in building(release_id):
        if _fence(left) < fence:
            shutil.rmtree(left, ignore_errors=True)
    folder = _root() / f".{release_id}.{fence}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def building(release_id: UUID | None = None) -> list[Path]:
    """The folders of attempts, running or left behind by ones that were killed."""
    return sorted(_root().glob(f".{release_id or '*-*-*-*-*'}.*"))


def release_id_of(folder: Path) -> UUID:
    """The release that an attempt's folder is for."""
    return UUID(folder.name.split(".")[1])


def publish(folder: Path, release_id: UUID) -> None:
    """Give a finished folder its final name, on the disk before this returns.

    A folder that already has the name was left by an attempt that died before it could say so, and goes.
    """
    for inside in sorted(path for path in folder.rglob("*") if path.is_dir()):
        sync(inside)
    sync(folder)
    final = _final(release_id)
    stale = final.with_name(f"{folder.name}.stale")
    if final.exists():
        final.rename(stale)
    folder.rename(final)
    sync(final.parent)
    discard(stale)


def discard(folder: Path) -> None:
    """Remove a folder that nobody reads, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)


def remove(release_id: UUID) -> None:
    """Take away the files of a release that was withdrawn, if they are there."""
    discard(_final(release_id))


def write(path: Path, text: str) -> None:
    """A small file, on the disk before this returns."""
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Wait until a folder's entries are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def measure(path: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256 of what is in the file now."""
    with path.open("rb") as file:
        return path.stat().st_size, file_digest(file, "sha256").hexdigest()


def _root() -> Path:
    return Path(settings.HOME) / "releases"


def _final(release_id: UUID) -> Path:
    return _root() / str(release_id)


def _fence(folder: Path) -> int:
    number = folder.name.split(".")[2]
    return int(number) if number.isdecimal() else -1

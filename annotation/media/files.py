"""Where media lie below the home: a folder for each project, in it files named by us after their own bytes.

No name and no path of a stranger is ever part of one of ours.
"""

import os
import re
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path
from uuid import uuid4

from django.conf import settings

FOLDER = "media"
THUMBNAIL = ".webp"
_digest = re.compile(r"[0-9a-f]{64}")


def is_digest(value: object) -> bool:
    """Whether a value is a SHA-256 as we write them."""
    return isinstance(value, str) and bool(_digest.fullmatch(value))


def path_of(project_id: int, sha256: str) -> Path:
    """Where a file lies, whether it is there or not."""
    if not is_digest(sha256):
        raise ValueError("That is no SHA-256.")
    return root() / str(int(project_id)) / sha256[:2] / sha256


def thumbnail_of(project_id: int, sha256: str) -> Path:
    """Where the small version of a picture lies."""
    path = path_of(project_id, sha256)
    return path.with_name(path.name + THUMBNAIL)


def draft() -> Path:
    """A path nobody has, beside the files, for one that is being written. What dies there is swept up."""
    folder = root() / ".drafts"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / uuid4().hex


def place(project_id: int, sha256: str, draft_path: Path, thumbnail: Path | None) -> None:
    """Give finished drafts their final names, on the disk before this returns; what is there already is replaced.

    The thumbnail goes first, so that no file ever stands without its own.
    """
    target = path_of(project_id, sha256)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if thumbnail is not None:
        thumbnail.replace(thumbnail_of(project_id, sha256))
    draft_path.replace(target)
    for folder in (target.parent, target.parent.parent):
        _sync(folder)


def digest_of(path: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of what is in a file now."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest(), path.stat().st_size


def content_of(project_id: int, sha256: str, *, most: int) -> bytes | None:
    """All that is in a file; None where there is none, where that is no SHA-256, or more than `most` bytes."""
    if not is_digest(sha256):
        return None
    try:
        with path_of(project_id, sha256).open("rb") as file:
            content = file.read(most + 1)
    except FileNotFoundError:
        return None
    return content if len(content) <= most else None


def size_of(path: Path) -> int | None:
    """Its size in bytes; None where there is no file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def remove(project_id: int, sha256: str) -> None:
    """Take a file and its thumbnail away, if they are there."""
    path_of(project_id, sha256).unlink(missing_ok=True)
    thumbnail_of(project_id, sha256).unlink(missing_ok=True)


def stored() -> Iterator[tuple[int, str, float]]:
    """Every file that has its final name: the project, the SHA-256, and when it was written."""
    for project in sorted(path for path in root().glob("*") if path.name.isdecimal()):
        for path in sorted(project.glob("*/*")):
            if is_digest(path.name):
                yield int(project.name), path.name, path.stat().st_mtime


def sweep_drafts(oldest: float) -> int:
    """Remove drafts that were last written before this moment; how many there were."""
    old = [path for path in (root() / ".drafts").glob("*") if path.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def root() -> Path:
    """The folder of all of them."""
    return Path(settings.HOME) / FOLDER


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Where uploaded files lie until they are read: under names of our own, never under the user's."""

import hashlib
import os
import shutil
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from ui.problems import Refusal

CHUNK = 1 << 20
UNSEEN = frozenset({"Cc", "Cf", "Cs"})  # controls, bidirectional and zero-width marks, halves of pairs


class UploadTooLarge(Refusal):
    """The file is larger than this installation takes."""

    status = 413
    title = "This file is too large"

    def __init__(self, most: int) -> None:
        super().__init__(f"A file may have {most // 2**20:,} MB. Nothing was imported.")


class UploadEmpty(Refusal):
    """There is nothing in the file."""

    status = 422
    title = "This file is empty"

    def __init__(self) -> None:
        super().__init__("The file has no bytes. Nothing was imported.")


class StorageFull(Refusal):
    """The disk has no room for the file."""

    status = 507
    title = "There is no room for this file"

    def __init__(self) -> None:
        super().__init__("The server's disk is full. Nothing was imported; tell whoever runs it.")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is safely on disk."""

    id: uuid.UUID
    size: int
    digest: str


def store(upload: BinaryIO) -> Stored:
    """Write an upload to disk as a stream. Raises UploadTooLarge, UploadEmpty, StorageFull; then no file stays."""
    file_id = uuid.uuid4()
    target = path_of(file_id)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with target.open("xb") as file:
            size, digest = _copy(upload, file)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        target.unlink(missing_ok=True)
        raise StorageFull from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Stored(file_id, size, digest)


def path_of(file_id: uuid.UUID) -> Path:
    """Where the file with this id lies."""
    return Path(settings.HOME) / "uploads" / file_id.hex


def rows_beside(file_id: uuid.UUID) -> Path:
    """Where the rows of an uploaded archive lie, once `annotation.imports.packages` has set them there."""
    return path_of(file_id).with_suffix(".rows")


def tape_of(file_id: uuid.UUID) -> Path:
    """Where a packed tar lies unpacked."""
    return path_of(file_id).with_suffix(".tar")


def spilled_of(file_id: uuid.UUID) -> Path:
    """The folder for pictures that stand inside the rows."""
    return path_of(file_id).with_suffix(".spilled")


def rows_of(file_id: uuid.UUID) -> Path:
    """The file to read rows from: the upload itself, or what was taken out of it."""
    beside = rows_beside(file_id)
    return beside if beside.is_file() else path_of(file_id)


def id_of(path: Path) -> uuid.UUID | None:
    """The upload that a file or folder among the uploads belongs to."""
    try:
        return uuid.UUID(path.name.split(".")[0])
    except ValueError:
        return None


def shown_name(file_name: str) -> str:
    """What the user called the file, without characters that would hide or turn round what it says."""
    seen = "".join(character for character in file_name if unicodedata.category(character) not in UNSEEN)
    return seen.strip()[:200] or "upload"


def discard(file_id: uuid.UUID) -> None:
    """Remove a file that is no longer needed, and what was taken out of it."""
    for path in (path_of(file_id), rows_beside(file_id), tape_of(file_id)):
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".part").unlink(missing_ok=True)
    shutil.rmtree(spilled_of(file_id), ignore_errors=True)


def _copy(upload: BinaryIO, file: BinaryIO) -> tuple[int, str]:
    sha, size = hashlib.sha256(), 0
    for piece in _pieces(upload):
        size += len(piece)
        if size > settings.MAX_IMPORT_BYTES:
            raise UploadTooLarge(settings.MAX_IMPORT_BYTES)
        sha.update(piece)
        file.write(piece)
    if not size:
        raise UploadEmpty
    return size, sha.hexdigest()


def _pieces(upload: BinaryIO) -> Iterable[bytes]:
    return iter(lambda: upload.read(CHUNK), b"")

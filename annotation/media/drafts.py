"""A stranger's file, cleaned and written to the disk, that has no name yet."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from annotation.media import files
from annotation.media.workshop import Cleaned, Unusable, Workshop

BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Drafted:
    """Waits for `files.place`. `sha256` and `size` (bytes) are those of the cleaned file."""

    sha256: str
    size: int
    cleaned: Cleaned
    path: Path
    thumbnail: Path | None

    def place(self, project_id: int) -> None:
        """Give it its final name in a project."""
        files.place(project_id, self.sha256, self.path, self.thumbnail)

    def discard(self) -> None:
        """Remove what has not been placed."""
        self.path.unlink(missing_ok=True)
        if self.thumbnail is not None:
            self.thumbnail.unlink(missing_ok=True)


def draft(workshop: Workshop, source: BinaryIO, *, most: int) -> Drafted:
    """Copy a stream of at most `most` bytes, clean the copy, and remove it.

    Raises `Unusable`, and OSError where the disk is full; then nothing stays.
    """
    copy, target, thumbnail = files.draft(), files.draft(), files.draft()
    try:
        _copy(source, copy, most)
        cleaned = workshop.clean(copy, target, thumbnail)
        sha256, size = files.digest_of(target)
    finally:
        copy.unlink(missing_ok=True)
    return Drafted(sha256, size, cleaned, target, thumbnail if thumbnail.exists() else None)


def _copy(source: BinaryIO, copy: Path, most: int) -> None:
    size = 0
    with copy.open("xb") as file:
        while piece := source.read(BLOCK):
            size += len(piece)
            if size > most:
                raise Unusable(f"is larger than {most >> 20:,} MB")
            file.write(piece)

"""A copy of a file whose notes are blanked where they stand, so that nothing else in it moves."""

import struct
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from .faults import CUT_SHORT, Unusable

BLOCK = 1 << 16
MOST_PARTS = 200_000


@dataclass(slots=True)
class Recording:
    """What is known of sound or film: whether it shows anything, its size in pixels, and its length in seconds."""

    has_picture: bool = False
    width: int = 0
    height: int = 0
    seconds: float | None = None
    parts: int = field(default=0, repr=False)

    def count_part(self) -> None:
        """A file of nothing but tiny parts is somebody's joke. Raises `Unusable`."""
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise Unusable(f"has more than {MOST_PARTS:,} parts")

    def shows(self, width: float, height: float) -> None:
        """Take note of a track with pictures; the first one counts."""
        if not self.has_picture:
            self.has_picture, self.width, self.height = True, round(width), round(height)

    def lasts(self, seconds: float) -> None:
        """Take note of a length, if it is one. The longest track counts."""
        if 0 < seconds < 10**7:
            self.seconds = max(self.seconds or 0.0, seconds)


def size_of(file: BinaryIO) -> int:
    return file.seek(0, 2)


def read_at(file: BinaryIO, at: int, length: int) -> bytes:
    """Exactly so many bytes. Raises `Unusable`."""
    file.seek(at)
    found = file.read(length)
    if len(found) != length:
        raise Unusable(CUT_SHORT)
    return found


def unpack_at(file: BinaryIO, at: int, layout: str) -> tuple[Any, ...]:
    """Numbers as `struct` writes them. Raises `Unusable`."""
    return struct.unpack(layout, read_at(file, at, struct.calcsize(layout)))


def write_at(file: BinaryIO, at: int, content: bytes) -> None:
    file.seek(at)
    file.write(content)


def blank(file: BinaryIO, at: int, length: int) -> None:
    """Write zeros over a stretch."""
    file.seek(at)
    while length > 0:
        length -= file.write(b"\0" * min(BLOCK, length))


def cut(file: BinaryIO, start: int, end: int) -> None:
    """Keep what lies between the two, moved to the beginning."""
    if start:
        at = start
        while at < end:
            piece = read_at(file, at, min(BLOCK, end - at))
            write_at(file, at - start, piece)
            at += len(piece)
    file.truncate(end - start)

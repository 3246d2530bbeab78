"""MP4 and M4A: boxes within boxes. Source: ISO 14496-12 (boxes, mvhd, tkhd, hdlr), ISO 14496-14.

Notes lie in `udta`, `meta` and `uuid` boxes (places, names, XMP, covers): each becomes a `free` box of zeros. The times
of the headers, which say when it was filmed, become zero.
"""

from typing import BinaryIO

from .faults import CUT_SHORT, Unusable
from .patching import Recording, blank, read_at, size_of, unpack_at, write_at

WITHIN = frozenset({b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf", b"edts", b"mvex"})
NOTES = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip", b"wide", b"pdin"})
HEADERS = frozenset({b"mvhd", b"tkhd", b"mdhd"})
DEEPEST = 8


def clean(file: BinaryIO) -> Recording:
    """Blank the notes of an MP4 in place, and say what it holds. Raises `Unusable`."""
    found = Recording()
    seen = _walk(file, 0, size_of(file), found, 0)
    if b"moov" not in seen:
        raise Unusable(CUT_SHORT)
    return found


def _walk(file: BinaryIO, at: int, end: int, found: Recording, depth: int) -> set[bytes]:
    """The names of the boxes in a stretch."""
    seen: set[bytes] = set()
    sizes: tuple[float, float] = (0, 0)
    while at < end:
        found.count_part()
        name, inside, after = _box(file, at, end)
        if name in NOTES:
            write_at(file, at + 4, b"free")
            blank(file, inside, after - inside)
        elif name in WITHIN and depth < DEEPEST:
            seen |= _walk(file, inside, after, found, depth + 1)
        elif name in HEADERS:
            sizes = _header(file, name, inside, after, found) or sizes
        elif name == b"hdlr" and read_at(file, inside + 8, 4) == b"vide":
            seen.add(b"vide")
        if name == b"trak" and b"vide" in seen:
            seen.discard(b"vide")
        seen.add(name)
        at = after
    if b"tkhd" in seen and b"vide" in seen:
        found.shows(*sizes)
    return seen


def _box(file: BinaryIO, at: int, end: int) -> tuple[bytes, int, int]:
    """Name, where its content begins, and where the next box does."""
    if at + 8 > end:
        raise Unusable(CUT_SHORT)
    size, name = unpack_at(file, at, ">I4s")
    inside = at + 8
    if size == 1:
        size = unpack_at(file, inside, ">Q")[0]
        inside += 8
    elif size == 0:  # to the end
        size = end - at
    if at + size > end or at + size < inside:
        raise Unusable(CUT_SHORT)
    return name, inside, at + size


def _header(file: BinaryIO, name: bytes, at: int, end: int, found: Recording) -> tuple[float, float] | None:
    """Forget when it was made; how long a film is, or how large a track."""
    is_long = read_at(file, at, 1) == b"\x01"
    blank(file, at + 4, 16 if is_long else 8)
    if name == b"mvhd":
        scale, length = unpack_at(file, at + (20 if is_long else 12), ">IQ" if is_long else ">II")
        if scale:
            found.lasts(length / scale)
    if name != b"tkhd":
        return None
    width, height = unpack_at(file, end - 8, ">II")
    is_turned = read_at(file, end - 44, 4) == b"\0\0\0\0"  # the matrix's first number: a quarter turn has none
    return (height / 65536, width / 65536) if is_turned else (width / 65536, height / 65536)

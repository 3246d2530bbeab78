"""Tar: where in the file each plain file lies.

Python's own reader takes a header's word for how long the next name is, and reads that much at once. This one knows the
three ways in which names are written and bounds each. Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax
Header File Format"; GNU tar manual, "Basic Tar Format".
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from annotation.imports.reading.errors import Damaged

BLOCK = 512
LONGEST_NAME = 1 << 16  # of a header that holds a name, in bytes
PLAIN = (b"0", b"\0", b"7")
PAX, PAX_FOR_ALL, GNU_NAME, GNU_LINK = b"x", b"g", b"L", b"K"


class Entry(NamedTuple):
    """A plain file: its name, and its stretch of the archive in bytes."""

    name: str
    start: int
    size: int


def entries_of(file: BinaryIO) -> Iterator[Entry]:
    """Every plain file of a tar. Raises `Damaged`."""
    length = file.seek(0, 2)
    at, name, size_given = 0, "", None
    while at + BLOCK <= length:
        file.seek(at)
        header = file.read(BLOCK)
        if not header.strip(b"\0"):
            return
        _check(header)
        size, kind, start = _number(header[124:136]), header[156:157], at + BLOCK
        if kind in (PAX, GNU_NAME, GNU_LINK, PAX_FOR_ALL):
            said = _bounded(file, size)
            if kind == GNU_NAME:
                name = _text(said.rstrip(b"\0"))
            elif kind == PAX:
                name, size_given = _pax(said, name)
            at = start + _padded(size)
            continue
        size = size if size_given is None else size_given
        if start + size > length:
            raise _damaged()
        if kind in PLAIN:
            yield Entry(name or _name(header), start, size)
        at, name, size_given = start + _padded(size), "", None


def _check(header: bytes) -> None:
    blanked = header[:148] + b" " * 8 + header[156:]
    if _number(header[148:156]) != sum(blanked):
        raise _damaged()


def _bounded(file: BinaryIO, size: int) -> bytes:
    if size > LONGEST_NAME:
        raise _damaged()
    return file.read(size)


def _name(header: bytes) -> str:
    name = _text(header[:100].split(b"\0")[0])
    prefix = _text(header[345:500].split(b"\0")[0]) if header[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _pax(said: bytes, name: str) -> tuple[str, int | None]:
    """The name and the size that a pax header gives, in lines of `length keyword=value`."""
    size = None
    while said:
        digits = said.partition(b" ")[0]
        if not digits.isdigit() or not 0 < int(digits[:6]) <= len(said):
            break
        keyword, _, value = said[len(digits) + 1 : int(digits[:6]) - 1].partition(b"=")
        if keyword == b"path":
            name = _text(value)
        elif keyword == b"size" and value.isdigit() and len(value) < 19:
            size = int(value)
        said = said[int(digits[:6]) :]
    return name, size


def _number(field: bytes) -> int:
    """Octal digits, or where the first bit is set a large number as it is."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    try:
        return int(digits, 8) if digits else 0
    except ValueError:
        raise _damaged() from None


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _damaged() -> Damaged:
    return Damaged("The tar archive is cut short or damaged.")

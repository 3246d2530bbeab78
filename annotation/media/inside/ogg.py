"""Ogg with Opus or Vorbis in it: pages. Sources: RFC 3533 §6 (pages), RFC 7845 §5 (Opus), Vorbis I §4-5.

The second packet of a stream holds its comments, pictures included. It keeps its length and its encoder's name, says
that there are none, and is filled with zeros; its pages get their checksums anew.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from .faults import CUT_SHORT, Unusable
from .patching import Recording, read_at, size_of, write_at

HEADER = struct.Struct("<4sBBqIIIB")
LARGEST_COMMENTS = 32 << 20
OPUS_RATE = 48_000
BEGINS = 2
CONTINUED = 1


@dataclass(slots=True)
class _Page:
    """Where it lies, whose it is, and how its content is cut."""

    at: int
    flags: int
    position: int
    stream: int
    laces: bytes

    @property
    def inside(self) -> int:
        return self.at + HEADER.size + len(self.laces)

    @property
    def after(self) -> int:
        return self.inside + sum(self.laces)


def clean(file: BinaryIO) -> Recording:
    """Take the comments out of an Ogg in place, and say how long it is. Raises `Unusable`."""
    found, size = Recording(), size_of(file)
    first = _page(file, 0)
    head = read_at(file, first.inside, first.after - first.inside)
    rate, skipped = _codec(head)
    last = _walk(file, first, size, head[:1] == b"\x01", found)
    found.lasts((last - skipped) / rate)
    return found


def _codec(head: bytes) -> tuple[int, int]:
    """Samples a second, and how many of them are not played."""
    if head[:8] == b"OpusHead" and len(head) >= 19:
        return OPUS_RATE, struct.unpack_from("<H", head, 10)[0]
    if head[:7] == b"\x01vorbis" and len(head) >= 30 and (rate := struct.unpack_from("<I", head, 12)[0]):
        return rate, 0
    raise Unusable("is an Ogg file without Opus or Vorbis; convert it")


def _walk(file: BinaryIO, first: _Page, size: int, is_vorbis: bool, found: Recording) -> int:
    """Through all pages, the comments blanked; the last position that one of them names."""
    at, last, comments, is_done = first.after, 0, [], False
    while at < size:
        found.count_part()
        page = _page(file, at)
        if page.after > size:
            raise Unusable(CUT_SHORT)
        if page.stream != first.stream or page.flags & BEGINS:
            raise Unusable("holds several streams; an Ogg file with a single one is taken")
        last = max(last, page.position)
        if not is_done:
            comments.append(page)
            is_done = any(lace < 255 for lace in page.laces)
            if is_done:
                _blank_comments(file, comments, is_vorbis)
        at = page.after
    if not is_done:
        raise Unusable(CUT_SHORT)
    return last


def _page(file: BinaryIO, at: int) -> _Page:
    sign, version, flags, position, stream, _, _, count = HEADER.unpack(read_at(file, at, HEADER.size))
    if sign != b"OggS" or version:
        raise Unusable(CUT_SHORT)
    return _Page(at, flags, position, stream, read_at(file, at + HEADER.size, count))


def _blank_comments(file: BinaryIO, pages: list[_Page], is_vorbis: bool) -> None:
    lengths = [_share(page) for page in pages]
    if sum(lengths) > LARGEST_COMMENTS:
        raise Unusable("has more comments than sound")
    packet = b"".join(read_at(file, page.inside, length) for page, length in zip(pages, lengths, strict=True))
    emptied = _emptied(packet, is_vorbis)
    at = 0
    for page, length in zip(pages, lengths, strict=True):
        write_at(file, page.inside, emptied[at : at + length])
        at += length
        _seal(file, page)


def _share(page: _Page) -> int:
    """How many of a page's bytes belong to the packet that it begins or goes on with."""
    total = 0
    for lace in page.laces:
        total += lace
        if lace < 255:
            break
    return total


def _emptied(packet: bytes, is_vorbis: bool) -> bytes:
    """A packet of the same length that says: no comments."""
    sign = b"\x03vorbis" if is_vorbis else b"OpusTags"
    if not packet.startswith(sign) or len(packet) < len(sign) + 8:
        raise Unusable(CUT_SHORT)
    maker = struct.unpack_from("<I", packet, len(sign))[0]
    end = len(sign) + 4 + maker
    if end + 4 > len(packet):
        raise Unusable(CUT_SHORT)
    head = packet[:end] + b"\0\0\0\0" + (b"\x01" if is_vorbis else b"")
    return head[: len(packet)].ljust(len(packet), b"\0")


def _seal(file: BinaryIO, page: _Page) -> None:
    """Write the checksum of a page anew: over all of it, with zeros in the checksum's own place."""
    content = bytearray(read_at(file, page.at, page.after - page.at))
    content[22:26] = b"\0\0\0\0"
    write_at(file, page.at + 22, struct.pack("<I", checksum(content)))


def checksum(content: bytes | bytearray) -> int:
    """CRC-32 as RFC 3533 has it: generator 0x04c11db7, not reflected, neither preset nor inverted."""
    value = 0
    for byte in content:
        value = (value << 8 & 0xFFFFFFFF) ^ TABLE[value >> 24 ^ byte]
    return value


def _entry(index: int) -> int:
    value = index << 24
    for _ in range(8):
        value = value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)
        value &= 0xFFFFFFFF
    return value


TABLE = tuple(_entry(index) for index in range(256))

"""WebM: elements within elements. Source: RFC 8794 (EBML), RFC 9559 (Matroska).

Tags, attachments, chapters and what names or dates the recording become void elements of the same length.
"""

import struct
from typing import BinaryIO

from .faults import CUT_SHORT, Unusable
from .patching import Recording, blank, read_at, size_of, write_at

SEGMENT, CLUSTER, INFO, TRACKS, TRACK, VIDEO = 0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0
EBML, DOCTYPE, SCALE, DURATION, TRACK_TYPE, WIDTH, HEIGHT = 0x1A45DFA3, 0x4282, 0x2AD7B1, 0x4489, 0x83, 0xB0, 0xBA
VOID = 0xEC
NOTES = frozenset(
    {
        *(0x1254C367, 0x1941A469, 0x1043A770),  # tags, attachments, chapters
        *(0x7BA9, 0x4461, 0x7384, 0x73A4),  # title, date, file name, the recording's own number
        *(0x536E, VOID),  # a track's name, and what stands in gaps
    }
)
WITHIN = frozenset({EBML, SEGMENT, CLUSTER, INFO, TRACKS, TRACK, VIDEO})
PICTURES = 1
NANOSECONDS = 1_000_000_000


def clean(file: BinaryIO) -> Recording:
    """Void the notes of a WebM in place, and say what it holds. Raises `Unusable`."""
    found, told = Recording(), _Told()
    _walk(file, 0, size_of(file), found, told)
    if told.doctype != b"webm":
        raise Unusable("is a Matroska film that is no WebM; MP4 and WebM are taken")
    if not told.tracks:
        raise Unusable(CUT_SHORT)
    if PICTURES in told.tracks:
        found.shows(told.width, told.height)
    found.lasts(told.duration * told.scale / NANOSECONDS)
    return found


class _Told:
    """What was read on the way, before it is known what it means."""

    def __init__(self) -> None:
        self.doctype = b""
        self.scale = 1_000_000
        self.duration = 0.0
        self.tracks: list[int] = []
        self.width = self.height = 0

    def take(self, element: int, content: bytes) -> None:
        if element == DOCTYPE:
            self.doctype = content.rstrip(b"\0")
        elif element == SCALE:
            self.scale = int.from_bytes(content, "big")
        elif element == DURATION and len(content) in (4, 8):
            self.duration = struct.unpack(">f" if len(content) == 4 else ">d", content)[0]
        elif element == TRACK_TYPE:
            self.tracks.append(int.from_bytes(content, "big"))
        elif element == WIDTH:
            self.width = self.width or int.from_bytes(content, "big")
        elif element == HEIGHT:
            self.height = self.height or int.from_bytes(content, "big")


READ = frozenset({DOCTYPE, SCALE, DURATION, TRACK_TYPE, WIDTH, HEIGHT})


def _walk(file: BinaryIO, at: int, end: int, found: Recording, told: _Told) -> None:
    """Element after element; into those that hold others, over the rest. A film may not know how long its parts are."""
    while at < end:
        found.count_part()
        element, length, inside = _element(file, at)
        after = end if length is None else inside + length
        if after > end or (length is None and element not in WITHIN):
            raise Unusable(CUT_SHORT)
        if element in NOTES:
            _void(file, at, inside, after)
        elif element in READ:
            told.take(element, read_at(file, inside, min(after - inside, 64)))
        at = inside if element in WITHIN else after


def _element(file: BinaryIO, at: int) -> tuple[int, int | None, int]:
    """Its id, how long it is (None: until something else begins), and where its content does."""
    name, width = _number(file, at, keeps_marker=True)
    length, more = _number(file, at + width, keeps_marker=False)
    is_open = length == (1 << 7 * more) - 1
    return name, None if is_open else length, at + width + more


def _number(file: BinaryIO, at: int, *, keeps_marker: bool) -> tuple[int, int]:
    """A number of one to eight bytes, and how many they are: as many as its first one has zeros before a one."""
    first = read_at(file, at, 1)[0]
    width = 9 - first.bit_length()
    if width > (4 if keeps_marker else 8):
        raise Unusable(CUT_SHORT)
    number = int.from_bytes(read_at(file, at, width), "big")
    return (number if keeps_marker else number & ((1 << 7 * width) - 1)), width


def _void(file: BinaryIO, at: int, inside: int, after: int) -> None:
    """One void element over a whole one. Its length is written as wide as there is room for."""
    width = min(8, inside - at - 1 if inside - at > 1 else 1)
    content = after - at - 1 - width
    write_at(file, at, bytes([VOID]) + (content | 1 << 7 * width).to_bytes(width, "big"))
    blank(file, at + 1 + width, content)

"""Pictures taken apart and put together again without what does not draw: EXIF, XMP, places, comments, profiles, and
whatever was hung on behind the end. The pixels' own bytes stay as they are, so that doing it twice changes nothing.

Only the parts named here are kept; an unknown one is dropped. Sources: ITU T.81 annex B, JFIF 1.02; the PNG
specification, third edition, §4 and §11; GIF89a §17-26; RFC 9649 (WebP) §2.
"""

import re
import struct
from dataclasses import dataclass

from .faults import CUT_SHORT, Unusable


@dataclass(frozen=True, slots=True)
class Still:
    """A picture without its trimmings: size in pixels, how many frames, and the bytes."""

    width: int
    height: int
    frames: int
    content: bytes
    is_lossless: bool = False


def stripped(name: str, content: bytes) -> Still:
    """The picture with only the parts that draw it. `name` is a type of the table. Raises `Unusable`."""
    try:
        still = STRIPPERS[name](content)
    except (IndexError, struct.error):
        raise Unusable(CUT_SHORT) from None
    if still.width < 1 or still.height < 1 or still.frames < 1:
        raise Unusable("holds a picture without any pixel")
    return still


# --- JPEG ---

_scan_end = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
START, END, SCAN, JFIF, ADOBE = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def _jpeg(content: bytes) -> Still:
    kept, at, size = [content[:2]], 2, (0, 0)
    while True:
        marker, at = _marker(content, at)
        if marker == END:
            break
        if marker in ALONE:
            continue
        end = at + struct.unpack_from(">H", content, at)[0]
        body = content[at + 2 : end]
        if end > len(content) or marker == START:
            raise Unusable(CUT_SHORT)
        if marker in FRAMES:
            size = struct.unpack_from(">HH", body, 1)
        if marker in FRAMES or marker in TABLES or marker == SCAN:
            kept.append(b"\xff" + content[at - 1 : end])
        else:
            kept.append(_jpeg_note(marker, body))
        at = end
        if marker == SCAN:
            found = _scan_end.search(content, at)
            if not found:
                raise Unusable(CUT_SHORT)
            kept.append(content[at : found.start()])
            at = found.start()
    return Still(size[1], size[0], 1, b"".join([*kept, b"\xff\xd9"]))


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker that begins here, after any fill bytes, and where what it says begins."""
    if content[at] != 0xFF:
        raise Unusable(CUT_SHORT)
    while content[at] == 0xFF:
        at += 1
    return content[at], at + 1


def _jpeg_note(marker: int, body: bytes) -> bytes:
    """The two notes that change how the pixels are read: the shape of a pixel, and which colors they hold."""
    if marker == JFIF and body[:5] == b"JFIF\0" and len(body) >= 14:
        return b"\xff\xe0\x00\x10" + body[:12] + b"\0\0"  # without its thumbnail
    if marker == ADOBE and body[:5] == b"Adobe" and len(body) >= 12:
        return b"\xff\xee\x00\x0e" + body[:12]
    return b""


# --- PNG ---

PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"acTL", b"fcTL", b"fdAT"}
)


def _png(content: bytes) -> Still:
    kept, at, frames = [content[:8]], 8, 0
    size = struct.unpack_from(">II", content, 16)
    name = b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content) or (at == 8) != (name == b"IHDR"):
            raise Unusable(CUT_SHORT)
        if name in PNG_KEPT:
            kept.append(content[at:end])
        elif not name[0] & 0x20:
            raise Unusable("holds a part that is needed to draw it and that nobody knows")
        frames += name == b"fcTL"
        at = end
    return Still(size[0], size[1], max(1, frames), b"".join(kept), is_lossless=True)


# --- GIF ---

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
CONTROL, APPLICATION = 0xF9, 0xFF
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def _gif(content: bytes) -> Still:
    width, height, flags = struct.unpack_from("<HHB", content, 6)
    at = 13 + _palette(flags)
    kept, frames = [content[:at]], 0
    while content[at] != TRAILER:
        start = at
        if content[at] == EXTENSION:
            at = _blocks_end(content, at + 2)
            if _gif_keeps(content, start):
                kept.append(content[start:at])
        elif content[at] == IMAGE:
            left, top, wide, high, flags = struct.unpack_from("<HHHHB", content, at + 1)
            width, height = max(width, left + wide), max(height, top + high)
            at = _blocks_end(content, at + 11 + _palette(flags))
            kept.append(content[start:at])
            frames += 1
        else:
            raise Unusable(CUT_SHORT)
    return Still(width, height, frames, b"".join([*kept, b"\x3b"]), is_lossless=True)


def _palette(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(content: bytes, at: int) -> int:
    """After a chain of sub-blocks, each of which says how long it is; one of no bytes ends it."""
    while content[at]:
        at += content[at] + 1
    return at + 1


def _gif_keeps(content: bytes, at: int) -> bool:
    """How long a frame stands, and how often all of them are shown. XMP, comments and texts go."""
    label = content[at + 1]
    if label == CONTROL:
        return content[at + 2] == 4 and content[at + 7] == 0
    is_loop = label == APPLICATION and content[at + 2] == 11 and content[at + 3 : at + 14] in LOOPS
    return is_loop and content[at + 14] == 3 and content[at + 18] == 0


# --- WebP ---

WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
FRAME_KEPT = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
NOTES = 0x20 | 0x08 | 0x04  # the flags of VP8X for a profile, EXIF and XMP
FRAME_HEADER = 16


def _webp(content: bytes) -> Still:
    end = 8 + struct.unpack_from("<I", content, 4)[0]
    if end > len(content):
        raise Unusable(CUT_SHORT)
    size, kept, frames, is_lossless = (0, 0), [], 0, False
    for name, body in _chunks(content, 12, end):
        if name not in WEBP_KEPT:
            continue
        size = _canvas(name, body, size)
        is_lossless = is_lossless or name == b"VP8L"
        kept.append(_chunk(name, _without_notes(name, body)))
        frames += name == b"ANMF"
    inside = b"WEBP" + b"".join(kept)
    return Still(size[0], size[1], max(1, frames), struct.pack("<4sI", b"RIFF", len(inside)) + inside, is_lossless)


def _chunks(content: bytes, at: int, end: int) -> list[tuple[bytes, bytes]]:
    found = []
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", content, at)
        if at + 8 + length > end:
            raise Unusable(CUT_SHORT)
        found.append((name, content[at + 8 : at + 8 + length]))
        at += 8 + length + (length & 1)
    return found


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) & 1)


def _without_notes(name: bytes, body: bytes) -> bytes:
    if name == b"VP8X":
        return bytes([body[0] & ~NOTES]) + body[1:10]
    if name == b"ANMF":
        inner = [_chunk(*one) for one in _chunks(body, FRAME_HEADER, len(body)) if one[0] in FRAME_KEPT]
        return body[:FRAME_HEADER] + b"".join(inner)
    return body


def _canvas(name: bytes, body: bytes, before: tuple[int, int]) -> tuple[int, int]:
    """Width and height: of the whole canvas where a header names it, else of the one picture."""
    if name == b"VP8X":
        return _three(body, 4) + 1, _three(body, 7) + 1
    if before != (0, 0):
        return before
    if name == b"VP8 ":
        wide, high = struct.unpack_from("<HH", body, 6)
        return wide & 0x3FFF, high & 0x3FFF
    if name == b"VP8L":
        bits = struct.unpack_from("<I", body, 1)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return before


def _three(body: bytes, at: int) -> int:
    return body[at] | body[at + 1] << 8 | body[at + 2] << 16


STRIPPERS = {"jpeg": _jpeg, "png": _png, "gif": _gif, "webp": _webp}

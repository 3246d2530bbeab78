"""The types that are taken, and how their bytes begin. Neither a file's name nor what a client says is asked.

Sources: the specifications of the formats (PNG, ITU T.81, GIF89a, RFC 9649, ISO 11172-3, RIFF, RFC 3533, RFC 9639,
ISO 14496-12, RFC 8794), each for its first bytes.
"""

import re
from dataclasses import dataclass

from .faults import Unusable

HEAD = 64  # bytes that `type_of` wants to see; all of a shorter file
MARKUP_HEAD = 1024


@dataclass(frozen=True, slots=True)
class MediaType:
    """A row of the table: our short name, the kind, the Content-Type it is served under, and the usual ending."""

    name: str
    kind: str
    content_type: str
    ending: str


TYPES = {
    one.name: one
    for one in (
        MediaType("png", "image", "image/png", "png"),
        MediaType("jpeg", "image", "image/jpeg", "jpg"),
        MediaType("webp", "image", "image/webp", "webp"),
        MediaType("gif", "image", "image/gif", "gif"),
        MediaType("mp3", "audio", "audio/mpeg", "mp3"),
        MediaType("wav", "audio", "audio/wav", "wav"),
        MediaType("ogg", "audio", "audio/ogg", "ogg"),
        MediaType("flac", "audio", "audio/flac", "flac"),
        MediaType("m4a", "audio", "audio/mp4", "m4a"),
        MediaType("weba", "audio", "audio/webm", "weba"),
        MediaType("mp4", "video", "video/mp4", "mp4"),
        MediaType("webm", "video", "video/webm", "webm"),
    )
}
KINDS = ("image", "audio", "video")

# Films and sound share their containers; `mp4` and `webm` become `m4a` and `weba` where there is no picture in them.
BEGINNINGS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), name)
    for pattern, name in (
        (rb"\x89PNG\r\n\x1a\n", "png"),
        (rb"\xff\xd8\xff", "jpeg"),
        (rb"RIFF....WEBP", "webp"),
        (rb"GIF8[79]a", "gif"),
        (rb"RIFF....WAVE", "wav"),
        (rb"OggS", "ogg"),
        (rb"fLaC", "flac"),
        (rb"ID3[\x02-\x04]", "mp3"),
        (rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", "mp3"),
        (rb"....ftyp(?:iso[m2-9]|mp4[12]|avc1|M4[AVB] |dash|MSNV|3gp[4-9])", "mp4"),
        (rb"\x1a\x45\xdf\xa3", "webm"),
    )
)
OTHERS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), words)
    for pattern, words in (
        (rb"....ftyp(?:hei|hev|mif1|msf1|avi[fs])", "is a HEIF or AVIF picture; PNG, JPEG, WebP and GIF are taken"),
        (rb"....ftypqt", "is a QuickTime film; MP4 and WebM are taken"),
        (rb"BM", "is a bitmap; PNG, JPEG, WebP and GIF are taken"),
        (rb"II\*\0|MM\0\*", "is a TIFF picture; PNG, JPEG, WebP and GIF are taken"),
        (rb"RIFF....AVI ", "is an AVI film; MP4 and WebM are taken"),
        (rb"%PDF", "is a PDF; pictures, sound and films are taken"),
        (rb"PK\x03\x04|\x1f\x8b|BZh|7z\xbc\xaf", "is an archive; pictures, sound and films are taken"),
    )
)
_markup = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?a-zA-Z]")
_drawing = re.compile(rb"<(?:\w+:)?svg\b", re.IGNORECASE)


def type_of(head: bytes) -> MediaType:
    """What a file is by its first bytes. Raises `Unusable`."""
    for pattern, name in BEGINNINGS:
        if pattern.match(head):
            return TYPES[name]
    for pattern, words in OTHERS:
        if pattern.match(head):
            raise Unusable(words)
    raise Unusable(_words_for_text(head) or "is no picture, sound or film of a known type")


def _words_for_text(head: bytes) -> str:
    if not head:
        return "is empty"
    if not _markup.match(head):
        return ""
    if _drawing.search(head):
        return "is an SVG drawing, which can carry programs; PNG, JPEG, WebP and GIF are taken"
    return "is a page of HTML or XML"

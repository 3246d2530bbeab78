"""Small files of every type in the table, made here byte by byte, each with a secret in every place for notes."""

import io
import struct
import wave
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

from annotation.media.inside.ogg import checksum

SECRET = b"52.5200N-13.4050E"
WORDS = SECRET.decode()


def drawn(width: int = 40, height: int = 30, color: str = "navy") -> Image.Image:
    """A picture whose upper left corner is white, so that it shows which way is up."""
    image = Image.new("RGB", (width, height), color)
    image.paste("white", (0, 0, width // 4, height // 4))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """A camera's notes: which way it was held, and where."""
    notes = Image.Exif()
    notes[0x0112], notes[0x010E] = orientation, WORDS
    notes.get_ifd(0x8825)[1] = "N"
    notes.get_ifd(0x8825)[29] = WORDS
    return notes


def saved(image: Image.Image, form: str, **how: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **how)
    return target.getvalue()


def png(image: Image.Image | None = None, orientation: int = 1) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Location", WORDS)
    texts.add_itxt("XML:com.adobe.xmp", f"<x>{WORDS}</x>")
    return saved(image or drawn(), "PNG", pnginfo=texts, exif=exif(orientation))


def jpeg(image: Image.Image | None = None, orientation: int = 1, **how: Any) -> bytes:
    return saved(image or drawn(), "JPEG", exif=exif(orientation), comment=SECRET, **how)


def webp(image: Image.Image | None = None, orientation: int = 1) -> bytes:
    return saved(image or drawn(), "WEBP", exif=exif(orientation), xmp=b"<x>" + SECRET + b"</x>", lossless=True)


def gif(image: Image.Image | None = None) -> bytes:
    return saved(image or drawn(), "GIF", comment=SECRET)


def moving(form: str, frames: int = 3) -> bytes:
    """An animation."""
    first, *others = [drawn(color=color) for color in ("navy", "teal", "olive", "maroon")[:frames]]
    return saved(first, form, save_all=True, append_images=others, duration=50)


def swapped_colors() -> bytes:
    """A green PNG written with a profile in which red and green have changed places: its numbers say red."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for position in range(struct.unpack_from(">I", profile, 128)[0]):
        at = 132 + 12 * position
        name = bytes(profile[at : at + 4])
        profile[at : at + 4] = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}.get(name, name)
    other = bytes(profile).replace("sRGB".encode("utf-16-be"), "odd!".encode("utf-16-be")).replace(b"sRGB", b"odd!")
    return saved(Image.new("RGB", (40, 30), (255, 0, 0)), "PNG", icc_profile=other)


def wav(seconds: float = 0.5, rate: int = 8_000) -> bytes:
    """A tone, with notes behind it."""
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(struct.pack("<h", (n * 700) % 20_000) for n in range(int(seconds * rate))))
    listed = b"INFO" + b"IART" + struct.pack("<I", len(SECRET) + 1) + SECRET + b"\0"
    content = target.getvalue() + b"LIST" + struct.pack("<I", len(listed)) + listed
    return content[:4] + struct.pack("<I", len(content) - 8) + content[8:]


def mp3(frames: int = 20) -> bytes:
    """Silence in MPEG 1 layer III, 128 kbit/s at 44.1 kHz, between three kinds of notes."""
    frame = b"\xff\xfb\x90\xc0".ljust(417, b"\0")
    note = b"TIT2" + struct.pack(">IH", len(SECRET) + 1, 0) + b"\0" + SECRET
    size = len(note)
    head = b"ID3\x03\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]) + note
    ape = SECRET + struct.pack("<8sIIII8s", b"APETAGEX", 2000, 32 + len(SECRET), 1, 0, b"")
    return head + frame * frames + ape + b"TAG" + SECRET.ljust(125, b"\0")


def flac() -> bytes:
    """Headers of two seconds at 8 kHz; nobody decodes the sound here."""
    info = struct.pack(">HH6xQ16x", 4096, 4096, 8_000 << 44 | 15 << 36 | 16_000)
    comments = struct.pack("<I", 0) + struct.pack("<II", 1, len(SECRET)) + SECRET
    picture = b"\0\0\0\x03" + SECRET
    blocks = [(0, info), (4, comments), (6, picture), (2, b"abcd" + SECRET), (1 | 0x80, b"\0" * 8)]
    body = b"".join(bytes([kind]) + len(block).to_bytes(3, "big") + block for kind, block in blocks)
    return b"fLaC" + body + b"\xff\xf8\xc9\x18\x00" + b"\0" * 40


def page(content: bytes, number: int, position: int, flags: int = 0, laces: bytes | None = None) -> bytes:
    """One Ogg page; without `laces` it holds one whole packet."""
    cuts = laces if laces is not None else bytes([255] * (len(content) // 255) + [len(content) % 255])
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, position, 7, number, 0, len(cuts)) + cuts
    whole = head + content
    return whole[:22] + struct.pack("<I", checksum(whole)) + whole[26:]


def ogg(secret: bytes = SECRET) -> bytes:
    """An Opus stream of three seconds, with comments over several pages where they are long."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 4) + b"test" + struct.pack("<II", 1, len(secret)) + secret
    pages, number = [page(head, 0, 0, flags=2)], 1
    while len(tags) >= 255 * 255:
        pages.append(page(tags[: 255 * 255], number, -1, flags=int(number > 1), laces=b"\xff" * 255))
        tags, number = tags[255 * 255 :], number + 1
    pages.append(page(tags, number, 0, flags=int(number > 1)))
    pages.append(page(b"\xfc\xff\xfe" * 5, number + 1, 312 + 3 * 48_000, flags=4))
    return b"".join(pages)


def box(name: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), name) + inside


def mp4(*, handler: bytes = b"vide", size: tuple[int, int] = (64, 48), brand: bytes = b"isom") -> bytes:
    """One track of two seconds, filmed at a known time in a known place; nobody decodes it here."""
    times = struct.pack(">II", 3_500_000_000, 3_500_000_000)
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
    mvhd = box(b"mvhd", b"\0\0\0\0", times, struct.pack(">II", 1000, 2000), b"\0" * 10, matrix, b"\0" * 28)
    shape = struct.pack(">II", size[0] << 16, size[1] << 16)
    tkhd = box(b"tkhd", b"\0\0\0\x07", times, struct.pack(">IIII", 1, 0, 2000, 0), b"\0" * 12, matrix, shape)
    mdhd = box(b"mdhd", b"\0\0\0\0", times, struct.pack(">II", 1000, 2000), b"\0" * 4)
    hdlr = box(b"hdlr", b"\0" * 8, handler, b"\0" * 13)
    udta = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(SECRET), 0x15C7), SECRET))
    trak = box(b"trak", tkhd, box(b"mdia", mdhd, hdlr), udta)
    xmp = box(b"uuid", b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac", SECRET)
    ftyp = box(b"ftyp", brand, b"\0\0\0\0", b"isom")
    return ftyp + box(b"moov", mvhd, trak, udta, box(b"meta", b"\0" * 4, SECRET)) + xmp + box(b"mdat", b"\1" * 64)


def element(name: int, *content: bytes) -> bytes:
    inside = b"".join(content)
    code = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return code + (len(inside) | 1 << 56).to_bytes(8, "big") + inside


def webm(*, kind: int = 1, is_live: bool = False, doctype: bytes = b"webm") -> bytes:
    """One track of two seconds; `is_live`: as a browser records it, its parts without a length."""
    video = element(0xE0, element(0xB0, b"\x40"), element(0xBA, b"\x30")) if kind == 1 else b""
    track = element(0xAE, element(0x83, bytes([kind])), element(0x536E, SECRET), video)
    known = [element(0x2AD7B1, b"\x0f\x42\x40"), element(0x4489, struct.pack(">d", 2000.0))]
    info = element(0x1549A966, *known, element(0x7BA9, SECRET), element(0x4461, b"\0" * 8))
    tags, files = element(0x1254C367, SECRET), element(0x1941A469, SECRET)
    blocks = element(0xE7, b"\0") + element(0xA3, b"\x81\0\0\x80" + b"\1" * 30)
    cluster = b"\x1f\x43\xb6\x75\x01" + b"\xff" * 7 + blocks if is_live else element(0x1F43B675, blocks)
    inside = info + element(0x1654AE6B, track) + tags + files + cluster
    segment = b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + inside if is_live else element(0x18538067, inside)
    return element(0x1A45DFA3, element(0x4282, doctype)) + segment


IMAGES: dict[str, Callable[[], bytes]] = {"png": png, "jpeg": jpeg, "webp": webp, "gif": gif}
RECORDINGS: dict[str, Callable[[], bytes]] = {
    "mp3": mp3,
    "wav": wav,
    "ogg": ogg,
    "flac": flac,
    "m4a": lambda: mp4(handler=b"soun", brand=b"M4A "),
    "weba": lambda: webm(kind=2),
    "mp4": mp4,
    "webm": webm,
}
ALL = {**IMAGES, **RECORDINGS}

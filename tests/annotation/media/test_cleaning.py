"""What a file is and what is taken off it: by its bytes alone, without moving a pixel or a sample."""

import io
import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from annotation.media.inside import flac, mp3, mp4, ogg, pictures, stills, wav, webm
from annotation.media.inside.faults import Unusable
from annotation.media.inside.ogg import checksum
from annotation.media.inside.table import BEGINNINGS, TYPES, type_of
from tests.annotation.media import samples
from tests.annotation.media.samples import SECRET

Clean = Callable[[bytes], tuple[Any, bytes, bytes]]
READERS = {"mp3": mp3, "wav": wav, "ogg": ogg, "flac": flac, "m4a": mp4, "mp4": mp4, "weba": webm, "webm": webm}


def pixels(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def same(one: Image.Image, two: Image.Image, most: int = 0) -> bool:
    """Whether no color of any pixel differs by more than so many of 255 steps."""
    return one.size == two.size and max(high for _, high in ImageChops.difference(one, two).getextrema()) <= most


@pytest.mark.parametrize("name", samples.ALL)
def test_every_type_is_known_by_its_bytes_and_loses_every_note(clean: Clean, name: str) -> None:
    content = samples.ALL[name]()
    assert SECRET in content

    found, cleaned, _ = clean(content)

    assert found.type == TYPES[name]
    assert SECRET not in cleaned
    assert b"xif" not in cleaned


@pytest.mark.parametrize("name", samples.ALL)
def test_cleaning_twice_changes_nothing(clean: Clean, name: str) -> None:
    once = clean(samples.ALL[name]())[1]

    assert clean(once)[1] == once


@pytest.mark.parametrize("name", samples.IMAGES)
def test_pixels_stay_as_they_were(clean: Clean, name: str) -> None:
    content = samples.IMAGES[name]()

    _, cleaned, _ = clean(content)

    assert same(pixels(content), pixels(cleaned))


@pytest.mark.parametrize("make", [samples.png, samples.webp, samples.jpeg])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_picture_taken_sideways_stands_upright(clean: Clean, make: Callable[..., bytes], orientation: int) -> None:
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_270, 8: Image.Transpose.ROTATE_90}
    lying = samples.drawn(128, 64)  # edges where those of a JPEG's blocks are, so that it keeps them sharp
    upright = lying.transpose(turns[orientation])

    found, cleaned, _ = clean(make(lying, orientation))

    assert (found.width, found.height) == upright.size
    assert same(pixels(cleaned), upright, most=40 if make is samples.jpeg else 0)
    assert SECRET not in cleaned


def test_a_picture_for_the_press_becomes_one_for_the_screen(clean: Clean) -> None:
    content = samples.saved(samples.drawn().convert("CMYK"), "JPEG", quality=95)

    _, cleaned, _ = clean(content)

    assert Image.open(io.BytesIO(cleaned)).mode == "RGB"


def test_colors_of_another_profile_become_those_of_the_web(clean: Clean) -> None:
    content = samples.swapped_colors()

    _, cleaned, _ = clean(content)

    shown = Image.open(io.BytesIO(cleaned))
    red, green, blue = shown.convert("RGB").getpixel((20, 15))
    assert "icc_profile" not in shown.info
    assert green > 150 > max(red, blue)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_an_animation_keeps_its_frames_and_their_times(clean: Clean, form: str) -> None:
    _, cleaned, thumbnail = clean(samples.moving(form))

    image = Image.open(io.BytesIO(cleaned))
    image.load()  # WebP tells the time of a frame once it is decoded
    assert (image.n_frames, image.info["duration"]) == (3, 50)
    small = pixels(thumbnail).resize((1, 1)).getpixel((0, 0))  # the first frame's: navy, with a white corner
    assert small[2] > small[0] + 50


def test_a_thumbnail_is_small_and_keeps_the_shape(clean: Clean) -> None:
    found, _, thumbnail = clean(samples.png(samples.drawn(2_000, 1_000)))

    small = Image.open(io.BytesIO(thumbnail))
    assert (found.width, found.height) == (2_000, 1_000)
    assert (small.format, small.size) == ("WEBP", (480, 240))


def test_sixteen_bits_a_pixel_are_scaled_and_not_cut_off_in_the_thumbnail(clean: Clean) -> None:
    deep = Image.new("I;16", (8, 8), 128 << 8)

    _, _, thumbnail = clean(samples.saved(deep, "PNG"))

    assert abs(pixels(thumbnail).getpixel((4, 4))[0] - 128) < 4


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("wav", 0.5),
        ("mp3", 20 * 1152 / 44_100),
        ("flac", 2.0),
        ("ogg", 3.0),
        ("m4a", 2.0),
        ("weba", 2.0),
        ("mp4", 2.0),
        ("webm", 2.0),
    ],
)
def test_how_long_it_plays_is_read_from_the_file(clean: Clean, name: str, seconds: float) -> None:
    found, _, _ = clean(samples.RECORDINGS[name]())

    assert found.seconds == pytest.approx(seconds, rel=0.02)


def test_films_say_how_large_they_are_and_when_they_lie_on_their_side(clean: Clean) -> None:
    lying = samples.mp4().replace(struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30), b"\0\1\2\3" * 9)
    turned = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    lying = lying.replace(b"\0\1\2\3" * 9, turned)

    sizes = [(clean(film)[0].width, clean(film)[0].height) for film in (samples.mp4(), samples.webm(), lying)]

    assert sizes == [(64, 48), (64, 48), (48, 64)]


def test_a_film_as_browsers_record_it_has_parts_of_no_stated_length(clean: Clean) -> None:
    found, cleaned, _ = clean(samples.webm(is_live=True))

    assert (found.type.name, SECRET in cleaned) == ("webm", False)


def test_when_a_film_was_made_is_forgotten(clean: Clean) -> None:
    _, cleaned, _ = clean(samples.mp4())

    assert struct.pack(">I", 3_500_000_000) not in cleaned
    assert len(cleaned) == len(samples.mp4())  # nothing moved: the tables of a film point at bytes


def test_comments_over_several_pages_go_and_every_page_keeps_a_right_checksum(clean: Clean) -> None:
    long = SECRET * 9_000

    _, cleaned, _ = clean(samples.ogg(long))

    assert SECRET not in cleaned
    at, pages = 0, 0
    while at < len(cleaned):
        laces = cleaned[at + 27 : at + 27 + cleaned[at + 26]]
        end = at + 27 + len(laces) + sum(laces)
        page = bytearray(cleaned[at:end])
        written, page[22:26] = struct.unpack_from("<I", page, 22)[0], b"\0\0\0\0"
        assert written == checksum(page)
        at, pages = end, pages + 1
    assert pages >= 4


def test_the_checksum_is_the_one_of_rfc_3533() -> None:
    # The generator applied to one set bit is the generator itself.
    assert checksum(b"\x01") == 0x04C11DB7
    assert checksum(b"\0\0") == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG drawing, which can carry programs"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<svg:svg/>", "SVG drawing"),
        (b"\xef\xbb\xbf  <!doctype html><script>", "page of HTML or XML"),
        (b"\0\0\0\x18ftypheic", "HEIF or AVIF"),
        (b"\0\0\0\x18ftypavif", "HEIF or AVIF"),
        (b"\0\0\0\x18ftypqt  ", "QuickTime"),
        (b"BM" + b"\0" * 60, "bitmap"),
        (b"II*\0", "TIFF"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI film"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "archive"),
        (b"just words", "of a known type"),
    ],
)
def test_whatever_is_not_in_the_table_is_refused_by_name(clean: Clean, content: bytes, words: str) -> None:
    with pytest.raises(Unusable, match=words):
        clean(content)


@pytest.mark.parametrize("name", samples.ALL)
def test_what_is_cut_short_is_refused(clean: Clean, name: str) -> None:
    content = clean(samples.ALL[name]())[1]  # without the notes at its end, which nobody would miss
    half = content[: len(content) // 2]

    if name == "mp3":  # half a stream of frames is a shorter stream of frames
        assert clean(half[: len(half) // 417 * 417])[0].seconds < 0.3
    else:
        with pytest.raises(Unusable):
            clean(half)


def test_matroska_that_is_no_webm_and_ogg_of_other_codecs_are_refused(clean: Clean) -> None:
    with pytest.raises(Unusable, match="Matroska"):
        clean(samples.webm(doctype=b"matroska"))
    with pytest.raises(Unusable, match="without Opus or Vorbis"):
        clean(samples.ogg().replace(b"OpusHead", b"fishead\0"))


# --- hostile files ---


def png_of_size(width: int, height: int) -> bytes:
    """A header that claims a size, with next to nothing behind it."""
    content = samples.png(samples.drawn(8, 8))
    return content[:16] + struct.pack(">II", width, height) + content[24:]


@pytest.mark.parametrize("size", [(60_000, 60_000), (50_000_001, 1), (1, 40_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_larger_than_the_limit_is_refused_before_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("it was opened"))

    with pytest.raises(Unusable, match=r"pixels; 50 million are the limit"):
        pictures.cleaned("png", png_of_size(*size))


def test_too_many_frames_are_refused_before_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    gif = samples.moving("GIF", 2)
    control = gif.index(b"\x21\xf9\x04", 20)
    frame = gif[gif.index(b"\x21\xf9\x04", control + 1) : -1]
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("it was opened"))

    with pytest.raises(Unusable, match=r"has 1,\d+ frames"):
        pictures.cleaned("gif", gif[:-1] + frame * 1_100 + b";")


def test_a_gif_may_not_grow_with_its_frames() -> None:
    gif = bytearray(samples.gif())
    at = gif.index(b"\x2c", 13 + 3 * (2 << (gif[10] & 7)))
    gif[at + 1 : at + 9] = struct.pack("<HHHH", 65_000, 65_000, 40, 30)

    with pytest.raises(Unusable, match="65,040 by 65,030 pixels"):
        pictures.cleaned("gif", bytes(gif))


@pytest.mark.parametrize("name", samples.IMAGES)
@pytest.mark.parametrize("behind", [b"PK\x03\x04 an archive", b"<script>alert(1)</script>", b"\0" * 100])
def test_what_hangs_behind_a_picture_is_cut_off(clean: Clean, name: str, behind: bytes) -> None:
    content = samples.IMAGES[name]()

    _, cleaned, _ = clean(content + behind)

    assert cleaned == clean(content)[1]


def test_a_program_in_the_comment_of_a_gif_goes(clean: Clean) -> None:
    content = samples.saved(samples.drawn(), "GIF", comment=b"*/=1;alert(document.domain);/*")

    _, cleaned, _ = clean(content)

    assert b"alert" not in cleaned


def test_two_pictures_in_one_jpeg_are_one(clean: Clean) -> None:
    one, two = samples.jpeg(), samples.jpeg(samples.drawn(color="teal"))

    assert clean(one + two)[1] == clean(one)[1]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_known_type_or_refused_with_words(head: bytes) -> None:
    try:
        found = type_of(head)
    except Unusable as fault:
        assert str(fault)
    else:
        assert any(pattern.match(head) and TYPES[name] == found for pattern, name in BEGINNINGS)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(samples.ALL)), st.data())
def test_no_spoilt_file_does_anything_but_pass_or_be_refused(name: str, data: st.DataObject) -> None:
    content = bytearray(samples.ALL[name]())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=5))

    try:
        if name in samples.IMAGES:
            once = pictures.cleaned(name, bytes(content)).content
            assert stills.stripped(name, once).content == once
        else:
            READERS[name].clean(io.BytesIO(bytes(content)))
    except Unusable as fault:
        assert str(fault)


def test_a_film_of_nothing_but_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotation.media.inside.patching.MOST_PARTS", 50)
    film = samples.box(b"ftyp", b"isom" * 3) + samples.box(b"moov", *[samples.box(b"abcd")] * 60)

    with pytest.raises(Unusable, match="more than 50 parts"):
        mp4.clean(io.BytesIO(film))


def test_boxes_within_boxes_end_somewhere() -> None:
    nested = b""
    for _ in range(2_000):
        nested = samples.box(b"moov", nested)

    assert mp4.clean(io.BytesIO(samples.box(b"ftyp", b"isom" * 3) + nested)).has_picture is False

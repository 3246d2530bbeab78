"""MP3: frames, with notes before and behind them that are cut off.

Sources: ISO 11172-3 §2.4.1 (frame header), ISO 13818-3; id3.org, ID3v2.4 structure §3.1 and ID3v1; the APEv2 footer;
Lyrics3 v2.00; the Xing header as LAME writes it.
"""

from dataclasses import dataclass
from typing import BinaryIO

from .faults import CUT_SHORT, Unusable
from .patching import Recording, cut, read_at, size_of

# Kilobits a second by the index in the header, for layer III of MPEG 1, and of 2 and 2.5.
RATES = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
SAMPLES_A_SECOND = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
FARTHEST = 1 << 16  # bytes that may lie between the notes and the first frame
FRAMES_CHECKED = 3
MOST_NOTES = 16


@dataclass(frozen=True, slots=True)
class _Frame:
    length: int
    samples: int
    rate: int
    bits: int
    is_first_kind: bool
    is_mono: bool


def clean(file: BinaryIO) -> Recording:
    """Cut the notes off both ends of an MP3, and say how long it plays. Raises `Unusable`."""
    found, size = Recording(), size_of(file)
    start, end = _after_notes(file, size), _before_notes(file, size)
    start, frame = _first_frame(file, start, end)
    _read_length(file, start, end, frame, found)
    cut(file, start, end)
    return found


def _after_notes(file: BinaryIO, size: int) -> int:
    at = 0
    for _ in range(MOST_NOTES):
        head = _at_most(file, at, 10)
        if head[:3] != b"ID3" or len(head) < 10:
            return at
        length = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        at += 10 + length + (10 if head[5] & 0x10 else 0)
        if at >= size:
            break
    raise Unusable(CUT_SHORT)


def _before_notes(file: BinaryIO, size: int) -> int:
    end = size
    for _ in range(MOST_NOTES):
        before = end - _tail(file, end)
        if before == end:
            return end
        if before <= 0:
            break
        end = before
    raise Unusable(CUT_SHORT)


def _tail(file: BinaryIO, end: int) -> int:
    """How many bytes the note takes that ends here; 0 where none does."""
    if end >= 128 and read_at(file, end - 128, 3) == b"TAG":
        return 128
    last = read_at(file, end - 32, 32) if end >= 32 else b""
    if last[:8] == b"APETAGEX":
        has_header = int.from_bytes(last[20:24], "little") >> 31
        return int.from_bytes(last[12:16], "little") + 32 * has_header
    if last[-9:] == b"LYRICS200" and last[-15:-9].isdigit():
        return int(last[-15:-9]) + 15
    if last[-10:-7] == b"3DI":
        return 20 + (last[-4] << 21 | last[-3] << 14 | last[-2] << 7 | last[-1])
    return 0


def _first_frame(file: BinaryIO, start: int, end: int) -> tuple[int, _Frame]:
    """Where the sound begins: at a frame that others follow."""
    window = _at_most(file, start, min(FARTHEST, max(0, end - start)))
    for at in range(len(window)):
        if window[at] != 0xFF:
            continue
        frame = _frame(_at_most(file, start + at, 4))
        if frame is not None and _goes_on(file, start + at, end):
            return start + at, frame
    raise Unusable("holds no MP3 sound")


def _goes_on(file: BinaryIO, at: int, end: int) -> bool:
    for _ in range(FRAMES_CHECKED):
        frame = _frame(_at_most(file, at, 4))
        if frame is None:
            return False
        at += frame.length
        if at >= end:
            return at == end
    return True


def _frame(head: bytes) -> _Frame | None:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # eleven ones, and layer III
        return None
    version, rate_index, sample_index = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or rate_index in (0, 15) or sample_index == 3:
        return None
    is_first = version == 3
    bits, rate = RATES[is_first][rate_index] * 1000, SAMPLES_A_SECOND[version][sample_index]
    samples = 1152 if is_first else 576
    return _Frame(samples // 8 * bits // rate + (head[2] >> 1 & 1), samples, rate, bits, is_first, head[3] >> 6 == 3)


def _read_length(file: BinaryIO, at: int, end: int, frame: _Frame, found: Recording) -> None:
    """From the count of frames that the first one may hold, else from the rate, which then is the same throughout."""
    side = (17 if frame.is_mono else 32) if frame.is_first_kind else (9 if frame.is_mono else 17)
    note = _at_most(file, at + 4 + side, 12)
    if note[:4] in (b"Xing", b"Info") and note[7] & 1:
        found.lasts(int.from_bytes(note[8:12], "big") * frame.samples / frame.rate)
    else:
        found.lasts((end - at) * 8 / frame.bits)


def _at_most(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)

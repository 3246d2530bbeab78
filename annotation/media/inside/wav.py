"""WAV: chunks. Source: Multimedia Programming Interface and Data Specifications 1.0 (RIFF).

Whatever is neither the format nor the sound (names, places, cue sheets, ID3) becomes a `JUNK` chunk of zeros.
"""

from typing import BinaryIO

from .faults import CUT_SHORT, Unusable
from .patching import Recording, blank, size_of, unpack_at, write_at

KEPT = frozenset({b"fmt ", b"data", b"fact"})
ODD_LENGTHS = (0, 0xFFFFFFFF)  # of sound that was written to a pipe, which nobody could go back to


def clean(file: BinaryIO) -> Recording:
    """Blank the notes of a WAV in place, cut off what follows its end, and say how long it is. Raises `Unusable`."""
    found, size = Recording(), size_of(file)
    claimed = unpack_at(file, 4, "<I")[0]
    end = size if claimed in ODD_LENGTHS else 8 + claimed + (claimed & 1)
    at, rate, sound = 12, 0, 0
    while at + 8 <= min(end, size):
        found.count_part()
        name, length = unpack_at(file, at, "<4sI")
        inside = at + 8
        if name == b"data" and length in ODD_LENGTHS:
            length = size - inside
        if inside + length > size:
            raise Unusable(CUT_SHORT)
        if name == b"fmt ":
            rate = unpack_at(file, inside + 8, "<I")[0]
        if name == b"data":
            sound += length
        if name not in KEPT:
            write_at(file, at, b"JUNK")
            blank(file, inside, length)
        at = inside + length + (length & 1)
    if not rate or not sound:
        raise Unusable(CUT_SHORT)
    file.truncate(min(at, size))
    found.lasts(sound / rate)
    return found

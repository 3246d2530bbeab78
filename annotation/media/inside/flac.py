"""FLAC: blocks before the sound. Source: RFC 9639 §8.

Comments, pictures and blocks of other programs become padding.
"""

from typing import BinaryIO

from .faults import CUT_SHORT, Unusable
from .patching import Recording, blank, read_at, unpack_at, write_at

STREAM_INFO, PADDING, SEEK_TABLE = 0, 1, 3


def clean(file: BinaryIO) -> Recording:
    """Blank the notes of a FLAC in place, and say how long it is. Raises `Unusable`."""
    found, at, is_last = Recording(), 4, False
    while not is_last:
        found.count_part()
        first, *length = unpack_at(file, at, ">B3B")
        is_last, kind, size = bool(first & 0x80), first & 0x7F, int.from_bytes(length, "big")
        if (at == 4) != (kind == STREAM_INFO):
            raise Unusable(CUT_SHORT)
        if kind == STREAM_INFO:
            _read_length(file, at + 4, found)
        elif kind != SEEK_TABLE:
            read_at(file, at + 4, size)  # all of it must be there
            write_at(file, at, bytes([first & 0x80 | PADDING]))
            blank(file, at + 4, size)
        at += 4 + size
    if read_at(file, at, 2)[0] != 0xFF:
        raise Unusable(CUT_SHORT)
    return found


def _read_length(file: BinaryIO, at: int, found: Recording) -> None:
    """20 bits of samples a second, 8 of what a sample is, 36 of how many there are."""
    bits = int.from_bytes(read_at(file, at + 10, 8), "big")
    rate, samples = bits >> 44, bits & (1 << 36) - 1
    if rate:
        found.lasts(samples / rate)

"""How much of a file is read before it is called too large."""

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds in bytes unless they say otherwise."""

    total: int = 64 << 30
    """Of the file unpacked."""
    row: int = 4 * MEBIBYTE
    """Of one row as it stands in the file: a line, an array element, a CSV record."""
    rows: int = 100_000_000
    ratio: int = 200
    """How many bytes may come out of one packed byte, once more than `free` have come out."""
    free: int = 64 * MEBIBYTE
    unpacking: int = 64 * MEBIBYTE
    """What a decompressor may hold as its window."""
    parquet: int = 96 * MEBIBYTE
    """What decoding Parquet may take beyond the libraries themselves."""
    parquet_with_pictures: int = 1024 * MEBIBYTE
    """The same where a column holds pictures: usual files have a hundred of them to a group, and a page each."""

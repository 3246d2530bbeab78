"""JSON lines: plain, gzip, zstd. Nothing in the bytes tells when or where they were written."""

import gzip
import os
from pathlib import Path
from typing import IO, Protocol

import zstandard

GZIP_LEVEL = 4
ZSTD_LEVEL = 3


class Compressor(Protocol):
    def write(self, chunk: bytes, /) -> object: ...

    def close(self) -> object: ...


class LinesFile:
    """One file of JSON lines."""

    def __init__(self, path: Path, suffix: str) -> None:
        self._file = path.open("xb", buffering=2**20)
        self._stream = _stream(self._file, suffix)

    def write(self, lines: bytes) -> None:
        """Add whole lines, each with its line feed."""
        self._stream.write(lines)

    def close(self) -> None:
        """Finish the file and wait until it is on the disk."""
        if self._stream is not self._file:
            self._stream.close()
        to_disk(self._file)

    def abandon(self) -> None:
        """Let go of a file that nobody will read."""
        drop(self._file)


def to_disk(file: IO[bytes]) -> None:
    """Flush, wait for the disk, close."""
    file.flush()
    os.fsync(file.fileno())
    file.close()


def drop(file: IO[bytes]) -> None:
    """Close past the buffers, which a full disk could not take."""
    file.raw.close()  # type: ignore[attr-defined]


def _stream(file: IO[bytes], suffix: str) -> Compressor:
    if suffix == "jsonl.gz":
        return gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=file, mtime=0)
    if suffix == "jsonl.zst":
        return zstandard.ZstdCompressor(level=ZSTD_LEVEL).stream_writer(file, closefd=False)
    return file

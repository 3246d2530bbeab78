"""Parquet, decoded in a child process.

Parquet is decoded by native code whose memory depends on what the file says about itself: a few kilobytes can name a
dictionary entry of a gigabyte, or a page that unpacks to one. So a child does it under a memory limit that the kernel
holds, and hands over lines of JSON, which are read like any others.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, UnsupportedOperation
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from annotation.imports.reading.errors import Bomb, Damaged, TooLarge
from annotation.imports.reading.limits import Limits
from annotation.imports.reading.ndjson import read_lines
from annotation.imports.reading.records import Position, Record
from annotation.imports.reading.unpacking import Bounded

CHILD = Path(__file__).with_name("parquet_child.py")
OUT_OF_MEMORY, UNREADABLE, TOO_MANY_BYTES, OUT_OF_MEMORY_WITH_PICTURES = 3, 4, 5, 6


def read_parquet(stream: BinaryIO, limits: Limits, skip: int = 0, spill: Path | None = None) -> Iterator[Record]:
    """Rows after the first `skip`, numbered from 1, their pictures set aside in `spill`. Raises `ReadingError`."""
    with _on_disk(stream) as file:
        size = file.seek(0, 2)
        child = _start(file, limits, skip, spill)
        try:
            lines = BufferedReader(_Decoded(child.stdout, limits, size), 1 << 18)  # type: ignore[arg-type]
            yield from read_lines(lines, limits, Position(number=skip), keeps_offsets=False)
            _check_end(child, limits)
        finally:
            child.kill()
            child.communicate()


class _Decoded(Bounded):
    """What comes from the child, held against the size of the file."""

    def __init__(self, source: BinaryIO, limits: Limits, size: int) -> None:
        super().__init__(source, limits)
        self._size = size

    def _next(self, size: int) -> bytes:
        return self._source.read1(size)  # type: ignore[attr-defined, no-any-return]

    def _check(self) -> None:
        super()._check()
        if self.given > self._limits.free and self.given > self._limits.ratio * self._size:
            raise Bomb(f"The file unpacks to more than {self._limits.ratio} times its size; it was not read further.")


def _start(file: IO[bytes], limits: Limits, skip: int, spill: Path | None) -> "subprocess.Popen[bytes]":
    numbers = [file.fileno(), skip, limits.parquet, limits.parquet_with_pictures, limits.total]
    command = [sys.executable, "-I", str(CHILD), *map(str, numbers), str(spill or "")]
    return subprocess.Popen(  # noqa: S603 - our own program, numbers, and a path of ours
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        pass_fds=[file.fileno()],
        env={"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
    )


def _check_end(child: "subprocess.Popen[bytes]", limits: Limits) -> None:
    _, said = child.communicate()
    if child.returncode == 0:
        return
    if child.returncode in (OUT_OF_MEMORY, -6):  # native code that gets no memory may abort
        raise Bomb(
            f"Decoding the Parquet file takes more than {limits.parquet >> 20} MiB of memory; "
            "write it with smaller row groups and pages."
        )
    if child.returncode == OUT_OF_MEMORY_WITH_PICTURES:
        raise Bomb(
            f"Decoding the pictures in the file takes more than {limits.parquet_with_pictures >> 20} MiB of memory; "
            "write it with smaller row groups and pages."
        )
    if child.returncode == TOO_MANY_BYTES:
        raise TooLarge(f"The pictures in the file are larger than {limits.total:,} bytes together.")
    reason = said.decode("utf-8", "replace").strip().splitlines()[-1:] if child.returncode == UNREADABLE else []
    raise Damaged(f"The Parquet file cannot be read{': ' + reason[0][:200] if reason else ''}.")


@contextmanager
def _on_disk(stream: BinaryIO) -> Iterator[IO[bytes]]:
    """The file itself, or a copy where it is only in memory. The child reads it by its descriptor."""
    try:
        stream.fileno()
    except (AttributeError, UnsupportedOperation):
        with TemporaryFile() as copy:
            stream.seek(0)
            shutil.copyfileobj(stream, copy)
            copy.flush()
            yield copy
    else:
        yield stream

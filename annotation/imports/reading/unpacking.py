"""Unpacking as a stream, within bounds."""

import lzma
import zlib
from collections.abc import Callable
from io import RawIOBase
from typing import Any, BinaryIO, Protocol

import zstandard

from annotation.imports.reading.errors import Bomb, Damaged, TooLarge
from annotation.imports.reading.limits import Limits

NAMES = {"gz": "gzip", "zst": "Zstandard", "xz": "xz"}


class Bounded(RawIOBase):
    """A stream that counts what passes, so that nobody has to trust the size that a file claims."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self.taken = 0
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        chunk = self._next(len(target))
        self.given += len(chunk)
        self._check()
        target[: len(chunk)] = chunk
        return len(chunk)

    def _next(self, size: int) -> bytes:
        return self._take(size)

    def _take(self, size: int) -> bytes:
        chunk = self._source.read(size)
        self.taken += len(chunk)
        return chunk

    def _check(self) -> None:
        if self.given > self._limits.total:
            raise TooLarge(f"The file is larger than {self._limits.total:,} bytes.")


class Unpacked(Bounded):
    """The bytes inside a packed stream, or inside several of them one after the other.

    Raises `Bomb`, `TooLarge` and `Damaged`.
    """

    def __init__(self, source: BinaryIO, limits: Limits, compression: str) -> None:
        super().__init__(source, limits)
        self._compression = compression
        self._unpacker = UNPACKERS[compression](limits)

    def _next(self, size: int) -> bytes:
        while True:
            packed = b""
            if self._unpacker.eof:
                packed = self._begin_next()
                if not packed:
                    return b""
            elif self._unpacker.needs_input:
                packed = self._take(self._unpacker.meal)
                if not packed:
                    raise Damaged(f"The {self._name} data is cut short after {self.given:,} unpacked bytes.")
            chunk = self._unpack(packed, size)
            if chunk:
                return chunk

    def _unpack(self, packed: bytes, size: int) -> bytes:
        try:
            return self._unpacker.decompress(packed, size)
        except (zlib.error, lzma.LZMAError, zstandard.ZstdError, EOFError, MemoryError):
            raise Damaged(f"The {self._name} data is damaged after {self.given:,} unpacked bytes.") from None

    def _begin_next(self) -> bytes:
        """What follows the end of a packed stream: another one, after any padding, or nothing."""
        packed = self._unpacker.unused_data.lstrip(b"\0")
        while not packed:
            taken = self._take(self._unpacker.meal)
            if not taken:
                return b""
            packed = taken.lstrip(b"\0")
        self._unpacker = UNPACKERS[self._compression](self._limits)
        return packed

    def _check(self) -> None:
        super()._check()
        if self.given > self._limits.free and self.given > self._limits.ratio * self.taken:
            raise Bomb(
                f"The file unpacks to more than {self._limits.ratio} times its size; "
                "it was not read further. Send it without compression."
            )

    @property
    def _name(self) -> str:
        return NAMES[self._compression]


class _Unpacker(Protocol):
    """A decompressor that gives no more than it is asked for, as `lzma.LZMADecompressor` does."""

    meal: int
    """How many packed bytes to hand over at once."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, packed: bytes, size: int) -> bytes: ...


class _Gzip:
    meal = 1 << 16

    def __init__(self, _limits: Limits) -> None:
        self._inner = zlib.decompressobj(wbits=31)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, packed: bytes, size: int) -> bytes:
        chunk = self._inner.decompress(self._inner.unconsumed_tail + packed, size)
        self.needs_input = not self._inner.unconsumed_tail and len(chunk) < size
        return chunk


class _Xz:
    meal = 1 << 16

    def __init__(self, limits: Limits) -> None:
        # The window of `xz -9` is as large as the limit; the decoder needs a little beside it.
        self._inner = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=limits.unpacking + (8 << 20))

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, packed: bytes, size: int) -> bytes:
        return self._inner.decompress(packed, size)


class _Zstandard:
    """It gives all that its input makes, and 3 bytes can make 128 KiB: so it eats half a kilobyte at a time."""

    meal = 1 << 9

    def __init__(self, limits: Limits) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=limits.unpacking).decompressobj()
        self._ready = memoryview(b"")

    @property
    def eof(self) -> bool:
        return not self._ready and self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._ready

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, packed: bytes, size: int) -> bytes:
        if packed:
            self._ready = memoryview(self._inner.decompress(packed))
        chunk, self._ready = self._ready[:size], self._ready[size:]
        return bytes(chunk)


UNPACKERS: dict[str, Callable[[Limits], _Unpacker]] = {"gz": _Gzip, "zst": _Zstandard, "xz": _Xz}

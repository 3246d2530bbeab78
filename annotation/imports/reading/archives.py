"""Archives: which files a zip or tar holds, and their bytes. Nothing is ever unpacked under a name of its own.

A name out of an archive is a key to look things up by, never a path: whatever `../` stands in it reaches nothing.
"""

import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO

from annotation.imports.reading.errors import Bomb, Damaged, TooLarge
from annotation.imports.reading.limits import Limits
from annotation.imports.reading.tape import entries_of

ZIP, TAR = "zip", "tar"
MOST_MEMBERS = 100_000
LARGEST_DIRECTORY = 8 << 20  # bytes; zipfile holds about ten times that while it reads one
END_OF_ZIP, LOCATOR_OF_ZIP64, ZIP64 = b"PK\x05\x06", b"PK\x06\x07", 76
FARTHEST = 22 + 65_535 + ZIP64  # bytes from the end at which the end may begin


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside. Its size, in bytes, is what the archive claims."""

    name: str
    size: int
    open: Callable[[], BinaryIO]


def kind_of(head: bytes) -> str | None:
    """What kind of archive the first 512 bytes of a file begin, if any."""
    if head.startswith((b"PK\x03\x04", END_OF_ZIP)):
        return ZIP
    return TAR if head[257:262] == b"ustar" else None


def members_of(file: BinaryIO, kind: str, limits: Limits) -> Mapping[str, Member]:
    """The plain files of an archive by their names; links, devices and folders are not among them.

    Of two files of one name the later counts, as everywhere. Raises `Damaged`, `Bomb` and `TooLarge`.
    """
    found = _zipped(file, limits) if kind == ZIP else _taped(file)
    if len(found) > MOST_MEMBERS:
        raise TooLarge(f"The archive holds more than {MOST_MEMBERS:,} files.")
    return found


class Window(RawIOBase):
    """A stretch of a file as a file of its own. Several may stand on one file if they are read by turns."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._at, self._end = file, start, start + size

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        self._file.seek(self._at)
        chunk = self._file.read(min(len(target), self._end - self._at))
        self._at += len(chunk)
        target[: len(chunk)] = chunk
        return len(chunk)


class _Inflated(RawIOBase):
    """A member of a zip, read within bounds, whatever its headers say."""

    def __init__(self, open_: Callable[[], Any], packed: int, limits: Limits) -> None:
        self._open, self._packed, self._limits = open_, packed, limits
        self._source: Any = None
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        try:
            if self._source is None:
                self._source = self._open()
            chunk = self._source.read(len(target))
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError):
            raise Damaged("A file in the archive is damaged, encrypted, or packed in a way that is not read.") from None
        self._given += len(chunk)
        if self._given > self._limits.free and self._given > self._limits.ratio * max(self._packed, 1):
            raise Bomb(f"A file in the archive unpacks to more than {self._limits.ratio} times its size.")
        if self._given > self._limits.total:
            raise TooLarge(f"A file in the archive is larger than {self._limits.total:,} bytes.")
        target[: len(chunk)] = chunk
        return len(chunk)


def _zipped(file: BinaryIO, limits: Limits) -> dict[str, Member]:
    _check_directory(file)
    try:
        opened = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, UnicodeDecodeError, NotImplementedError):
        raise Damaged("The zip archive is cut short or damaged.") from None
    return {
        one.filename: Member(one.filename, one.file_size, _zip_opener(opened, one, limits))
        for one in opened.infolist()
        if not one.is_dir() and not _is_link(one)
    }


def _check_directory(file: BinaryIO) -> None:
    """zipfile reads the whole directory at once, and what it says about its own length decides how much that is."""
    size = file.seek(0, 2)
    file.seek(max(0, size - FARTHEST))
    tail = file.read(FARTHEST)
    at = tail.rfind(END_OF_ZIP)
    if at < 0:
        raise Damaged("The zip archive is cut short or damaged.")
    claimed = int.from_bytes(tail[at + 12 : at + 16], "little")
    if at >= ZIP64 and tail[at - 20 : at - 16] == LOCATOR_OF_ZIP64:  # then its own record counts, right before that
        claimed = int.from_bytes(tail[at - ZIP64 + 40 : at - ZIP64 + 48], "little")
    if claimed > LARGEST_DIRECTORY:
        raise TooLarge(f"The archive's list of files is larger than {LARGEST_DIRECTORY >> 20} MiB; send several.")


def _is_link(one: zipfile.ZipInfo) -> bool:
    mode = one.external_attr >> 16
    return bool(mode) and stat.S_IFMT(mode) not in (0, stat.S_IFREG)


def _zip_opener(opened: zipfile.ZipFile, one: zipfile.ZipInfo, limits: Limits) -> Callable[[], BinaryIO]:
    return lambda: BufferedReader(_Inflated(lambda: opened.open(one), one.compress_size, limits))


def _taped(file: BinaryIO) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for entry in entries_of(file):
        found[entry.name] = Member(entry.name, entry.size, _tape_opener(file, entry.start, entry.size))
        if len(found) > MOST_MEMBERS:
            break
    return found


def _tape_opener(file: BinaryIO, start: int, size: int) -> Callable[[], BinaryIO]:
    return lambda: BufferedReader(Window(file, start, size))

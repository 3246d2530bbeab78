"""An uploaded archive made ready for reading: its one file of rows set beside it, the others found by their names.

The rows name the other files by paths, which are looked up and never opened: `annotation.imports.reading.archives`.
"""

import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from annotation.imports import uploads
from annotation.imports.reading import Limits, ReadingError, Unrecognized
from annotation.imports.reading.archives import Member, kind_of, members_of
from annotation.imports.reading.detection import compression_of
from annotation.imports.reading.opening import ENDINGS, PACKED_ENDINGS
from annotation.imports.reading.tape import BLOCK
from annotation.imports.reading.unpacking import Unpacked
from annotation.media.files import is_digest

ROW_ENDINGS = frozenset(ending for usual in ENDINGS.values() for ending in usual)
LIMITS = Limits()
CHUNK = 1 << 20


class Package:
    """The files of an archive, as its rows may name them: from where the rows lie, or from the top."""

    def __init__(self, members: Mapping[str, Member], folder: str) -> None:
        self._members = {_normal(name): member for name, member in members.items()}
        self._folder = folder
        self._by_digest = {digest: member for name, member in members.items() if (digest := _digest_in(name))}

    def named_by(self, sha256: str) -> Member | None:
        """The file that is called after its SHA-256, as those of a raw release are."""
        return self._by_digest.get(sha256)

    def find(self, path: str) -> Member | None:
        """The file that a row names, or None."""
        return self._members.get(_normal(posixpath.join(self._folder, path))) or self._members.get(_normal(path))


def make_ready(file_id: UUID) -> None:
    """Set the rows of an uploaded archive beside it; does nothing for a file that is none. Raises ReadingError.

    A packed tar is unpacked into a plain one first, since its files will be looked for in any order.
    """
    path = uploads.path_of(file_id)
    with path.open("rb") as file:
        head = file.read(BLOCK)
        compression = compression_of(head)
        packed = BufferedReader(Unpacked(_rewound(file), LIMITS, compression), CHUNK) if compression else None
        try:
            is_tape = packed is not None and kind_of(packed.peek(BLOCK)[:BLOCK]) == "tar"
        except ReadingError:
            return  # whoever reads it next says what is wrong with it
        if packed is not None and is_tape:
            _write(packed, uploads.tape_of(file_id))
        elif kind_of(head) is None:
            return
    with opened(file_id) as (members, _):
        _write(rows_of(members).open(), uploads.rows_beside(file_id))


@contextmanager
def package(file_id: UUID) -> Iterator[Package | None]:
    """The files that came with the rows of an upload; None where the rows came alone."""
    if not uploads.rows_beside(file_id).is_file():
        yield None
        return
    with opened(file_id) as (members, rows):
        yield Package(members, posixpath.dirname(rows.name))


@contextmanager
def opened(file_id: UUID) -> Iterator[tuple[Mapping[str, Member], Member]]:
    """Everything in an uploaded archive, and which of it are the rows. Raises ReadingError."""
    tape = uploads.tape_of(file_id)
    with (tape if tape.is_file() else uploads.path_of(file_id)).open("rb") as file:
        kind = kind_of(file.read(BLOCK))
        if kind is None:
            raise Unrecognized("This is no archive.")
        members = members_of(file, kind, LIMITS)
        yield members, rows_of(members)


def rows_of(members: Mapping[str, Member]) -> Member:
    """The one file with rows in it. Raises Unrecognized where there is none or more than one."""
    found = [member for name, member in members.items() if _is_rows(name)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Unrecognized(
            "The archive holds no file with rows: one .jsonl, .json, .csv or .parquet belongs beside the media."
        )
    names = ", ".join([*sorted(member.name for member in found)[:3], *(["…"] if len(found) > 3 else [])])
    raise Unrecognized(f"The archive holds {len(found)} files with rows ({names}); send them one by one.")


def _is_rows(name: str) -> bool:
    """Named like rows, and not one of the hidden files that desktops leave in archives."""
    parts = _normal(name).split("/")
    if any(part.startswith((".", "__MACOSX")) for part in parts):
        return False
    endings = [part for part in parts[-1].casefold().split(".")[1:] if part not in PACKED_ENDINGS]
    return bool(endings) and endings[-1] in ROW_ENDINGS


def _digest_in(name: str) -> str:
    """The SHA-256 that a file is called after; empty where it is called otherwise."""
    stem = name.rpartition("/")[2].partition(".")[0]
    return stem if is_digest(stem) else ""


def _normal(name: str) -> str:
    """A name without `./`, `//` and steps up, so that rows and archives that spell it otherwise still meet."""
    return posixpath.normpath("/" + name)[1:].lstrip("/")


def _write(source: BinaryIO, target: Path) -> None:
    """Whole or not at all. Raises ReadingError, and StorageFull where the disk is full."""
    draft = target.with_name(target.name + ".part")
    try:
        with draft.open("wb") as file:
            while piece := source.read(CHUNK):
                file.write(piece)
        draft.replace(target)
    except OSError as error:
        raise uploads.StorageFull from error
    finally:
        draft.unlink(missing_ok=True)


def _rewound(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    return file

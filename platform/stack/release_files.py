"""The files of frozen releases as one archive: packed with a backup, put back with a restore."""

import os
import tarfile
from pathlib import Path, PurePosixPath

from stack.errors import StackError

FOLDER = "releases"


def archive_of(dump: Path) -> Path:
    """Where the files that belong to a dump are."""
    return dump.with_name(f"{dump.name}.releases.tar")


def pack(home: Path, archive: Path) -> int:
    """Put every file of every finished release into the archive, and return how many there were.

    Packed after the dump was taken: a file is in place before the row that names it, so none can be missing.
    """
    files = sorted(path for path in (home / FOLDER).rglob("*") if path.is_file() and _is_finished(path, home))
    draft = archive.with_name(f".{archive.name}.part")
    try:
        with draft.open("xb") as file, tarfile.open(fileobj=file, mode="w") as packed:
            os.fchmod(file.fileno(), 0o600)
            for path in files:
                packed.add(path, arcname=str(path.relative_to(home / FOLDER)), recursive=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(archive)
    finally:
        draft.unlink(missing_ok=True)
    return len(files)


def unpack(archive: Path, home: Path) -> int:
    """Put the files back where they are missing, and return how many the archive holds. Only plain files and inside."""
    count = 0
    with tarfile.open(archive, mode="r:") as packed:
        for member in packed:
            path = PurePosixPath(member.name)
            if not member.isreg() or path.is_absolute() or ".." in path.parts:
                raise StackError(
                    f"{archive} holds {member.name!r}, which no release does; nothing after it was unpacked."
                )
            _put(packed, member, home / FOLDER / path)
            count += 1
    return count


def _put(packed: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = packed.extractfile(member)
    if source is None or target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("xb") as file:
        while block := source.read(2**20):
            file.write(block)


def _is_finished(path: Path, home: Path) -> bool:
    """Folders of attempts begin with a dot."""
    return not path.relative_to(home / FOLDER).parts[0].startswith(".")

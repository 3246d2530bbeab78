"""Files of frozen releases, and those that items show, as archives: packed with a backup, put back with a restore."""

import os
import tarfile
from contextlib import suppress
from pathlib import Path, PurePosixPath

from stack.errors import StackError

RELEASES, MEDIA = "releases", "media"
FOLDERS = (RELEASES, MEDIA)


def archive_of(dump: Path, folder: str = RELEASES) -> Path:
    """Where the files of a folder are that belong to a dump."""
    return dump.with_name(f"{dump.name}.{folder}.tar")


def pack(home: Path, archive: Path, folder: str = RELEASES) -> int:
    """Put every finished file of a folder of the home into the archive, and return how many there were.

    Packed after the dump was taken: a file is in place before the row that names it, so none can be missing that
    anything shows. What no item shows may be swept away meanwhile.
    """
    root = home / folder
    files = sorted(path for path in root.rglob("*") if path.is_file() and _is_finished(path, root))
    draft = archive.with_name(f".{archive.name}.part")
    try:
        with draft.open("xb") as file, tarfile.open(fileobj=file, mode="w") as packed:
            os.fchmod(file.fileno(), 0o600)
            for path in files:
                with suppress(FileNotFoundError):
                    packed.add(path, arcname=str(path.relative_to(root)), recursive=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(archive)
    finally:
        draft.unlink(missing_ok=True)
    return len(files)


def unpack(archive: Path, home: Path, folder: str = RELEASES) -> int:
    """Put the files back where they are missing, and return how many the archive holds. Only plain files and inside."""
    count = 0
    with tarfile.open(archive, mode="r:") as packed:
        for member in packed:
            path = PurePosixPath(member.name)
            if not member.isreg() or path.is_absolute() or ".." in path.parts:
                raise StackError(
                    f"{archive} holds {member.name!r}, which no release does; nothing after it was unpacked."
                )
            _put(packed, member, home / folder / path)
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


def _is_finished(path: Path, root: Path) -> bool:
    """Folders of attempts and of drafts begin with a dot."""
    return not path.relative_to(root).parts[0].startswith(".")

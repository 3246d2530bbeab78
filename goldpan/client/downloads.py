"""A file of a release, fetched so that it is whole or absent, and goes on where it broke off."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

from goldpan.client import endpoints
from goldpan.client.connection import Connection
from goldpan.client.errors import Damaged

BLOCK = 2**18
UNFINISHED = ".part"


def download(connection: Connection, release_id: str, file: Mapping[str, Any], folder: Path) -> Path:
    """The file of a manifest's entry, below the folder. Raises Damaged where it is not what the manifest says."""
    target = folder / _inside(file["path"])
    if target.is_file() and target.stat().st_size == file["bytes"] and _digest(target) == file["sha256"]:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + UNFINISHED)
    was_begun = part.exists()
    _fetch_patiently(connection, release_id, file, part)
    if not _is_right(part, file) and was_begun:  # what lay there may have been of something else
        part.unlink()
        _fetch_patiently(connection, release_id, file, part)
    if not _is_right(part, file):
        part.unlink()
        raise Damaged(f"{file['path']} does not have the checksum that the manifest names. Nothing of it was kept.")
    part.replace(target)
    return target


def _inside(path: str) -> PurePosixPath:
    """A path that leads nowhere but into the folder, whatever a server says. Raises Damaged."""
    inside = PurePosixPath(path)
    if not inside.parts or inside.is_absolute() or ".." in inside.parts or "\\" in path or ":" in path:
        raise Damaged(f"The manifest names a file that would not lie in the folder: {path!r}.")
    return inside


def _fetch_patiently(connection: Connection, release_id: str, file: Mapping[str, Any], part: Path) -> None:
    connection.patiently(lambda: _fetch(connection, release_id, file, part), reached=lambda: _size(part))


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _fetch(connection: Connection, release_id: str, file: Mapping[str, Any], part: Path) -> None:
    """Go on behind what lies there. The server sends everything anew where its file is another one."""
    have = _size(part)
    if have >= file["bytes"] > 0:
        return
    headers = {"Range": f"bytes={have}-", "If-Range": f'"{file["sha256"]}"'} if have else {}
    with connection.stream(endpoints.FILE, headers=headers, release_id=release_id, path=file["path"]) as answer:
        is_rest = answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        with part.open("ab" if is_rest else "wb") as out:
            _write(answer.iter_raw(), out, at_most=file["bytes"] - (have if is_rest else 0), path=file["path"])


def _write(pieces: Any, out: IO[bytes], *, at_most: int, path: str) -> None:
    left = at_most
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise Damaged(f"{path} is longer than the manifest says. It was not read to its end.")
        out.write(piece)
    out.flush()
    os.fsync(out.fileno())


def _is_right(part: Path, file: Mapping[str, Any]) -> bool:
    return bool(part.stat().st_size == file["bytes"] and _digest(part) == file["sha256"])


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()

"""The files that rows name: put beside the rows, or read into them."""

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from curation.recipes import Row
from curation.recipes.files import digest_of


class SpoiltFile(Exception):
    """A file is not what it was when its project took it. The argument is its SHA-256 from then."""


class Shown:
    """What the rows of one split show.

    `names_in` gives the names in a row, `source` says where the file with a SHA-256 lies.
    """

    def __init__(self, names_in: Callable[[Row], Sequence[str]], source: Callable[[str], Path]) -> None:
        self._names_in, self._source = names_in, source
        self.names: dict[str, None] = {}

    def see(self, row: Row) -> int:
        """Remember what a row shows; how many bytes that is."""
        names = self._names_in(row)
        if not names:
            return 0
        self.names.update(dict.fromkeys(names))
        return sum(self._path(name).stat().st_size for name in names)

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises SpoiltFile."""
        content = self._path(name).read_bytes()
        require_whole(name, hashlib.sha256(content).hexdigest())
        return content

    def put_beside(self, folder: Path) -> None:
        """Give every file its name below this folder. They never change, so a second name is as good as a copy."""
        for name in self.names:
            target = folder / name
            if not target.exists():
                target.parent.mkdir(exist_ok=True)
                _link(self._path(name), target)

    def _path(self, name: str) -> Path:
        return self._source(digest_of(name))


def require_whole(name: str, digest: str) -> None:
    """Hold what is in a file now against its name. Raises SpoiltFile."""
    if digest_of(name) != digest:
        raise SpoiltFile(digest_of(name))


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no second names
        shutil.copyfile(source, target)
        with target.open("rb") as file:
            os.fsync(file.fileno())

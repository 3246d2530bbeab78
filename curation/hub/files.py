"""Files as a push sees them, and whether the Hub holds the same."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

SAMPLE = 512  # bytes that the Hub wants to see to choose how it keeps a file
LARGEST_INSIDE = 10 * 2**20  # bytes of a file that stands in the commit itself


class NotWhatItWas(Exception):
    """The bytes on the disk are not those that were frozen."""


@dataclass(frozen=True)
class Sent:
    """A file with what is known of it. Its bytes were compared with its digest before."""

    path: str
    place: Path
    size: int
    sha256: str

    @property
    def must_be_large(self) -> bool:
        """Whether it goes to the store of large files whatever the Hub would choose."""
        return self.size > 0 and (self.path.endswith(".parquet") or self.size > LARGEST_INSIDE)

    @property
    def sample(self) -> str:
        with self.place.open("rb") as file:
            return base64.b64encode(file.read(SAMPLE)).decode()

    @property
    def content(self) -> str:
        """All of it. Raises NotWhatItWas: between the first look at it and now somebody may have written there."""
        read = self.place.read_bytes()
        if sha256(read).hexdigest() != self.sha256:
            raise NotWhatItWas
        return base64.b64encode(read).decode()

    @cached_property
    def names(self) -> frozenset[str]:
        """By which names the Hub may know these bytes: the digest of a large file, or git's of a small one."""
        if self.size > LARGEST_INSIDE:
            return frozenset({self.sha256})
        blob = self.place.read_bytes()
        # Git names what it holds so; nothing is guarded by it.
        named = sha1(b"blob %d\0" % len(blob) + blob, usedforsecurity=False).hexdigest()
        return frozenset({self.sha256, named})

    def is_told_by(self, told: Mapping[str, Any]) -> bool:
        """Whether this is what a listing of the Hub tells of a path."""
        large = told.get("lfs")
        return (large.get("oid") if isinstance(large, Mapping) else told.get("oid")) in self.names

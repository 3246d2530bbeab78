"""From what a row says that it shows to the file itself, cleaned and written to the disk."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from annotation.imports.canonical import CanonicalItem, MediaRef, Message, Refused, tag_identical
from annotation.imports.canonical.wording import quoted
from annotation.imports.packages import Package
from annotation.imports.reading import ReadingError
from annotation.media.drafts import Drafted, draft
from annotation.media.files import is_digest
from annotation.media.workshop import Unusable, Workshop

MOST_AN_ITEM = 64


class Shelf:
    """The files that came with an import: those of its archive, and those that stood inside its rows.

    Not thread-safe. What it drafted stays until somebody places or discards it.
    """

    def __init__(self, package: Package | None, spilled: Path, workshop: Workshop) -> None:
        self._package, self._spilled, self._workshop = package, spilled, workshop

    @property
    def has_files(self) -> bool:
        """Whether files came with the rows, or may stand inside them."""
        return self._package is not None or self._spilled.is_dir()

    def settle(self, item: CanonicalItem, drafts: dict[str, Drafted]) -> list[Drafted]:
        """Make files of the paths in a validated item, and return them; `drafts` are those made before, by source.

        References by SHA-256 are left for whoever knows the project. Raises `Refused`.
        """
        turns = [message for message in turns_of(item) if "media" in message]
        if sum(len(message["media"]) for message in turns) > MOST_AN_ITEM:
            raise Refused(f"The item shows more than {MOST_AN_ITEM} files.")
        found = [self._settled(message, place, drafts) for message in turns for place in range(len(message["media"]))]
        tag_identical(item)
        return [one for one in found if one is not None]

    def _settled(self, message: Message, place: int, drafts: dict[str, Drafted]) -> Drafted | None:
        ref = message["media"][place]
        if "sha256" in ref and not self._has(ref["sha256"]):
            return None
        kind = next(name for name in ("sha256", "path", "spilled") if name in ref)
        source = f"{kind}:{ref[kind]}"
        if source not in drafts:
            drafts[source] = self._draft(ref)
        one = drafts[source]
        if ref.get("sha256") not in (None, one.sha256):
            raise Refused(f"The file called {quoted(ref['sha256'])} has another SHA-256.")
        name = ref.get("name") or ref.get("path", "")
        message["media"][place] = settled(one.sha256, one.cleaned.type.kind, one.cleaned.type.name, name)
        return one

    def _draft(self, ref: MediaRef) -> Drafted:
        try:
            with self._opened(ref) as source:
                return draft(self._workshop, source, most=settings.MAX_MEDIA_BYTES)
        except (Unusable, ReadingError) as fault:
            called = ref.get("path") or ref.get("name") or ref.get("sha256")
            named = f"The file {quoted(called)}" if called else "A file inside the row"
            told = f"{named} {fault}." if isinstance(fault, Unusable) else f"{named} cannot be read. {fault}"
            raise Refused(told) from None

    def _has(self, sha256: str) -> bool:
        return self._package is not None and self._package.named_by(sha256) is not None

    def _opened(self, ref: MediaRef) -> BinaryIO:
        if "sha256" in ref and self._package is not None:
            found = self._package.named_by(ref["sha256"])
            assert found is not None
            return found.open()
        if "path" in ref:
            return self._member(ref["path"])
        if is_digest(ref["spilled"]) and (self._spilled / ref["spilled"]).is_file():
            return (self._spilled / ref["spilled"]).open("rb")
        raise Refused("A file that the row speaks of did not come with it.")

    def _member(self, path: str) -> BinaryIO:
        if self._package is None:
            raise Refused(
                f"The row shows the file {quoted(path)} and came without any. Send a zip or tar of rows and files."
            )
        found = self._package.find(path)
        if found is None:
            raise Refused(f"The archive holds no file {quoted(path)}.")
        return found.open()


def turns_of(item: CanonicalItem) -> Iterator[Message]:
    """Every turn of the prompt and of the responses."""
    return chain(item.messages, *(response.messages for response in item.responses))


def refs_of(item: CanonicalItem) -> Iterator[MediaRef]:
    """Everything that an item shows."""
    return (ref for message in turns_of(item) for ref in message.get("media", ()))


def settled(sha256: str, kind: str, type_: str, name: str) -> MediaRef:
    """A reference as items store it."""
    known: MediaRef = {"sha256": sha256, "kind": kind, "type": type_}
    return {**known, "name": name[-200:]} if name else known

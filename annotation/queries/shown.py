"""The files that an item shows, as pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from annotation.models import ItemMedia, Media
from projects.models import Project

NOUNS = {"image": "Picture", "audio": "Sound", "video": "Film"}


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file: where it is, how large (pixels), and what to call it where it cannot be seen or heard."""

    kind: str
    address: str
    small: str
    """The address of its thumbnail; empty for sound and films."""
    alt: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one item, by SHA-256, in its project."""

    slug: str = ""
    known: Mapping[str, Media] = field(default_factory=dict)

    def of(self, messages: Sequence[Mapping[str, Any]], owner: str) -> list[list[ShownFile]]:
        """For each turn what it shows; `owner` is a response's letter, or P for the prompt."""
        whose = "the prompt" if owner == "P" else f"response {owner}"
        count = 0
        found: list[list[ShownFile]] = []
        for message in messages:
            files = []
            for ref in message.get("media", ()):
                one = self.known.get(ref["sha256"])
                if one is not None:
                    count += 1
                    files.append(self._shown(one, f"{NOUNS[one.kind]} {count} of {whose}", ref.get("name", "")))
            found.append(files)
        return found

    def _shown(self, one: Media, alt: str, name: str) -> ShownFile:
        address = reverse("annotation:media", args=[self.slug, one.sha256])
        return ShownFile(
            kind=one.kind,
            address=address,
            small=f"{address}small/" if one.kind == Media.Kind.IMAGE else "",
            alt=f"{alt}: {name}" if name else alt,
            width=one.width,
            height=one.height,
        )


NO_FILES = Files()


def files_of(project: Project, conversations: Iterable[Sequence[Mapping[str, Any]]]) -> Files:
    """What these turns show; asks the database only where they show anything."""
    wanted = {ref["sha256"] for turns in conversations for turn in turns for ref in turn.get("media", ())}
    if not wanted:
        return NO_FILES
    found = Media.objects.filter(project=project, sha256__in=wanted)
    return Files(project.slug, {one.sha256: one for one in found})


def thumbnails(project: Project, item_ids: Sequence[int]) -> dict[int, str]:
    """The address of the first picture, made small, of each of these items that shows one."""
    shown = ItemMedia.objects.filter(item__in=item_ids, media__kind=Media.Kind.IMAGE)
    first = shown.order_by("item", "pk").distinct("item").values_list("item", "media__sha256")
    return {item: reverse("annotation:media-thumbnail", args=[project.slug, sha256]) for item, sha256 in first}

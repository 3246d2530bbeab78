"""Files that rows show: by a path in the archive, by the SHA-256 of one that is here already, or inside the row.

Nothing is fetched and nothing is opened here. A reference becomes a file in `annotation.imports.shelf`.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, cast

from annotation.imports.adapters.cells import opened
from annotation.imports.canonical import MediaRef, Message, Refused
from annotation.imports.canonical.wording import describe, quoted

PARTS = {
    "image": ("image", "path", "url"),
    "image_url": ("image_url",),
    "input_image": ("image_url", "image"),
    "audio": ("audio", "path", "url"),
    "audio_url": ("audio_url",),
    "video": ("video", "path", "url"),
    "video_url": ("video_url",),
}
"""Parts of a content that show something, and the fields that may say what."""
INSIDE = frozenset({"input_audio", "file", "input_file", "document"})
_address = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_windows = re.compile(r"[a-z]:[\\/]", re.IGNORECASE)


def files_of(value: Any, name: str) -> list[MediaRef]:
    """The files that a field names: one or a list of them, each a path, a reference or a picture as Parquet has it.

    Raises `Refused` for addresses on the network and for files written out inside the row.
    """
    value = opened(value, "[") if isinstance(value, str) else value
    if value is None or value == "":
        return []
    return [_file(one, name) for one in (value if isinstance(value, list) else [value])]


def shows(kind: Any) -> bool:
    """Whether a part of this type shows something."""
    return kind in PARTS or kind in INSIDE


def part_of(part: dict[str, Any], name: str) -> MediaRef:
    """What a part of a message's content shows; a part that does not say so is a `place`. Raises `Refused`."""
    kind = part["type"]
    if kind in INSIDE or isinstance(part.get("source"), dict):
        raise Refused(f"{name} has {_article(kind)} written out inside the row; {_AS_FILE}")
    said = next((part[field] for field in PARTS[kind] if part.get(field)), None)
    if isinstance(said, dict) and "url" in said:
        said = said["url"]
    return {"place": kind} if said is None else _file(said, name)


def place_in(messages: Iterable[Message]) -> str | None:
    """The type of the first part that says that something is shown, and not what."""
    return next((ref["place"] for message in messages for ref in message.get("media", ()) if "place" in ref), None)


def placed(messages: list[Message], files: Sequence[MediaRef]) -> list[Message]:
    """Messages with the files of a column where they say that something is shown, else with the first user turn.

    Raises `Refused` where there are more places than files, or fewer.
    """
    places = sum("place" in ref for message in messages for ref in message.get("media", ()))
    if places:
        if places != len(files):
            raise Refused(f"The messages show {places} files, and the row holds {len(files)}.")
        left = iter(files)
        return [_filled(message, left) for message in messages]
    if not files:
        return messages
    for at, message in enumerate(messages):
        if message["role"] == "user":
            shown: Message = {**message, "media": [*files, *message.get("media", [])]}
            return [*messages[:at], shown, *messages[at + 1 :]]
    raise Refused("The row holds files, and no turn of a user that could show them.")


def _filled(message: Message, left: Any) -> Message:
    if "media" not in message:
        return message
    return {**message, "media": [next(left) if "place" in ref else ref for ref in message["media"]]}


def _file(value: Any, name: str) -> MediaRef:
    if isinstance(value, str):
        return {"path": _path(value, name)}
    if not isinstance(value, dict):
        raise Refused(f"{name} shows {describe(value)}, which is no file.")
    known = cast("MediaRef", {"name": value["name"]} if value.get("name") else {})
    if value.get("sha256"):
        return {"sha256": value["sha256"], **known}
    if value.get("spilled"):
        return {"spilled": value["spilled"], **({"name": _last(value["path"])} if value.get("path") else known)}
    if isinstance(value.get("path"), str) and value["path"]:
        return {"path": _path(value["path"], name), **known}
    raise Refused(f"{name} shows a file with neither a path nor a sha256.")


def _path(value: str, name: str) -> str:
    if value[:5].casefold() == "data:":
        raise Refused(f"{name} has a file written out inside the row; {_AS_FILE}")
    if _address.match(value) and not _windows.match(value):
        raise Refused(f"{name} shows a file at an address ({quoted(value)}). Nothing is fetched; {_AS_FILE}")
    return value


def _last(path: Any) -> str:
    """What a picture inside a row was called, without the folders of somebody's disk."""
    return str(path).replace("\\", "/").rsplit("/", 1)[-1][-200:]


def _article(kind: str) -> str:
    return "a sound" if "audio" in kind else "a file"


_AS_FILE = "put it into an archive with the rows, and name its path."

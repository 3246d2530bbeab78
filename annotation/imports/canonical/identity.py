"""What makes two rows the same item, and what makes two items share a split."""

import json
import unicodedata
from hashlib import sha256
from typing import Any

from annotation.imports.canonical.shapes import CanonicalItem, Message

LONGEST_GROUP = 64


def content_digest(item: CanonicalItem) -> bytes:
    """SHA-256 of who says what in the prompt and in each response, in the order given; calls and thoughts are said too,
    and so are files, by their own SHA-256.

    Texts count byte for byte. Models, keys, labels and provenance do not count. For a validated item only.
    """
    # No text holds a NUL and no role is empty, so an empty one can only mean that the next response begins.
    parts = _turns(item.messages)
    for response in item.responses:
        parts.append("")
        parts += _turns(response.messages)
    return sha256("\0".join(parts).encode()).digest()


def name_of(item: CanonicalItem, digest: bytes) -> str:
    """The key of an item: the one given, else its content with the principle and the criteria of its own, if any.

    The same responses preferred under two principles, or judged by two lists of criteria, are two items.
    `digest` is that of its content.
    """
    if item.key:
        return item.key
    if not (item.principle or item.rubric):
        return digest.hex()
    judged_by = json.dumps([item.principle or "", item.rubric], ensure_ascii=False, sort_keys=True)
    return sha256(digest + judged_by.encode()).hexdigest()


def group_key(item: CanonicalItem) -> str:
    """The split group: the one given, else a hash of the first user turn without case, width and spacing, with what it
    shows.

    At most 64 characters. A longer group of the file's own stands as its hash.
    """
    if item.group:
        return item.group if len(item.group) <= LONGEST_GROUP else sha256(item.group.encode()).hexdigest()
    return sha256(_normalized(_first_user_turn(item.messages)).encode()).hexdigest()


def _turns(messages: list[Message]) -> list[str]:
    return [part for message in messages for part in _said(message)]


def _said(message: Message) -> list[str]:
    said = [message["role"], message["content"]]
    if len(message) == 2:
        return said
    more: dict[str, Any] = {name: value for name, value in message.items() if name not in {"role", "content"}}
    if "media" in more:
        more["media"] = shown(message)
    # No role is called so: what stands in the place of a role tells where the rest of a turn begins.
    return [*said, "more", json.dumps(more, ensure_ascii=False, sort_keys=True)]


def shown(message: Message) -> list[str]:
    """Which files a turn shows, by what is in them: their names do not count."""
    return [one["sha256"] for one in message.get("media", ())]


def _first_user_turn(messages: list[Message]) -> str:
    for message in messages:
        if message["role"] == "user":
            return "\n".join([message["content"], *shown(message)])
    return "\n".join(message["content"] for message in messages)


def _normalized(text: str) -> str:
    wide = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return " ".join(wide.casefold().split())

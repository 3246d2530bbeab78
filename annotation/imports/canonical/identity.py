"""What makes two rows the same item, and what makes two items share a split."""

import unicodedata
from hashlib import sha256

from annotation.imports.canonical.shapes import CanonicalItem, Message

LONGEST_GROUP = 64


def content_digest(item: CanonicalItem) -> bytes:
    """SHA-256 of who says what in the prompt and in each response, in the order given.

    Texts count byte for byte. Models, keys, labels and provenance do not count. For a validated item only.
    """
    # No text holds a NUL and no role is empty, so an empty one can only mean that the next response begins.
    parts = _turns(item.messages)
    for response in item.responses:
        parts.append("")
        parts += _turns(response.messages)
    return sha256("\0".join(parts).encode()).digest()


def group_key(item: CanonicalItem) -> str:
    """The split group: the one given, else a hash of the first user turn without case, width and spacing.

    At most 64 characters. A longer group of the file's own stands as its hash.
    """
    if item.group:
        return item.group if len(item.group) <= LONGEST_GROUP else sha256(item.group.encode()).hexdigest()
    return sha256(_normalized(_first_user_turn(item.messages)).encode()).hexdigest()


def _turns(messages: list[Message]) -> list[str]:
    return [part for message in messages for part in (message["role"], message["content"])]


def _first_user_turn(messages: list[Message]) -> str:
    for message in messages:
        if message["role"] == "user":
            return message["content"]
    return "\n".join(message["content"] for message in messages)


def _normalized(text: str) -> str:
    wide = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return " ".join(wide.casefold().split())

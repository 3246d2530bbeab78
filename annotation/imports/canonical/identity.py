"""What makes two rows the same item, and what makes two items share a split."""

import json
import unicodedata
from hashlib import sha256

from annotation.imports.canonical.shapes import CanonicalItem, Message

LONGEST_GROUP = 64

_canonical_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def content_digest(item: CanonicalItem) -> bytes:
    """SHA-256 of who says what in the prompt and in each response, in the order given.

    Texts count byte for byte. Models, keys, labels and provenance do not count.
    """
    shown = [_turns(item.messages), *(_turns(response.messages) for response in item.responses)]
    return sha256(_canonical_json(shown).encode()).digest()


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
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

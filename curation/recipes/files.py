"""Pictures, sound and films in rows: named by their digests, lying beside the rows or embedded in them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from annotation.media.inside.table import TYPES
from curation.recipes.records import ItemRecord, Message

FOLDER = "files"
EMBEDDED = {b"goldpan": b"picture"}
"""On a column of names whose files Parquet holds itself (`curation.files.columnar`)."""


def name_of(ref: Mapping[str, Any]) -> str:
    """Where a file lies, from the folder of its recipe."""
    return f"{FOLDER}/{ref['sha256']}.{TYPES[ref['type']].ending}"


def digest_of(name: str) -> str:
    """The SHA-256 of the file with this name."""
    return name.removeprefix(f"{FOLDER}/").partition(".")[0]


def pictures(name: str) -> pa.Field:
    """A column with a list of pictures, never null: names in JSON lines, the pictures themselves in Parquet."""
    return pa.field(name, pa.list_(pa.string()), nullable=False, metadata=EMBEDDED)


def refs_of(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """What these turns show, in order."""
    return [ref for turn in messages for ref in turn.get("media", ())]


def shows_files(item: ItemRecord) -> bool:
    """Whether an item shows any."""
    for turn in item.messages:
        if turn.get("media"):
            return True
    for response in item.responses:
        for turn in response["messages"]:
            if turn.get("media"):
                return True
    return False


def shown_by(item: ItemRecord) -> Iterator[dict[str, Any]]:
    """What an item shows."""
    for messages in (item.messages, *(response["messages"] for response in item.responses)):
        yield from refs_of(messages)

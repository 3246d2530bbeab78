"""What items show, as models are shown it: bytes out of our own store, or a sentence that says why not.

A model that cannot see is never asked about an item as if it showed nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotation.media import files
from annotation.media.inside.table import TYPES
from annotation.models import Item
from modelhooks.judging.chat import LARGEST_PICTURE
from modelhooks.judging.pictures import Resolve
from modelhooks.models import Checkpoint
from modelhooks.sight import reads_prompts, sees

Turns = Sequence[Mapping[str, Any]]


def why_unseen(item: Item, checkpoint: Checkpoint) -> str:
    """Why the checkpoint cannot be asked about what the item shows; empty where it can, or where there is nothing."""
    if any(any(True for _ in _shown(response["messages"])) for response in item.responses):
        return "A response shows something, and models are shown the pictures of prompts alone."
    return why_prompt_unseen(item.messages, checkpoint)


def why_prompt_unseen(messages: Turns, checkpoint: Checkpoint) -> str:
    """The same about a prompt alone."""
    shown = list(_shown(messages))
    if not shown or not reads_prompts(checkpoint):
        return ""
    if not sees(checkpoint):
        return f"Its prompt shows something, and {checkpoint.name} sees no pictures."
    if any(one.get("kind") != "image" for one in shown):
        return "Its prompt has sound or a film, and models are shown pictures alone."
    return ""


def typed(messages: Turns) -> tuple[dict[str, Any], ...]:
    """The turns with the types that servers know for what they show: names of our table say nothing to them."""
    return tuple(
        {**turn, "media": [_typed(one) for one in turn["media"]]} if turn.get("media") else dict(turn)
        for turn in messages
    )


def resolver(project_id: int) -> Resolve:
    """Finds the bytes of what items of this project show. Metadata were taken out when they came in."""

    def resolve(media: Mapping[str, Any]) -> bytes | None:
        return files.content_of(project_id, str(media.get("sha256")), most=LARGEST_PICTURE)

    return resolve


def _shown(messages: Turns) -> Iterable[Mapping[str, Any]]:
    return (one for turn in messages for one in turn.get("media") or ())


def _typed(one: Mapping[str, Any]) -> dict[str, str]:
    """What tells a picture apart and nothing that people called it."""
    known = TYPES.get(str(one.get("type")))
    return {"sha256": str(one.get("sha256")), "type": known.content_type if known else ""}

"""Pictures of a prompt, as they are shown to a judge that sees."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from modelhooks.judging.chat import LARGEST_PICTURE, PICTURES, Picture

# From what a message says of its media to the bytes in our own store; None where they are not there any more.
Resolve = Callable[[Mapping[str, Any]], bytes | None]
MOST = 16
MOST_TOGETHER = 20 * 2**20  # bytes


class Unseen(Exception):
    """Something is shown that this judge cannot look at; the text says what."""


def pictures(messages: Sequence[Mapping[str, Any]], resolve: Resolve | None) -> tuple[Picture, ...]:
    """All pictures of the messages, in their order. Raises Unseen rather than leave one out.

    `resolve` is None for a judge without eyes.
    """
    shown = [one for message in messages for one in message.get("media") or ()]
    if not shown:
        return ()
    if resolve is None:
        raise Unseen("The prompt shows something, and this judge sees no pictures.")
    if len(shown) > MOST:
        raise Unseen(f"The prompt shows more than {MOST} pictures.")
    found, size = [], 0
    for one in shown:
        found.append(_picture(one, resolve))
        size += len(found[-1].content)
        if size > MOST_TOGETHER:
            raise Unseen(f"The pictures of the prompt have more than {MOST_TOGETHER:,} bytes together.")
    return tuple(found)


def _picture(media: Mapping[str, Any], resolve: Resolve) -> Picture:
    media_type = str(media.get("type"))
    if media_type not in PICTURES:
        raise Unseen("The prompt shows something that is no picture.")
    content = resolve(media)
    if content is None or len(content) > LARGEST_PICTURE:
        raise Unseen("A picture of the prompt is not there, or too large to be sent.")
    return Picture(media_type, content)

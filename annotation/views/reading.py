"""An item's texts as the page of the item shows them, rendered in one round trip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from annotation.models import Item
from annotation.queries.item import Response
from annotation.views.desk import SPEAKERS, Turn
from ui.rendering import Source, render_many


@dataclass(frozen=True, slots=True)
class Column:
    """One response with its rendered turns."""

    response: Response
    turns: list[Turn]


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything there is to read in an item."""

    principle: SafeString | None
    prompt: list[Turn]
    columns: list[Column]

    @property
    def is_chat(self) -> bool:
        return len(self.prompt) > 1


def lay_out(item: Item, responses: Sequence[Response]) -> Texts:
    """Render the prompt, its principle and the responses."""
    sources = [item.principle] if item.principle else []
    sources += [turn["content"] for turns in (item.messages, *(one.messages for one in responses)) for turn in turns]
    html = (each.html for each in render_many([Source(str(text)) for text in sources]))
    return Texts(
        principle=next(html) if item.principle else None,
        prompt=_turns(item.messages, html),
        columns=[Column(response, _turns(response.messages, html)) for response in responses],
    )


def _turns(messages: Sequence[dict[str, Any]], html: Iterator[SafeString]) -> list[Turn]:
    return [Turn(SPEAKERS.get(message["role"], message["role"]), next(html)) for message in messages]

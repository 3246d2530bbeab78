"""An item's texts as the page of the item shows them, rendered in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from annotation.folds import Room
from annotation.models import Item
from annotation.queries.item import Response
from annotation.queries.shown import files_of
from annotation.views.turns import Turn, laid_out
from annotation.views.turns import texts as texts_of
from ui.rendering import Source, render_many


@dataclass(frozen=True, slots=True)
class Column:
    """One response with its rendered turns."""

    response: Response
    turns: list[Turn]

    @property
    def is_counted(self) -> bool:
        """Whether the number of its words says something: nobody counts those of a picture alone."""
        return bool(self.response.words) or not any(turn.files for turn in self.turns)


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything there is to read in an item."""

    principle: SafeString | None
    prompt: list[Turn]
    columns: list[Column]
    is_whole: bool

    @property
    def is_chat(self) -> bool:
        return len(self.prompt) > 1


def lay_out(item: Item, responses: Sequence[Response], *, whole: bool = False) -> Texts:
    """Render the prompt, its principle and the responses; `whole` also shows in full what is folded."""
    sources = [item.principle] if item.principle else []
    sources += [text for turns in (item.messages, *(one.messages for one in responses)) for text in texts_of(turns)]
    html = (each.html for each in render_many([Source(str(text)) for text in sources]))
    room = Room(is_endless=whole)
    principle = next(html) if item.principle else None
    files = files_of(item.project, [item.messages, *(one.messages for one in responses)])
    prompt = laid_out(item.messages, html, owner="P", room=room, as_written=whole, files=files)
    return Texts(
        principle=principle,
        prompt=prompt,
        columns=[
            Column(
                response,
                laid_out(
                    response.messages,
                    html,
                    owner=response.letter,
                    room=room,
                    after=len(prompt),
                    as_written=whole,
                    files=files,
                ),
            )
            for response in responses
        ],
        is_whole=whole,
    )

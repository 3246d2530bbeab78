"""One item as the labeling page draws it: every text rendered in one round trip, every question as a block."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from django.utils.safestring import SafeString

from annotation.queries.label import Workspace
from annotation.views import dock
from ui.rendering import Source, raw_source, render_many

SPEAKERS = {"system": "System", "user": "User", "assistant": "Assistant", "tool": "Tool"}


@dataclass(frozen=True, slots=True)
class Turn:
    speaker: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Column:
    """One response under its letter."""

    letter: str
    words: int
    turns: list[Turn]


@dataclass(frozen=True, slots=True)
class Desk:
    """What `annotation/label.html` shows of a workspace."""

    workspace: Workspace
    prompt: list[Turn]
    columns: list[Column]
    blocks: list[dock.Block]
    keys: list[tuple[str, str]]
    principle: SafeString | None
    seconds_left: int

    @property
    def is_chat(self) -> bool:
        return len(self.prompt) > 1

    @property
    def in_sides(self) -> list[dock.Block]:
        """Questions that are answered inside the responses' texts, which they draw."""
        return [block for block in self.blocks if block.kind.side_template]

    @property
    def in_column(self) -> list[dock.Block]:
        """Questions that stand beside the responses."""
        return [block for block in self.blocks if block.kind.is_column]

    @property
    def in_dock(self) -> list[dock.Block]:
        """Questions of the dock."""
        return [block for block in self.blocks if not block.kind.is_column]

    @property
    def styles(self) -> list[str]:
        return dock.assets(self.workspace.questions)[1]

    @property
    def scripts(self) -> list[str]:
        return dock.assets(self.workspace.questions)[0]


def lay_out(workspace: Workspace, *, now: datetime, errors: Mapping[str, str] | None = None) -> Desk:
    """Render a workspace for reading, and what its kinds of question want rendered with it."""
    wanted = dock.texts(workspace.questions, workspace.subject)
    own = [text for texts in wanted for text in texts]
    rendered = iter([each.html for each in render_many([Source(text) for text in [*_texts(workspace), *own]])])
    desk = _desk(workspace, rendered, now)
    html = [list(islice(rendered, len(texts))) for texts in wanted]
    blocks = dock.blocks(workspace.questions, workspace.subject, workspace.fields, errors, html)
    return replace(desk, blocks=blocks)


def lay_out_raw(workspace: Workspace, *, now: datetime) -> Desk:
    """The texts as they were written, invisible characters shown; no question is drawn."""
    return _desk(workspace, map(raw_source, _texts(workspace)), now)


def _desk(workspace: Workspace, html: Iterator[SafeString], now: datetime) -> Desk:
    return Desk(
        workspace=workspace,
        principle=next(html) if workspace.principle else None,
        prompt=_turns(workspace.messages, html),
        columns=[Column(side.letter, side.words, _turns(side.messages, html)) for side in workspace.sides],
        blocks=[],
        keys=dock.keys(workspace.questions),
        seconds_left=max(0, int((workspace.expires_at - now).total_seconds())) if workspace.expires_at else 0,
    )


def _turns(messages: list[dict[str, str]], html: Iterator[SafeString]) -> list[Turn]:
    return [Turn(SPEAKERS.get(message["role"], message["role"]), next(html)) for message in messages]


def _texts(workspace: Workspace) -> Iterator[str]:
    """In the order in which `_desk` takes them."""
    if workspace.principle:
        yield workspace.principle
    for messages in (workspace.messages, *(side.messages for side in workspace.sides)):
        yield from (message["content"] for message in messages)

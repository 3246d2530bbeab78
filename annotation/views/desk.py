"""One item as the labeling page draws it: every text rendered in one round trip, every question as a block."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from django.utils.safestring import SafeString

from annotation.folds import Room
from annotation.queries.label import Workspace
from annotation.queries.shown import ShownFile
from annotation.services.forms import TAKEN
from annotation.views import dock
from annotation.views.turns import Turn, laid_out, parted, texts
from ui.rendering import Source, raw_source, render_many


@dataclass(frozen=True, slots=True)
class Column:
    """One response under its letter."""

    letter: str
    words: int
    turns: list[Turn]

    @property
    def files(self) -> list[ShownFile]:
        """Everything that it shows."""
        return [file for turn in self.turns for file in turn.files]

    @property
    def is_more_than_text(self) -> bool:
        """Whether there is more to read than the response's text: calls, results, thoughts, other speakers."""
        return len(self.turns) > 1 or any(turn.folds or turn.thought for turn in self.turns)

    @property
    def numbers(self) -> str:
        """Which turns of the conversation these are."""
        first, last = self.turns[0].number, self.turns[-1].number
        return f"Turn {first}" if first == last else f"Turns {first}–{last}"


@dataclass(frozen=True, slots=True)
class Desk:
    """What `annotation/label.html` shows of a workspace."""

    workspace: Workspace
    earlier: list[Turn]
    prompt: list[Turn]
    columns: list[Column]
    blocks: list[dock.Block]
    keys: list[tuple[str, str]]
    principle: SafeString | None
    seconds_left: int

    @property
    def is_chat(self) -> bool:
        return len(self.earlier) + len(self.prompt) > 1

    @property
    def has_turns(self) -> bool:
        """Whether there is more than one turn to jump between."""
        return self.is_chat or any(len(column.turns) > 1 for column in self.columns)

    @property
    def has_folds(self) -> bool:
        """Whether some turn has calls, results or thoughts to open."""
        turns = [*self.earlier, *self.prompt, *(turn for column in self.columns for turn in column.turns)]
        return any(turn.folds or turn.thought for turn in turns)

    @property
    def has_two_texts(self) -> bool:
        """Whether there are words on both sides, so that they can be held against each other."""
        return len(self.columns) == 2 and all(column.words or column.is_more_than_text for column in self.columns)

    @property
    def comparable(self) -> str:
        """What both of two responses show: images, or recordings; empty where there is nothing to hold together."""
        kinds = [{file.kind for file in column.files} for column in self.columns]
        if len(kinds) == 2 and all("image" in each for each in kinds):
            return "images"
        return "recordings" if kinds and all(each & {"audio", "video"} for each in kinds) else ""

    @property
    def has_own_j_and_k(self) -> bool:
        """Whether a kind of question says itself where J and K lead."""
        return any(key == "J K" for key, _ in self.keys)

    @property
    def has_images(self) -> bool:
        """Whether there is a picture to look at more closely."""
        turns = [*self.earlier, *self.prompt, *(turn for column in self.columns for turn in column.turns)]
        return any(file.kind == "image" for turn in turns for file in turn.files)

    @property
    def can_take(self) -> bool:
        """Whether some opinion can be taken by key."""
        said = (opinion for advice in (self.workspace.advice or {}).values() for opinion in advice.whole)
        return self.waits or any(opinion.hint.takes for opinion in said)

    @property
    def waits(self) -> bool:
        """Whether some opinion is told once its question is answered."""
        return any(advice.waits for advice in (self.workspace.advice or {}).values())

    @property
    def taken(self) -> str:
        """Rows whose opinion was taken before the page was left."""
        return self.workspace.fields.get(TAKEN, "")

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
    blocks = dock.blocks(
        workspace.questions, workspace.subject, workspace.fields, errors, html, advice=workspace.advice
    )
    return replace(desk, blocks=blocks)


def lay_out_raw(workspace: Workspace, *, now: datetime) -> Desk:
    """The texts as they were written and in full, invisible characters shown; no question is drawn."""
    return _desk(workspace, map(raw_source, _texts(workspace)), now, is_raw=True)


def _desk(workspace: Workspace, html: Iterator[SafeString], now: datetime, *, is_raw: bool = False) -> Desk:
    room = Room(is_endless=is_raw)
    principle = next(html) if workspace.principle else None
    prompt = laid_out(workspace.messages, html, owner="P", room=room, as_written=is_raw, files=workspace.files)
    earlier, open_ = ([], prompt) if is_raw else parted(prompt, workspace.messages)
    return Desk(
        workspace=workspace,
        principle=principle,
        earlier=earlier,
        prompt=open_,
        columns=[
            Column(
                side.letter,
                side.words,
                laid_out(
                    side.messages,
                    html,
                    owner=side.letter,
                    room=room,
                    after=len(prompt),
                    as_written=is_raw,
                    files=workspace.files,
                ),
            )
            for side in workspace.sides
        ],
        blocks=[],
        keys=dock.keys(workspace.questions),
        seconds_left=max(0, int((workspace.expires_at - now).total_seconds())) if workspace.expires_at else 0,
    )


def _texts(workspace: Workspace) -> Iterator[str]:
    """In the order in which `_desk` takes them."""
    if workspace.principle:
        yield workspace.principle
    for messages in (workspace.messages, *(side.messages for side in workspace.sides)):
        yield from texts(messages)

"""What several annotators said about one item, question by question, and how far they agree."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from annotation.kinds import KINDS, Subject, Voice
from annotation.models import Annotation, Question
from annotation.queries.forms import questions_of
from annotation.queries.panel import Opinion, Panel

SHOWN = 12
"""Annotators on a board. Pairs grow with the square of it, and nobody reads more side by side."""


@dataclass(frozen=True, slots=True)
class Board:
    """One question with everybody's answers; `drawn` is what its kind's `template` shows.

    `is_disputed` is None where the answers cannot be compared. `form_version` is named where a later form asks
    otherwise.
    """

    key: str
    title: str
    template: str
    drawn: Any
    agreement: tuple[str, ...]
    is_disputed: bool | None
    opinions: tuple[Opinion, ...]
    left_out: int
    form_version: int | None

    @property
    def anchor(self) -> str:
        """What the names of places on this board begin with; no other board of the page has it."""
        return f"{self.key}-{self.form_version}" if self.form_version else self.key


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The boards of one item. There are none where fewer than two annotators answered the same question."""

    boards: tuple[Board, ...]

    @property
    def headline(self) -> str:
        compared = [board for board in self.boards if board.is_disputed is not None]
        disputed = sum(1 for board in compared if board.is_disputed)
        if not compared:
            return "The answers side by side"
        if not disputed:
            return "The answers agree"
        return (
            "The answers differ"
            if len(compared) == 1
            else f"The answers differ on {disputed} of {len(compared)} questions"
        )


def side_by_side(annotations: Sequence[Annotation], subject: Subject, letters: Sequence[str]) -> SideBySide:
    """Boards of what stands: each annotator's newest annotation, with its form fetched.

    People come before what was imported, that before models, and the questions of a newer form before those it changed.
    """
    ordered = sorted(annotations, key=lambda one: (one.author_id is None, one.run_id is not None))
    asked: dict[tuple[str, ...], tuple[int, Question, list[Voice]]] = {}
    for annotation in ordered:
        for question in questions_of(annotation.form_id):
            value = annotation.answers.get(question.key)
            if value is None:
                continue
            version, known, voices = asked.get(_signature(question), (0, question, []))
            newest = question if annotation.form.version > version else known
            voices.append(_voice(annotation, value))
            asked[_signature(question)] = (max(version, annotation.form.version), newest, voices)
    latest = max((version for version, _, _ in asked.values()), default=0)
    found = sorted(asked.values(), key=lambda one: (-one[0], one[1].position))
    return SideBySide(
        tuple(
            _board(question, voices, subject, letters, version if version < latest else None)
            for version, question, voices in found
            if len(voices) > 1
        )
    )


def _signature(question: Question) -> tuple[str, ...]:
    """What makes answers comparable: the same was asked, in the same way, under whatever title."""
    return question.key, question.kind, question.target, json.dumps(question.settings, sort_keys=True)


def _voice(annotation: Annotation, value: Any) -> Voice:
    return Voice(annotation.annotator, value, annotation.origin)


def _board(
    question: Question, voices: Sequence[Voice], subject: Subject, letters: Sequence[str], version: int | None
) -> Board:
    kind, shown = KINDS[question.kind], voices[:SHOWN]
    panel = Panel.of(question, subject, shown)
    return Board(
        key=question.key,
        title=question.title,
        template=kind.board_template,
        drawn=kind.board(shown, question, subject, letters),
        agreement=tuple(panel.sentences()),
        is_disputed=panel.is_disputed,
        opinions=tuple(panel.opinions(letters)),
        left_out=len(voices) - len(shown),
        form_version=version,
    )

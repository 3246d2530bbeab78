"""The questions as the dock shows them, filled in as the fields stand.

The labeling page and the form builder's preview draw the same blocks with `annotation/_dock_blocks.html`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from annotation.advice import Advice
from annotation.kinds import KINDS, Kind, Subject
from annotation.models import Question


@dataclass(frozen=True, slots=True)
class Block:
    """One question; `drawn` is what its kind's templates show. `advice` is None where nobody is asked for any."""

    question: Question
    kind: Kind
    drawn: Any
    hint: str = ""
    error: str = ""
    advice: Advice | None = None

    @property
    def condition(self) -> str:
        """When it is asked, as JSON for the page's script; empty for always."""
        return json.dumps(self.question.condition) if self.question.condition else ""


def texts(questions: Iterable[Question], subject: Subject) -> list[Sequence[str]]:
    """For each question, what its kind wants rendered."""
    return [KINDS[question.kind].texts(question, subject) for question in questions]


def blocks(
    questions: Iterable[Question],
    subject: Subject,
    fields: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    html: Sequence[Sequence[SafeString]] = (),
    *,
    advice: Mapping[str, Advice] | None = None,
) -> list[Block]:
    """Every question of a form, for responses under the letters A, B, …; `html` is what `texts` asked for."""
    letters = [chr(65 + place) for place in range(len(subject))]
    return [
        Block(
            question=question,
            kind=KINDS[question.kind],
            drawn=KINDS[question.kind].draw(question, subject, letters, fields, html[number] if html else ()),
            hint=" · ".join(filter(None, (_anchors(question), question.help))),
            error=(errors or {}).get(question.key, ""),
            advice=None if advice is None else advice.get(question.key),
        )
        for number, question in enumerate(questions)
    ]


def keys(questions: Iterable[Question]) -> list[tuple[str, str]]:
    """What the sheet behind `?` says about the form's own keys, each meaning once."""
    found = (pair for question in questions for pair in KINDS[question.kind].keys(question))
    return list(dict.fromkeys(found))


def assets(questions: Iterable[Question]) -> tuple[list[str], list[str]]:
    """The scripts and the style sheets that the kinds of these questions bring."""
    kinds = [KINDS[question.kind] for question in questions]
    scripts = dict.fromkeys(name for kind in kinds for name in kind.scripts)
    styles = dict.fromkeys(name for kind in kinds for name in kind.styles)
    return list(scripts), list(styles)


def _anchors(question: Question) -> str:
    """ "1 poor, 5 excellent", where a scale has names for its ends."""
    named = question.settings.get("anchors") or {}
    return ", ".join(f"{level} {named[level]}" for level in sorted(named, key=int))

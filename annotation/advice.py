"""What others say about an item, as it stands beside the questions while somebody answers them.

It picks nothing. Whether it is there at all is up to who asks for the page: `annotation.queries.label` is given it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from annotation.kinds import KINDS, Hint, Subject
from annotation.kinds.base import Asked

SHOWN = 3
"""Advisers beside one question. More of them are a vote, which belongs on a page of its own."""


class AskedInForm(Asked, Protocol):
    """A question that names its kind."""

    kind: str


@dataclass(frozen=True, slots=True)
class Adviser:
    """Who has an opinion, under the name that is shown, and the answers as an annotation of the same form holds them:
    by question, in the item's own response order."""

    name: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opinion:
    """One answer to one row of a question, and who gives it."""

    hint: Hint
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What the `names` say about a question: row by row, the same answer once; `rows` by the row's field.

    Where it `waits`, something will be said once the question is answered, and nothing of it is here.
    """

    names: tuple[str, ...] = ()
    rows: Mapping[str, tuple[Opinion, ...]] = field(default_factory=dict)
    waits: bool = False

    @property
    def whole(self) -> tuple[Opinion, ...]:
        return tuple(opinion for row in self.rows.values() for opinion in row)


def about(question: AskedInForm, advisers: Sequence[Adviser], subject: Subject, shown: Sequence[int]) -> Advice:
    """Opinions about a question. The `subject` is in the order in which the responses are shown, under the letters A,
    B, …; `shown[place]` is the number of a response in the item's own order."""
    kind, letters = KINDS[question.kind], [chr(65 + place) for place in range(len(shown))]
    heard = [one for one in advisers if one.answers.get(question.key) is not None][:SHOWN]
    rows: dict[str, dict[str, tuple[Hint, list[str]]]] = defaultdict(dict)
    for adviser in heard:
        value = kind.to_shown_order(adviser.answers[question.key], shown)
        for hint in kind.suggest(value, question, subject, letters):
            rows[hint.field].setdefault(hint.words, (hint, []))[1].append(adviser.name)
    return Advice(
        tuple(adviser.name for adviser in heard),
        {name: tuple(Opinion(hint, tuple(names)) for hint, names in said.values()) for name, said in rows.items()},
    )

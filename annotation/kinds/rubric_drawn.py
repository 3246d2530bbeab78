"""A rubric as its template shows it."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.kinds.base import Asked, Option, Subject
from annotation.kinds.rows import Choice, choices
from annotation.kinds.rubric_score import held_back, is_gate, percent, score, share_of_a


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One verdict to be given: its field, what can be answered, and what stands beside the answer.

    `quote` are the words quoted so far and `at` where they stand; both are empty for a comparison.
    """

    field: str
    title: str
    letter: str
    scale: tuple[Choice, ...]
    quote: str
    at: str
    note: str
    is_held_back: bool
    """Whether nothing is asked, since something that the criterion depends on is not met."""


@dataclass(frozen=True, slots=True)
class CriterionBlock:
    """One criterion with its rows; `levels` are the words of its scale from low to high, `needs` are keys and titles of
    what it depends on. Compared, criteria neither depend on anything nor want a quote."""

    key: str
    title: str
    mark: str
    weight: float
    gates: bool
    scale: Any
    levels: tuple[str, ...]
    rows: tuple[VerdictRow, ...]
    needs: Mapping[str, str]
    wants_quote: bool

    @property
    def weight_words(self) -> str:
        """Empty for the usual weight of 1."""
        return "" if self.weight == 1 else f"{self.weight:g}".replace("-", "−")

    @property
    def weight_number(self) -> str:
        """For the page's script, to the last digit."""
        return repr(float(self.weight))


@dataclass(frozen=True, slots=True)
class Total:
    """What one response comes to so far, or one side of a comparison."""

    letter: str
    share: str
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    criteria: tuple[CriterionBlock, ...]
    totals: tuple[Total, ...]
    compares: bool
    texts: str
    """The responses' texts as a JSON list: quotes are found in them, and HTML would not keep their line ends."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a rubric is drawn for: an item as it is shown, with its fields as they stand."""

    question: Asked
    subject: Subject
    letters: Sequence[str]
    fields: Mapping[str, str]
    options: Callable[[Asked, Any], Sequence[Option]]

    def drawn(self, criteria: Sequence[Mapping[str, Any]]) -> Drawn:
        """The criteria with their rows, and the totals so far."""
        titles = {one["key"]: one["title"] for one in criteria}
        back = [] if self._compares else self._held_back(criteria)
        return Drawn(
            criteria=tuple(self._criterion(one, titles, back) for one in criteria),
            totals=self._sides(criteria) if self._compares else self._totals(criteria),
            compares=self._compares,
            texts="" if self._compares else json.dumps([judged.text for judged in self.subject.responses]),
        )

    @property
    def _compares(self) -> bool:
        return self.question.target == "item"

    def _field(self, criterion: Mapping[str, Any], place: int | None = None) -> str:
        field = f"{self.question.key}.{criterion['key']}"
        return field if place is None else f"{field}.{place}"

    def _held_back(self, criteria: Sequence[Mapping[str, Any]]) -> list[frozenset[str]]:
        """Of each response."""
        return [held_back(criteria, self._values(criteria, place)) for place in range(len(self.letters))]

    def _criterion(
        self, criterion: Mapping[str, Any], titles: Mapping[str, str], back: Sequence[frozenset[str]]
    ) -> CriterionBlock:
        places = [None] if self._compares else range(len(self.letters))
        return CriterionBlock(
            key=criterion["key"],
            title=criterion["title"],
            mark="hard rule" if criterion["kind"] == "hard_rule" else "gate" if criterion["required"] else "",
            weight=criterion["weight"],
            gates=is_gate(criterion),
            scale=criterion["scale"],
            levels=tuple(criterion["anchors"]),
            rows=tuple(
                self._row(criterion, place, place is not None and criterion["key"] in back[place]) for place in places
            ),
            needs={} if self._compares else {key: titles[key] for key in criterion.get("depends_on", ())},
            wants_quote=not self._compares and bool(criterion.get("needs_evidence")),
        )

    def _row(self, criterion: Mapping[str, Any], place: int | None, is_held_back: bool) -> VerdictRow:
        field, letter = self._field(criterion, place), "" if place is None else self.letters[place]
        at = self.fields.get(f"{field}.at", "")
        quoted = "" if place is None else _words_at(self.subject.responses[place].text, at)
        quote, note = self.fields.get(f"{field}.quote", quoted), self.fields.get(f"{field}.note", "")
        # Words without a verdict stay in sight, for they cannot be sent by themselves.
        is_waiting = bool(quote.strip() or note.strip()) and not self.fields.get(field)
        return VerdictRow(
            field=field,
            title=f"{criterion['title']}, response {letter}" if letter else criterion["title"],
            letter=letter,
            scale=choices(self.options(self.question, criterion["scale"]), self.fields.get(field)),
            quote=quote,
            at=at,
            note=note,
            is_held_back=is_held_back and not is_waiting,
        )

    def _values(self, criteria: Sequence[Mapping[str, Any]], place: int | None) -> dict[str, Any]:
        held = {one["key"]: self.fields.get(self._field(one, place), "") for one in criteria}
        return {key: int(text) if text in set("1234567") else text for key, text in held.items()}

    def _totals(self, criteria: Sequence[Mapping[str, Any]]) -> tuple[Total, ...]:
        scores = [score(criteria, self._values(criteria, place)) for place in range(len(self.letters))]
        return tuple(
            Total(letter, percent(one.share), one.failed) for letter, one in zip(self.letters, scores, strict=True)
        )

    def _sides(self, criteria: Sequence[Mapping[str, Any]]) -> tuple[Total, ...]:
        share = share_of_a(criteria, self._values(criteria, None))
        return Total("A", percent(share), ()), Total("B", percent(None if share is None else 1 - share), ())


def _words_at(text: str, at: str) -> str:
    found = re.fullmatch(r"([0-9]{1,7})-([0-9]{1,7})", at)
    return text[int(found[1]) : int(found[2])] if found else ""

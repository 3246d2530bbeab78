"""Several answers on a rubric side by side: criteria by annotators, the disputed verdicts marked, the scores below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.kinds.boards import Voice, is_split, usual
from annotation.kinds.rubric_score import percent, score, share_of_a

WORDS = {"yes": "yes", "no": "no", "na": "n/a", "a": "A", "b": "B", "tie": "tie"}
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One verdict; empty where there is none. `side` is "a" or "b" where it speaks for one."""

    words: str
    side: str
    is_apart: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion with everybody's verdicts."""

    title: str
    mark: str
    levels: tuple[str, ...]
    cells: tuple[Cell, ...]
    is_split: bool


@dataclass(frozen=True, slots=True)
class Score:
    """What one annotator's verdicts come to."""

    words: str
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One response, or with an empty `letter` the two compared."""

    letter: str
    voices: tuple[Voice, ...]
    lines: tuple[Line, ...]
    scores: tuple[Score, ...]


def sheet(
    letter: str, voices: Sequence[Voice], values: Sequence[Values], criteria: Sequence[Mapping[str, Any]]
) -> Sheet:
    """`values` has each voice's verdicts about this one response, or their comparison, by criterion."""
    score_of = _scored if letter else _compared
    return Sheet(
        letter=letter,
        voices=tuple(voices),
        lines=tuple(_line(criterion, values) for criterion in criteria),
        scores=tuple(score_of(criteria, one) for one in values),
    )


def standing(criterion: Mapping[str, Any]) -> str:
    """What a criterion is beyond its words: "hard rule · weight 2"."""
    weight = criterion["weight"]
    named = [
        "hard rule" if criterion["kind"] == "hard_rule" else "gate" if criterion["required"] else "",
        "pitfall" if weight < 0 else "",
        "" if weight == 1 else f"weight {weight:g}".replace("-", "−"),
    ]
    return " · ".join(one for one in named if one)


def word(value: Any) -> str:
    """A verdict's value as a table has room for it."""
    return WORDS.get(value, str(value))


def _line(criterion: Mapping[str, Any], values: Sequence[Values]) -> Line:
    given = [one.get(criterion["key"]) for one in values]
    said = [value for value in given if value is not None]
    split, common = is_split(said), usual(said)
    return Line(
        title=criterion["title"],
        mark=standing(criterion),
        levels=tuple(criterion["anchors"]),
        cells=tuple(_cell(value, split and value != common) for value in given),
        is_split=split,
    )


def _cell(value: Any, is_apart: bool) -> Cell:
    if value is None:
        return Cell("", "", is_apart=False)
    return Cell(word(value), value if value in ("a", "b") else "", is_apart)


def _scored(criteria: Sequence[Mapping[str, Any]], values: Values) -> Score:
    found = score(criteria, values)
    return Score(percent(found.share) or "–", found.failed)


def _compared(criteria: Sequence[Mapping[str, Any]], values: Values) -> Score:
    share = share_of_a(criteria, values)
    return Score("–" if share is None else f"A {percent(share)}", ())

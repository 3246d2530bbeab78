"""Thirty people who compare pairs, some of them planted: votes and texts as an analysis reads them, without a database.

Everybody but the planted ones is right four times of five or more, prefers no side, and takes the time to read.
"""

from dataclasses import dataclass

import numpy as np

from annotation.kinds.votes import SIDES, Facet
from curation.analysis.judgments import Judgments
from curation.analysis.texts import Texts
from curation.votes import Annotator, Unit, Votes

PEOPLE, LABELS, PER_UNIT = 30, 200, 5
PLANTED = {"side": 0, "guessing": 1, "pace": 2, "contrary": 3, "length": 4, "key": 5, "ties": 6}
A, TIE, B = range(3)
NOBODY = np.zeros(0, np.int64)
NO_JUDGMENTS = Judgments(
    NOBODY,
    NOBODY,
    NOBODY,
    NOBODY.astype(float),
    NOBODY.astype(np.int8),
    NOBODY.astype(bool),
    np.zeros((0, 2), np.int8),
)


@dataclass(frozen=True)
class Crowd:
    """What they said, of what, and what is true."""

    votes: Votes
    texts: Texts
    truth: "np.ndarray[tuple[int], np.dtype[np.int64]]"


def crowd(*, seed: int = 0, planted: bool = True, labels: int = LABELS) -> Crowd:
    """`labels` of each; the planted ones are the first, by PLANTED."""
    draw = np.random.default_rng(seed)
    units = PEOPLE * labels // PER_UNIT
    truth = draw.choice([A, TIE, B], units, p=[0.45, 0.1, 0.45])
    lengths = draw.integers(200, 800, (units, 2))
    unit = np.repeat(np.arange(units), PER_UNIT)
    who = np.concatenate([draw.permutation(PEOPLE) for _ in range(units * PER_UNIT // PEOPLE)])
    side = draw.integers(0, 2, len(unit))
    knows = draw.uniform(0.8, 0.95, PEOPLE)[who]
    said = np.where(draw.random(len(unit)) < knows, truth[unit], draw.choice([A, TIE, B], len(unit), p=[0.4, 0.2, 0.4]))
    seconds = lengths[unit].sum(axis=1) / 20 * draw.uniform(1.0, 3.0, len(unit))
    if planted:
        _plant(draw, who, said, side, seconds, lengths[unit], truth[unit])
    return Crowd(_votes(unit, who, said, side, seconds, units), _texts(lengths), truth)


def _plant(draw, who, said, side, seconds, lengths, truth) -> None:  # type: ignore[no-untyped-def]
    """Change what the planted ones said, in place."""
    first, count = np.where(side == 1, B, A), len(who)

    def when(name: str, share: float) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        return (who == PLANTED[name]) & (draw.random(count) < share)

    said[rows] = first[rows] if (rows := when("side", 0.5)).any() else said[rows]
    said[rows] = draw.choice([A, B], rows.sum()) if (rows := when("guessing", 1.0)).any() else said[rows]
    seconds[when("pace", 0.8)] = 3.0
    said[rows] = (2 - truth)[rows] if (rows := when("contrary", 0.9)).any() else said[rows]
    longer = np.where(lengths[:, 0] > lengths[:, 1], A, B)
    said[rows] = longer[rows] if (rows := when("length", 0.6)).any() else said[rows]
    said[rows] = first[rows] if (rows := when("key", 0.97)).any() else said[rows]
    said[when("ties", 0.4)] = TIE


def _votes(unit, who, said, side, seconds, units) -> Votes:  # type: ignore[no-untyped-def]
    return Votes(
        facet=Facet("", "Which is better?", "sides", SIDES),
        units=tuple(Unit(100 + number, "") for number in range(units)),
        annotators=tuple(Annotator("person", number) for number in range(PEOPLE)),
        unit=unit,
        annotator=who,
        value=said,
        degree=np.full(len(unit), np.nan),
        side=side.astype(np.int8),
        seconds=seconds,
        annotation=np.arange(len(unit)),
        group=np.arange(units),
        out_of=np.full(units, -1),
    )


def _texts(lengths) -> Texts:  # type: ignore[no-untyped-def]
    units = len(lengths)
    return Texts(
        items=100 + np.arange(units),
        prompt=np.zeros(units, np.int64),
        prompt_mark=np.arange(units),
        first=2 * np.arange(units + 1),
        response=lengths.ravel(),
        mark=np.arange(2 * units),
    )

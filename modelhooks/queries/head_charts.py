"""Where the marks of a head's charts stand. Plain numbers in the units of each drawing's view box, y downwards."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ui.charts import Tick

WIDTH, HEIGHT = 460, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 12, 30
LOWEST = 0.4  # accuracy at the foot of the learning curve, unless something lies below


@dataclass(frozen=True, slots=True)
class Mark:
    """One point: where it stands, and what it says in the table behind the chart."""

    x: float
    y: float
    first: str
    second: str
    third: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """Accuracy over prompts trained on, and the line that length alone would reach."""

    marks: list[Mark]
    path: str
    baseline: Tick | None
    rows: list[Tick]
    columns: list[Tick]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was promised against what came; on the diagonal both are the same."""

    marks: list[Mark]
    diagonal: str
    rows: list[Tick]
    columns: list[Tick]


def curve(points: Sequence[Sequence[float]], length_only: Mapping[str, Any] | None) -> Curve | None:
    """None where there are fewer than two points: then there is no curve."""
    if len(points) < 2:
        return None
    level = length_only["share"] if length_only else None
    lowest = min([LOWEST, *(accuracy for _, accuracy in points), *([level] if level is not None else [])])
    lowest = math.floor(10 * lowest) / 10
    few, many = math.log(points[0][0]), math.log(points[-1][0])
    marks = [
        Mark(
            _across((math.log(prompts) - few) / ((many - few) or 1)),
            _up(accuracy, lowest),
            f"{prompts:,.0f}",
            _percent(accuracy),
        )
        for prompts, accuracy in points
    ]
    return Curve(
        marks=marks,
        path="M" + "L".join(f"{mark.x} {mark.y}" for mark in marks),
        baseline=None if level is None else Tick(_up(level, lowest), _percent(level)),
        rows=_rows(lowest),
        columns=[Tick(mark.x, mark.first) for mark in marks],
    )


def calibration(bins: Sequence[Mapping[str, Any]]) -> Calibration | None:
    """None without bins: every pair was a tie."""
    if not bins:
        return None
    lowest = math.floor(10 * min([LOWEST, *(one["accuracy"] for one in bins)])) / 10
    marks = [
        Mark(
            _across(2 * one["confidence"] - 1),
            _up(one["accuracy"], lowest),
            _percent(one["confidence"]),
            _percent(one["accuracy"]),
            f"{one['count']:,}",
        )
        for one in bins
    ]
    columns = [Tick(_across(2 * share - 1), _percent(share)) for share in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)]
    ends = (f"{_across(at)} {_up(0.5 + at / 2, lowest)}" for at in (0.0, 1.0))
    return Calibration(marks, "M" + "L".join(ends), _rows(lowest), columns)


def _rows(lowest: float) -> list[Tick]:
    count = round(10 * (1 - lowest))
    step = 1 if count <= 6 else 2
    shares = [1 - one / 10 for one in range(0, count + 1, step)]
    return [Tick(_up(share, lowest), _percent(share)) for share in shares]


def _across(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _up(share: float, lowest: float) -> float:
    return round(TOP + (1 - share) / (1 - lowest) * (HEIGHT - TOP - BOTTOM), 1)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"

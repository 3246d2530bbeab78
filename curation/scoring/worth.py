"""What an answer about one row is worth, by the layout of its set."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from curation.evaluation import points
from curation.layouts.rewardbench2 import TIES

Said = Mapping[str, Any]


class Worth(NamedTuple):
    """Points of a row, from 0 to 1, and whether any were lost because something was not said."""

    points: float
    is_abstained: bool


def worth(layout: str, subset: str, right: Sequence[int], said: Said, threshold: float) -> Worth:
    """Of one answer. What is not said counts as wrong."""
    if "orders" in said:
        wins = won(said)
        unread = any(None in verdicts and not win for verdicts, win in zip(said["orders"], wins, strict=True))
        return Worth(sum(wins) / len(wins), unread)
    numbers = said["steps"] if "steps" in said else said["scores"]
    if any(number is None for number in numbers):
        return Worth(0.0, True)
    return Worth(_points(layout, subset, right, numbers, threshold), False)


def won(said: Said) -> list[float]:
    """By comparison, 1 where the right response was chosen; for RM-Bench these are its nine, row after row."""
    if "orders" in said:
        return [points.both_orders(verdicts) for verdicts in said["orders"]]
    if any(number is None for number in said["scores"]):
        return [0.0] * points.STYLES**2
    return [win for wins in points.style_wins(said["scores"]) for win in wins]


def _points(layout: str, subset: str, right: Sequence[int], numbers: Sequence[float], threshold: float) -> float:
    if layout == "processbench":
        label = right[0] if right else points.NO_ERROR
        return float(points.first_error(numbers, threshold) == label)
    if layout == "rm_bench":
        return sum(map(sum, points.style_wins(numbers))) / points.STYLES**2
    if layout == "rewardbench2":
        return points.all_above(numbers, len(right)) if subset == TIES else points.best_of(numbers)
    return points.pair(numbers[right[0]], numbers[1 - right[0]])

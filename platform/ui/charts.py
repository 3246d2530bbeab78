"""Where marks of charts stand: plain numbers for SVG, drawn by the parts in templates/components.

Every page draws estimates the same way: an interval as a line with a dot on it, on an axis that all rows share. The
same numbers stand beside it in words.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

TENTHS = 10


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid with its words, in the units of its drawing."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate on an axis: positions from 0 at its left end to 1, and the sentence that is read aloud."""

    estimate: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """From `lowest` to 1, which is where agreement and shares end."""

    lowest: float

    @classmethod
    def holding(cls, values: Iterable[float | None]) -> "Axis":
        """One that begins at 0, or at the tenth below the lowest value where that lies further down; at -1 at most."""
        lowest = min((value for value in values if value is not None), default=0.0)
        return cls(max(-1.0, min(0.0, math.floor(lowest * TENTHS) / TENTHS)))

    def at(self, value: float) -> float:
        """Where a value stands, 0 to 1; what lies beyond an end stands at it."""
        return round(min(1.0, max(0.0, (value - self.lowest) / (1 - self.lowest))), 4)

    def ticks(self) -> list[Tick]:
        """A line at 0, 0.2, … 1, and at the left end where that lies far enough below 0 to have words of its own; at
        0, 0.5 and 1 where so much lies below 0 that there is room for no more."""
        steps = 2 if self.lowest <= -1 / 2 else 5
        values = [self.lowest] * (self.lowest <= -1 / 5) + [step / steps for step in range(steps + 1)]
        return [Tick(self.at(value), f"{value:.1f}".replace("-", "−")) for value in values]

    def interval(self, value: float, low: float | None, high: float | None, name: str) -> Interval:
        """An estimate; without bounds it is a dot."""
        bounds = "" if low is None or high is None else f", from {low:.2f} to {high:.2f}"
        from_, to = (value if bound is None else bound for bound in (low, high))
        return Interval(self.at(value), self.at(from_), self.at(to), f"{name}: {value:.2f}{bounds}")

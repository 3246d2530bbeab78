"""How far apart two answers that mark spans are."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

SAME_PLACE = 0.5  # what a character counts that both marked, whatever they called it

Spans = Sequence[Mapping[str, Any]]


def between(first: Spans, second: Spans) -> float:
    """One minus the soft F1 of the marked characters.

    A character that both marked counts half for its place, and up to half more for what it is called: the Jaccard
    index of the errors, with their severities, that the two name there. The half for another name is that of the word
    and span level task of the WMT 2023 shared task on quality estimation, where a severity may differ. Unlike an F1 of
    whole spans it does not depend on who cut a stretch in two, and it takes one pass, whatever is marked.
    Two answers that mark nothing agree.
    """
    total, credit = _covered(first) + _covered(second), 0.0
    if not total:
        return 0.0
    for response in {span["response"] for span in first} & {span["response"] for span in second}:
        sides = ([one for one in side if one["response"] == response] for side in (first, second))
        credit += _credit(*sides)
    return min(1.0, max(0.0, 1 - 2 * credit / total))


def names(span: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """What a mark calls its words: the error, and the error with how bad it is where that is said."""
    severity = span.get("severity")
    return ((span["type"],), (span["type"], severity)) if severity else ((span["type"],),)


def _covered(spans: Spans) -> int:
    """How many characters are marked at all."""
    found = 0
    for start, end, depth in _depths(spans):
        found += (end - start) if depth else 0
    return found


def _depths(spans: Spans) -> Iterator[tuple[int, int, int]]:
    """Stretches with how many marks lie on each, response by response."""
    steps: dict[tuple[int, int], int] = defaultdict(int)
    for span in spans:
        steps[span["response"], span["start"]] += 1
        steps[span["response"], span["end"]] -= 1
    depth = 0
    for here, there in pairwise(sorted(steps)):
        depth += steps[here]
        yield here[1], there[1], depth


def _credit(first: Spans, second: Spans) -> float:
    """What the characters count that both marked in one response."""
    named, found, last = _Named(), 0.0, 0
    for at, side, span, change in _events(first, second):
        found += named.credit * (at - last)
        last = at
        for name in names(span):
            named.add(side, name, change)
    return found


def _events(first: Spans, second: Spans) -> list[tuple[int, int, Mapping[str, Any], int]]:
    """Where marks begin and end, in the order of the text."""
    sides = [(side, span) for side, spans in enumerate((first, second)) for span in spans]
    begins = [(span["start"], side, span, 1) for side, span in sides]
    ends = [(span["end"], side, span, -1) for side, span in sides]
    return sorted([*begins, *ends], key=lambda event: event[0])


class _Named:
    """What each side calls the character in turn, kept up while one goes through the text."""

    def __init__(self) -> None:
        self._held: tuple[Counter[Any], Counter[Any]] = (Counter(), Counter())
        self._kinds, self._shared = [0, 0], 0

    @property
    def credit(self) -> float:
        if not all(self._kinds):
            return 0.0
        return SAME_PLACE + (1 - SAME_PLACE) * self._shared / (sum(self._kinds) - self._shared)

    def add(self, side: int, name: Any, change: int) -> None:
        """One mark more, or one less, with this name."""
        was = self._held[side][name] > 0
        self._held[side][name] += change
        now = self._held[side][name] > 0
        if was != now:
            self._kinds[side] += change
            self._shared += change * (self._held[1 - side][name] > 0)

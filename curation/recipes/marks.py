"""From several people's marks in one text to one set of marks: by characters, for marks of one kind.

A character is kept where more than half of the annotators marked it. Offsets are Unicode code points, ends excluded.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

Place = tuple[int, int]
"""Where a mark starts and ends."""

MOST_GAP = 2  # characters that nobody agreed on between two marks that are one
SHORTEST = 3  # characters; a shorter agreement is where two marks touched, unless somebody marked as little


class Kept(NamedTuple):
    """A mark that stands, and the share of the annotators that marked its characters, on average over them."""

    place: Place
    agreement: float


def kept(marks: Sequence[Sequence[Place]], *, needed: float, is_any: bool = False) -> list[Kept]:
    """What stands of the marks of each annotator, in the order of the text.

    Characters stand that more than half marked (or anybody, with `is_any`), and at least the share `needed`. One
    annotator's marks stand as they are.
    """
    if len(marks) == 1:
        return [Kept(place, 1.0) for place in sorted(set(marks[0]))]
    stretches = [
        (start, end, count)
        for start, end, count in _counted(marks)
        if (is_any or 2 * count > len(marks)) and count / len(marks) >= needed
    ]
    shortest = min((end - start for own in marks for start, end in own), default=SHORTEST)
    found = (_one(group, len(marks)) for group in _joined(stretches))
    return [one for one in found if one.place[1] - one.place[0] >= min(SHORTEST, shortest)]


def covered(places: Iterable[Place]) -> list[Place]:
    """The stretches of text that these marks cover, each once."""
    found: list[Place] = []
    for start, end in sorted(places):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def alike(one: Iterable[Place], other: Iterable[Place], length: int) -> float:
    """The share of a text's characters that both marks cover, or neither does."""
    first, second = covered(one), covered(other)
    both = sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in first for b in second)
    apart = _size(first) + _size(second) - 2 * both
    return 1 - apart / length


def _size(places: Iterable[Place]) -> int:
    return sum(end - start for start, end in places)


def _counted(marks: Sequence[Sequence[Place]]) -> list[tuple[int, int, int]]:
    """Each stretch between two ends of marks, and how many annotators marked it."""
    whole = [covered(own) for own in marks]
    ends = sorted({end for own in whole for place in own for end in place})
    return [
        (start, end, sum(any(place[0] <= start and end <= place[1] for place in own) for own in whole))
        for start, end in pairwise(ends)
    ]


def _joined(stretches: Sequence[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    """Stretches that lie next to each other, or nearly, as one."""
    found: list[list[tuple[int, int, int]]] = []
    for stretch in stretches:
        if found and stretch[0] - found[-1][-1][1] <= MOST_GAP:
            found[-1].append(stretch)
        else:
            found.append([stretch])
    return found


def _one(stretches: Sequence[tuple[int, int, int]], annotators: int) -> Kept:
    place = (stretches[0][0], stretches[-1][1])
    marked = sum((end - start) * count for start, end, count in stretches)
    return Kept(place, marked / annotators / (place[1] - place[0]))

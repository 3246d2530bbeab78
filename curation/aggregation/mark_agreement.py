"""How far two people mark the same: whole marks that overlap by half, and single characters.

Marks: greedy one to one, the best overlap |A ∩ B| / |A ∪ B| first, from ½ up; F1 = 2·matched / (all of both).
Characters: Krippendorff's α of marked or not, each character of a text a unit.
Source: overlap and F1 as in object detection (Everingham et al., The PASCAL visual object classes challenge, 2010).
"""

import numpy as np

from curation.aggregation.alpha import alpha, coincidences
from curation.aggregation.estimates import Measure
from curation.aggregation.marks import Marks, Pieces
from modelhooks.head.pairs import Floats, Integers

OVERLAP = 0.5


def matched(one: Integers, other: Integers, *, at_least: float = OVERLAP) -> int:
    """How many of the marks (k, 2) [start, end) of one find a partner among those of the other."""
    overlaps = overlap(one, other)
    pairs = 0
    while overlaps.size and overlaps.max() >= at_least:
        row, column = np.unravel_index(int(overlaps.argmax()), overlaps.shape)
        overlaps[row], overlaps[:, column] = -1, -1
        pairs += 1
    return pairs


def overlap(one: Integers, other: Integers) -> Floats:
    """(k, l): shared characters over characters of either."""
    shared = np.minimum(one[:, None, 1], other[None, :, 1]) - np.maximum(one[:, None, 0], other[None, :, 0])
    shared = np.maximum(shared, 0)
    sizes = one[:, 1] - one[:, 0], other[:, 1] - other[:, 0]
    found: Floats = shared / (sizes[0][:, None] + sizes[1][None, :] - shared)
    return found


def f1(marks: Marks) -> Measure:
    """Over all pairs of readers of a text: 2·matched / marks of both. Texts are its units; two readers who marked
    nothing agree on nothing that could be counted."""
    parts = np.zeros((len(marks.lengths), 2))
    spans = np.column_stack([marks.starts, marks.ends])
    made: dict[tuple[int, int], list[int]] = {}
    for row, key in enumerate(zip(marks.texts.tolist(), marks.annotators.tolist(), strict=True)):
        made.setdefault(key, []).append(row)
    for text, readers in _readers(marks).items():
        for at, one in enumerate(readers):
            for other in readers[:at]:
                both = [spans[made.get((text, who), [])] for who in (one, other)]
                parts[text] += 2 * matched(*both), len(both[0]) + len(both[1])
    return Measure(parts, lambda totals: float(totals[0] / totals[1]) if totals[1] else None)


def of_characters(pieces: Pieces, text_count: int) -> Measure:
    """α of marked or not over characters; texts are its units, for the characters of one are not independent."""
    size = len(pieces.texts)
    counts = np.bincount(pieces.piece * 2 + pieces.marked, minlength=2 * size).reshape(size, 2).astype(float)
    weighed = coincidences(counts).reshape(size, 4) * pieces.characters[:, None]
    parts = np.stack([np.bincount(pieces.texts, column, text_count) for column in weighed.T], axis=1).astype(float)
    return Measure(parts, alpha(np.zeros((1, 2))).value)


def _readers(marks: Marks) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for text, who in marks.readings.tolist():
        found.setdefault(text, []).append(who)
    return found

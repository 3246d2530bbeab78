"""The shape in which comparisons enter, the connected parts of their graph, and the order in which they are counted."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from curation.aggregation.labels import BadLabels
from modelhooks.head.pairs import Floats, Integers


@dataclass(frozen=True, slots=True)
class Comparisons:
    """n comparisons of `player_count` responses, models or arguments."""

    first: Integers
    second: Integers
    outcome: Integers
    """(n,) from 0, the first better by most, to the last, the second better by most."""
    annotators: Integers
    place: Integers
    """(n,) 1 where `first` was shown first, -1 where `second` was, 0 where neither was."""
    player_count: int
    annotator_count: int

    def __post_init__(self) -> None:
        columns = (self.first, self.second, self.outcome, self.annotators, self.place)
        if any(column.shape != self.first.shape for column in columns):
            raise BadLabels("Comparisons are columns of the same length.")
        if (self.first == self.second).any():
            raise BadLabels("Nothing is compared with itself.")
        if not np.isin(self.place, (-1, 0, 1)).all():
            raise BadLabels("What was shown first is 1, -1 or 0.")
        tops = (self.player_count, self.player_count, None, self.annotator_count)
        for column, top in zip(columns[:4], tops, strict=True):
            if len(column) and (column.min() < 0 or (top is not None and column.max() >= top)):
                raise BadLabels("A comparison names what does not exist.")

    def __len__(self) -> int:
        return len(self.first)


def parts_of(comparisons: Comparisons) -> Integers:
    """(players,) the connected parts of the graph of comparisons, numbered from 0."""
    size = comparisons.player_count
    edges = coo_array((np.ones(len(comparisons)), (comparisons.first, comparisons.second)), shape=(size, size))
    parts: Integers = connected_components(edges, directed=False)[1].astype(np.int64)
    return parts


def by_outcome(comparisons: Comparisons) -> tuple[Comparisons, Floats]:
    """All comparisons in the order of their outcomes, and how often each came: once."""
    order = np.argsort(comparisons.outcome, kind="stable")
    ordered = replace(
        comparisons,
        first=comparisons.first[order],
        second=comparisons.second[order],
        outcome=comparisons.outcome[order],
        annotators=comparisons.annotators[order],
        place=comparisons.place[order],
    )
    return ordered, np.ones(len(order))


def collapsed(comparisons: Comparisons, levels: int) -> tuple[Comparisons, Floats]:
    """Each comparison with one outcome once, in the order of outcomes, and how often it came, from either side.

    Who said so does not matter to the caller.
    """
    turned = comparisons.first > comparisons.second
    first, second = np.minimum(comparisons.first, comparisons.second), np.maximum(comparisons.first, comparisons.second)
    outcome = np.where(turned, levels - 1 - comparisons.outcome, comparisons.outcome)
    place = np.where(turned, -comparisons.place, comparisons.place)
    players = max(comparisons.player_count, 1)
    sizes = (levels, players, players, 3)
    keys, times = np.unique(np.ravel_multi_index((outcome, first, second, place + 1), sizes), return_counts=True)
    outcome, first, second, place = (column.astype(np.int64) for column in np.unravel_index(keys, sizes))
    alike = np.zeros(len(keys), np.int64)
    counts = comparisons.player_count, comparisons.annotator_count
    return Comparisons(first, second, outcome, alike, place - 1, *counts), times.astype(float)

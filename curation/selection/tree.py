"""Pairs from a tree of responses: two that go on differently from the same beginning differ by what comes after it.

A response that was made by going on from another one at `offset` shares so many characters with it. All that go on from
one place, and what was there before, are siblings; their descendants are each other's cousins. Both share exactly the
beginning up to that place. Siblings are compared first, then cousins, and every depth gets the same number of pairs.

Source: Qiu et al., *Reward Generalization in RLHF: A Topological Perspective*, 2024 (tree-structured preferences).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, zip_longest

import numpy as np

MOST_PAIRS = 1_000
MOST_OF_A_PLACE = 200


@dataclass(frozen=True, slots=True)
class Branch:
    """How a response came to be. The first of a prompt has no parent and offset 0."""

    parent: int | None
    offset: int
    """How many characters it shares with its parent."""


@dataclass(frozen=True, slots=True)
class TreePair:
    """Two responses to compare: they share exactly their first `shared` characters."""

    left: int
    right: int
    shared: int
    depth: int
    """How many branchings lie before the one at which they part."""
    are_siblings: bool


def pairs(branches: Sequence[Branch], count: int, *, seed: int = 0) -> list[TreePair]:
    """`count` pairs at most, siblings of every depth in turn, then cousins.

    A parent stands before its children. Raises ValueError where it does not, or where an offset is below zero.
    """
    places = _places(branches)
    draw = np.random.default_rng(seed)
    found: list[TreePair] = []
    for are_siblings in (True, False):
        by_depth: dict[int, list[TreePair]] = {}
        for place in places:
            by_depth.setdefault(place.depth, []).extend(_of_a_place(place, are_siblings, draw))
        shuffled = [[those[at] for at in draw.permutation(len(those))] for _, those in sorted(by_depth.items())]
        found += [pair for turn in zip_longest(*shuffled) for pair in turn if pair is not None]
    return found[: min(count, MOST_PAIRS)]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where responses part: each way on, as the response that took it first and all that went on from it later."""

    offset: int
    depth: int
    ways: tuple[tuple[int, ...], ...]


def _places(branches: Sequence[Branch]) -> list[_Place]:
    """One for each place at which somebody branched off."""
    stems = [_stem(branches, at) for at in range(len(branches))]
    at_place: dict[tuple[int, int], list[int]] = {}
    for at, stem in enumerate(stems):
        if stem is not None:
            at_place.setdefault(stem, []).append(at)
    below: list[list[int]] = [[] for _ in branches]
    for at, stem in enumerate(stems):
        if stem is not None:
            below[stem[0]].append(at)
    return [
        _Place(offset, _depth(stems, parent, offset), tuple(_ways(stems, below, parent, offset, children)))
        for (parent, offset), children in sorted(at_place.items())
    ]


def _stem(branches: Sequence[Branch], at: int) -> tuple[int, int] | None:
    """(response, offset) from which this one really goes on: a parent that had not begun to differ there is passed over
    for its own parent."""
    parent, offset = branches[at].parent, branches[at].offset
    if parent is None:
        return None
    if offset < 0 or not 0 <= parent < at:
        raise ValueError("A response goes on from one before it, at an offset of zero or more.")
    while (stem := branches[parent]).parent is not None and offset < stem.offset:
        parent = stem.parent
    return parent, offset


def _ways(
    stems: list[tuple[int, int] | None], below: list[list[int]], parent: int, offset: int, children: list[int]
) -> list[tuple[int, ...]]:
    """The parent's own way on with what left it later, and each child with all below it."""
    stayed = [parent]
    for other in below[parent]:
        stem = stems[other]
        if stem is not None and stem[1] > offset:
            stayed += _all_below(below, other)
    return [tuple(stayed), *(tuple(_all_below(below, child)) for child in children)]


def _all_below(below: list[list[int]], at: int) -> list[int]:
    found, waiting = [], [at]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += reversed(below[one])
    return found


def _depth(stems: list[tuple[int, int] | None], parent: int, offset: int) -> int:
    """How many different places lie on the way to this one."""
    passed = {stem[1] for at, stem in enumerate(stems) if stem is not None and stem[0] == parent and stem[1] < offset}
    depth, stem = len(passed), stems[parent]
    return depth if stem is None else depth + 1 + _depth(stems, *stem)


def _of_a_place(place: _Place, are_siblings: bool, draw: np.random.Generator) -> list[TreePair]:
    heads = {way[0] for way in place.ways}
    found = []
    for one, other in combinations(place.ways, 2):
        for left in one:
            for right in other:
                if ({left, right} <= heads) == are_siblings:
                    found.append(TreePair(min(left, right), max(left, right), place.offset, place.depth, are_siblings))
    kept = np.sort(draw.permutation(len(found))[:MOST_OF_A_PLACE])
    return [found[at] for at in kept]

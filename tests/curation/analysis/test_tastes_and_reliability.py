"""Whom a consensus calls careless where people are of two minds."""

import numpy as np

from curation.analysis import consensus
from tests.curation.analysis.test_settled_by_reviewers import votes

HONEST, LOT = 20, 2  # annotators
PAIRS, APART = 300, 40  # units that all see alike, and that two halves see differently


def test_neither_half_of_two_tastes_is_careless_and_who_draws_lots_is() -> None:
    draw = np.random.default_rng(3)
    rows = []
    for unit in range(PAIRS + APART):
        truth = 2 * int(draw.integers(2))
        asked = range(HONEST + LOT) if unit >= PAIRS else draw.choice(HONEST + LOT, 3, replace=False)
        for who in map(int, asked):
            own = truth if unit < PAIRS or who % 2 else 2 - truth
            said = own if draw.random() < 0.9 else 2 - own
            rows.append((unit, who, 2 * int(draw.integers(2)) if who >= HONEST else said))

    found = consensus.settle(votes("sides", ("a", "tie", "b"), rows))

    assert [one["is_spammer"] for one in found.believed] == [False] * HONEST + [True] * LOT
    assert not any(one["is_adversary"] for one in found.believed[:HONEST])

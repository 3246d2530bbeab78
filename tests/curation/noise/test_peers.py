"""Two peers: what they pass on, on whose word, how fast they let go."""

import numpy as np
import pytest

from curation.noise.peers import disputed
from modelhooks.head import crossfit
from tests.curation.noise.planting import flipped, found
from tests.modelhooks.head.planted import planted


def test_planted_flips_are_not_passed_on():
    pairs, turned = flipped(3_000, dimensions=32)

    precision, recall = found(disputed(pairs, 30.0, noise=0.2, rounds=4).flagged, turned)

    assert precision >= 0.75
    assert recall >= 0.75


def test_each_half_lets_the_assumed_share_go_and_slowly():
    pairs = planted(200, dimensions=8).pairs
    halves = list(crossfit.folds(pairs.groups, 2, 0))

    in_the_end = disputed(pairs, 30.0, noise=0.3, rounds=3).flagged
    after_one = disputed(pairs, 30.0, noise=0.3, rounds=1).flagged

    assert [int(in_the_end[half].sum()) for half in halves] == [30, 30]
    assert [int(after_one[half].sum()) for half in halves] == [10, 10]
    assert not disputed(pairs, 30.0, noise=0.0).flagged.any()


def test_margins_are_the_other_peers():
    pairs = planted(300, dimensions=8).pairs
    mine = next(iter(crossfit.folds(pairs.groups, 2, 0)))
    p = np.where(mine & (np.arange(300) != np.flatnonzero(mine)[0]), 1 - pairs.p, pairs.p)
    other = type(pairs)(pairs.differences, pairs.nuisance, p, pairs.groups, pairs.weights)

    before, after = (disputed(one, 30.0, noise=0.2, rounds=1).evidence["margin"] for one in (pairs, other))

    # What its own half says does not move a pair's margin in the first round, beyond its own sign.
    assert np.abs(after[mine]) == pytest.approx(np.abs(before[mine]))
    assert np.abs(after[~mine]) != pytest.approx(np.abs(before[~mine]))


def test_swapped_sides_change_nothing_and_the_same_seed_says_the_same():
    pairs, _ = flipped(300, dimensions=8)
    swap = np.where(np.random.default_rng(0).random(300) < 0.5, -1.0, 1.0)
    swapped = type(pairs)(
        pairs.differences * swap[:, None], pairs.nuisance, 0.5 + swap * (pairs.p - 0.5), pairs.groups, pairs.weights
    )

    plain, mirrored, again, other = (
        disputed(one, 30.0, noise=0.2, seed=seed) for one, seed in ((pairs, 3), (swapped, 3), (pairs, 3), (pairs, 4))
    )

    assert mirrored.scores == pytest.approx(plain.scores, abs=1e-4)
    assert (mirrored.suggested == plain.suggested).all()
    assert (again.scores == plain.scores).all()
    assert (other.scores != plain.scores).any()


def test_ties_teach_nothing_and_are_kept():
    pairs = planted(300, dimensions=8, ties=0.4).pairs

    said = disputed(pairs, 30.0, noise=0.3)

    assert not said.flagged[~pairs.is_decided].any()
    assert np.isnan(said.scores[~pairs.is_decided]).all()
    assert said.flagged.sum() == pytest.approx(0.3 * pairs.is_decided.sum(), abs=1)


def test_what_cannot_be_halved_or_assumed_is_refused():
    pairs = planted(20, dimensions=2).pairs

    with pytest.raises(ValueError, match="two prompts"):
        disputed(pairs.take(np.arange(1)), 1.0, noise=0.1)
    with pytest.raises(ValueError, match="below 1"):
        disputed(pairs, 1.0, noise=1.0)


@pytest.mark.nightly
def test_ten_thousand_pairs():
    pairs, turned = flipped(10_000, dimensions=384)

    precision, recall = found(disputed(pairs, 100.0, noise=0.2).flagged, turned)
    print(f"two peers, 10,000 pairs, 20 % flips: P {precision:.3f} R {recall:.3f}")

    assert precision >= 0.75

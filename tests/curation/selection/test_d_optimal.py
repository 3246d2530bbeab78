"""Greedy D-optimal selection: determinants written out, mirrors, copies, and what it learns from a redundant pool."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.selection import d_optimal
from curation.selection.d_optimal import choose, mean_probability, reduced
from tests.curation.selection.pools import learned


def written_out(pool, p, count, penalty, labeled=None, labeled_p=None):
    """The same by determinants of whole matrices."""
    information = penalty * np.eye(pool.shape[1])
    for x, q in zip(labeled if labeled is not None else [], labeled_p if labeled_p is not None else [], strict=True):
        information += q * (1 - q) * np.outer(x, x)
    taken, gains = [], []
    for _ in range(min(count, len(pool))):
        gain = [
            -np.inf
            if at in taken
            else np.linalg.slogdet(information + p[at] * (1 - p[at]) * np.outer(x, x))[1]
            - np.linalg.slogdet(information)[1]
            for at, x in enumerate(pool)
        ]
        best = int(np.argmax(gain))
        taken.append(best)
        gains.append(gain[best])
        information += p[best] * (1 - p[best]) * np.outer(pool[best], pool[best])
    return taken, gains


@settings(max_examples=30)
@given(st.integers(0, 100_000))
def test_it_takes_what_adds_most_to_the_determinant(seed):
    draw = np.random.default_rng(seed)
    pool, p = draw.normal(size=(12, 3)), draw.uniform(0.05, 0.95, 12)
    labeled, labeled_p = draw.normal(size=(5, 3)), draw.uniform(0.1, 0.9, 5)

    taken, gains = choose(pool, p, 6, labeled=labeled, labeled_probabilities=labeled_p, penalty=2.0)
    swapped, _ = choose(-pool, 1 - p, 6, labeled=-labeled, labeled_probabilities=1 - labeled_p, penalty=2.0)

    expected, expected_gains = written_out(pool, p, 6, 2.0, labeled, labeled_p)
    assert taken.tolist() == swapped.tolist() == expected
    assert gains == pytest.approx(expected_gains)
    assert (np.diff(gains) <= 1e-12).all()  # what was asked makes the rest tell less


def test_a_copy_of_what_was_taken_comes_last_and_so_does_what_is_sure():
    pool = np.array([[3.0, 0.0], [3.0, 0.01], [-3.0, 0.0], [0.0, 2.0]])

    taken, _ = choose(pool, np.full(4, 0.5), 2, penalty=0.1)
    unsure, _ = choose(pool[[0, 3]], np.array([0.999, 0.5]), 1, penalty=0.1)

    assert taken[1] == 3
    assert unsure.tolist() == [1]


def test_it_takes_each_pair_once_and_no_more_than_there_are():
    taken, gains = choose(np.random.default_rng(0).normal(size=(5, 2)), np.full(5, 0.5), 9)

    assert sorted(taken.tolist()) == [0, 1, 2, 3, 4]
    assert len(gains) == 5
    assert len(choose(np.zeros((0, 2)), np.zeros(0), 3)[0]) == 0
    with pytest.raises(ValueError, match="above zero"):
        choose(np.zeros((1, 2)), np.full(1, 0.5), 1, penalty=0.0)


def test_of_a_large_pool_the_most_informative_are_looked_at(monkeypatch):
    monkeypatch.setattr(d_optimal, "LARGE_POOL", 50)
    monkeypatch.setattr(d_optimal, "SHORT_LIST", 10)
    draw = np.random.default_rng(0)
    pool, p = draw.normal(size=(60, 4)), draw.uniform(0.05, 0.95, 60)
    single = np.log1p(p * (1 - p) * (pool**2).sum(axis=1) / 30.0)

    taken, _ = choose(pool, p, 10)

    assert set(taken.tolist()) == set(np.argsort(-single)[:10].tolist())


def test_fewer_dimensions_keep_mirrors_and_as_much_length_as_can_be_kept():
    draw = np.random.default_rng(0)
    differences = draw.normal(size=(50, 6)) * [9, 5, 1, 0.1, 0.1, 0.1]

    small = reduced(differences, most=3)

    assert small.shape == (50, 3)
    singular = np.linalg.svd(differences, compute_uv=False)
    assert (small**2).sum() == pytest.approx((singular[:3] ** 2).sum())
    assert np.abs(reduced(np.vstack([differences, -differences]), most=3)[50:]) == pytest.approx(
        np.abs(reduced(np.vstack([differences, -differences]), most=3)[:50])
    )
    assert reduced(differences) is differences
    assert mean_probability(np.array([[0.0, 50.0], [0.0, -50.0]])) == pytest.approx([0.5, 0.5])


def test_a_redundant_pool_teaches_more_than_by_chance():
    chosen, drawn = (learned(one, n=1_500, rounds=5, seed=1) for one in ("d_optimal", "random"))

    assert chosen >= drawn + 0.04


@pytest.mark.nightly
def test_the_whole_table_of_strategies():
    strategies = ("random", "entropy", "bald", "spread", "diverse", "d_optimal")
    found = {one: np.mean([learned(one, seed=seed) for seed in range(4)]) for one in strategies}
    early = np.mean([learned("d_optimal", rounds=3, seed=seed) for seed in range(4)])
    print("accuracy at 500 labels:", {one: round(float(value), 3) for one, value in found.items()})
    print(f"d_optimal at 200 labels: {early:.3f}")

    assert found["d_optimal"] >= found["random"] + 0.04
    assert found["diverse"] >= found["bald"] + 0.04
    assert max(found, key=found.get) == "d_optimal"
    assert early >= found["random"] - 0.01

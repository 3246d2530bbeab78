"""A batch of three parts: their shares, a fair random part, and that nobody is asked twice."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.selection.mixture import mix, optimistic


def first_ones(places, count):
    return places[:count]


def test_a_batch_has_its_three_parts():
    doubt = np.r_[np.zeros(900), np.linspace(0.1, 1, 100)]

    batch = mix(100, doubt, first_ones)

    assert Counter(batch.arms.tolist()) == {"informative": 70, "disputed": 15, "random": 15}
    assert batch.random_probability == 0.015
    assert (batch.chosen[batch.arms == "disputed"] >= 975).all()
    assert set(batch.arms[:20].tolist()) == {"informative", "disputed", "random"}  # the order does not tell


def test_what_is_not_disputed_leaves_its_place_to_the_informative():
    batch = mix(100, np.full(1_000, np.nan), first_ones)

    assert Counter(batch.arms.tolist()) == {"informative": 85, "random": 15}


@given(st.integers(0, 200), st.integers(0, 60), st.integers(0, 100))
def test_each_is_chosen_once_and_as_many_as_there_are(count, n, seed):
    draw = np.random.default_rng(seed)
    doubt = np.where(draw.random(n) < 0.5, np.nan, draw.random(n))

    batch, again = (mix(count, doubt, first_ones, seed=seed) for _ in range(2))

    assert len(set(batch.chosen.tolist())) == len(batch.chosen) == len(batch.arms) == min(count, n)
    assert (batch.chosen == again.chosen).all()


def test_every_pair_comes_into_the_random_part_with_the_stored_probability():
    doubt = np.linspace(0, 1, 40)
    times = np.zeros(40)
    for seed in range(2_000):
        batch = mix(20, doubt, first_ones, seed=seed)
        times[batch.chosen[batch.arms == "random"]] += 1

    assert batch.random_probability == pytest.approx(3 / 40)
    assert times / 2_000 == pytest.approx(np.full(40, 3 / 40), abs=0.03)


@pytest.mark.parametrize("wrong", [lambda places, count: places[[0, 0]], lambda places, count: places[: count + 1]])
def test_an_informative_part_that_takes_what_is_not_its_own_is_refused(wrong):
    with pytest.raises(ValueError, match="once at most"):
        mix(4, np.zeros(40), wrong)


def test_optimism_prefers_what_could_be_the_best():
    mean, deviation = np.array([1.0, 0.8, 0.0]), np.array([0.0, 0.5, 0.9])

    assert optimistic(mean, deviation, 2).tolist() == [1, 0]
    assert optimistic(mean, deviation, 1, kappa=0.0).tolist() == [0]

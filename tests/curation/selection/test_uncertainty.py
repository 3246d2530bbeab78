"""Entropy, BALD, and BALD spread over the pool."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.selection.uncertainty import bald, diverse, entropy, top


def test_entropy_is_greatest_at_a_half_and_nothing_where_all_is_known():
    assert entropy(np.array([0.0, 0.5, 1.0])) == pytest.approx([0.0, np.log(2), 0.0])


def test_what_all_heads_call_a_coin_flip_is_no_disagreement():
    flip, dispute = np.zeros((4, 1)), np.array([[20.0], [20.0], [-20.0], [-20.0]])

    assert bald(flip)[0] == pytest.approx(0.0)
    assert bald(dispute)[0] == pytest.approx(np.log(2), abs=1e-6)


@given(st.integers(0, 10_000))
def test_bald_is_information_and_does_not_see_sides(seed):
    scores = np.random.default_rng(seed).normal(0, 3, (5, 8))

    found = bald(scores)

    assert (found >= 0).all()
    assert (found <= np.log(2)).all()
    assert bald(-scores) == pytest.approx(found)


def test_the_earlier_of_equals_comes_first():
    assert top(np.array([1.0, 3.0, 3.0, 2.0]), 3).tolist() == [1, 2, 3]
    assert len(top(np.zeros(2), 5)) == 2


def test_neither_a_copy_nor_its_mirror_is_taken_before_something_else():
    pool = np.array([[1.0, 0.0], [2.0, 0.0], [-1.0, 0.001], [0.0, 1.0]])

    assert diverse(pool, np.array([1.0, 0.9, 0.9, 0.2]), 2).tolist() == [0, 3]
    assert diverse(pool, np.array([1.0, 0.9, 0.9, 0.0]), 1).tolist() == [0]


def test_everything_is_taken_once_and_a_pair_without_difference_does_no_harm():
    assert sorted(diverse(np.zeros((4, 2)), np.zeros(4), 9).tolist()) == [0, 1, 2, 3]
    assert len(diverse(np.zeros((0, 2)), np.zeros(0), 3)) == 0

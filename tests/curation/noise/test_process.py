"""PROF's rule: the table of removals, the miracle that goes first, ties, balance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.noise.process import consistency, filtered, removals


@pytest.mark.parametrize(
    ("right", "wrong", "remove", "expected"),
    [
        (6, 2, 4, (4, 0)),
        (4, 4, 4, (2, 2)),
        (2, 6, 4, (0, 4)),
        (8, 0, 4, (4, 0)),
        (0, 8, 4, (0, 4)),
        (4, 3, 4, (2, 2)),  # 2.5 is rounded to the even 2
        (5, 2, 4, (4, 0)),  # 3.5 is rounded to the even 4
        (1, 1, 5, (1, 1)),
        (3, 3, 0, (0, 0)),
    ],
)
def test_so_many_right_and_wrong_ones_go(right, wrong, remove, expected):
    assert removals(right, wrong, remove) == expected


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 70))
def test_as_many_go_as_are_told_to_and_the_rest_is_no_further_from_balance(right, wrong, remove):
    from_right, from_wrong = removals(right, wrong, remove)

    assert 0 <= from_right <= right
    assert 0 <= from_wrong <= wrong
    assert from_right + from_wrong == min(remove, right + wrong)
    assert abs((right - from_right) - (wrong - from_wrong)) <= max(abs(right - wrong), 1)


def test_consistency_is_the_mean_distance_of_steps_in_the_direction_of_the_outcome():
    steps = np.array([0.9, 0.7, 0.2, 0.4, 0.3, 0.5])  # mean 0.5
    solutions = np.array([0, 0, 1, 1, 2, 2])

    found = consistency(steps, solutions, np.array([True, True, False]))

    assert found == pytest.approx([0.6, -0.4, 0.2])


def test_no_derivation_and_no_end_to_one_are_fined():
    solutions = np.repeat([0, 1, 2], [1, 31, 30])

    found = consistency(np.full(62, 0.5), solutions, np.ones(4, bool))

    assert found.tolist() == [-1.0, -1.0, 0.0, -1.0]
    with pytest.raises(ValueError, match="not there"):
        consistency(np.zeros(1), np.array([4]), np.ones(4, bool))


def story(steps_of, right, prompts, **more):
    solutions = np.repeat(np.arange(len(steps_of)), [len(one) for one in steps_of])
    steps = np.concatenate([np.asarray(one, float) for one in steps_of])
    return filtered(steps, solutions, np.asarray(right, bool), np.asarray(prompts), **more)


def test_a_right_outcome_from_weak_steps_and_a_wrong_one_from_strong_steps_go_first():
    strong, weak, fair = [0.9, 0.9], [0.1, 0.1], [0.6, 0.5]

    said = story([strong, weak, fair, weak, strong, fair], [1, 1, 1, 0, 0, 0], [7] * 6, remove=2)

    assert np.flatnonzero(said.flagged).tolist() == [1, 4]
    assert set(np.argsort(-said.scores)[:2]) == {1, 4}


def test_of_equals_the_first_goes_and_prompts_do_not_mix():
    fair = [0.5, 0.5]

    said = story([fair] * 6, [1, 1, 1, 1, 0, 0], [3, 1, 3, 1, 1, 3], remove=1)

    assert np.flatnonzero(said.flagged).tolist() == [0, 1]
    assert not story([fair] * 2, [1, 0], [0, 0], remove=0).flagged.any()
    assert len(filtered(np.zeros(0), np.zeros(0, int), np.zeros(0, bool), np.zeros(0, int), remove=2)) == 0


def test_wrong_ones_go_by_chance_where_their_steps_are_not_trusted():
    steps = [[0.1 * at, 0.1 * at] for at in range(8)]
    first = {
        tuple(np.flatnonzero(story(steps, [0] * 8, [0] * 8, remove=1, trust_wrong=False, seed=seed).flagged))
        for seed in range(30)
    }

    assert len(first) > 3
    assert np.flatnonzero(story(steps, [0] * 8, [0] * 8, remove=1).flagged).tolist() == [7]
    once, again = (story(steps, [0] * 8, [0] * 8, remove=3, trust_wrong=False, seed=5) for _ in range(2))
    assert (once.suggested == again.suggested).all()


@given(st.integers(0, 10_000))
def test_a_planted_miracle_is_always_the_first_right_one_to_go(seed):
    draw = np.random.default_rng(seed)
    steps = [draw.uniform(0.5, 1.0, draw.integers(2, 8)) for _ in range(6)]
    steps[3] = draw.uniform(0.0, 0.2, 4)

    said = story(steps, [1] * 6, [0] * 6, remove=1)

    assert np.flatnonzero(said.flagged).tolist() == [3]

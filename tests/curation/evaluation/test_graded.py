"""Means, subsets, intervals and differences: known answers, symmetries and planted truth."""

import numpy as np
import pytest

from curation.evaluation import steps
from curation.evaluation.graded import Graded, Subset, plain
from curation.evaluation.names import ROWS, SUBSETS
from curation.evaluation.paired import difference


def _graded(points, subsets=None, clusters=None) -> Graded:
    met = np.asarray(points, float)
    names = np.asarray(subsets if subsets is not None else ["all"] * len(met))
    groups = np.arange(len(met)) if clusters is None else np.asarray(clusters)
    parts = [plain(str(name), np.flatnonzero(names == name), met) for name in np.unique(names)]
    return Graded(met, groups, parts)


def _planted(rate: float, rows: int, seed: int) -> np.ndarray:
    return (np.random.default_rng(seed).random(rows) < rate).astype(float)


def test_the_mean_over_rows_and_the_mean_over_subsets_are_two_numbers():
    graded = _graded([1, 1, 1, 1, 0, 0, 0, 1], ["large"] * 6 + ["small"] * 2)

    assert graded.estimate(ROWS).value == pytest.approx(5 / 8)
    assert graded.estimate(SUBSETS).value == pytest.approx((4 / 6 + 1 / 2) / 2)
    assert [graded.of_subset(one).value for one in graded.subsets] == [pytest.approx(4 / 6), pytest.approx(1 / 2)]


def test_subsets_may_be_read_in_ways_of_their_own():
    met, labels = np.array([1.0, 0.0, 1.0, 1.0]), [0, 1, -1, -1]
    first_errors = Subset("math", np.arange(4), steps.parts(met, labels), steps.value)
    graded = Graded(met, np.arange(4), [first_errors])

    assert graded.estimate(SUBSETS).value == pytest.approx(2 * 0.5 * 1 / 1.5)
    assert graded.estimate(ROWS).value == pytest.approx(3 / 4)


def test_nothing_of_the_figures_depends_on_names_or_order():
    draw = np.random.default_rng(3)
    met, names, groups = draw.random(200) < 0.7, draw.choice(list("abc"), 200), draw.integers(0, 60, 200)
    order = draw.permutation(200)
    renamed = np.char.add("z", names)

    one, other = _graded(met, names, groups), _graded(met[order], renamed[order], 1000 - groups[order])

    for headline in (ROWS, SUBSETS):
        first, second = one.estimate(headline), other.estimate(headline)
        assert first.value == pytest.approx(second.value)
        assert (first.low, first.high) == pytest.approx((second.low, second.high), abs=0.02)


def test_intervals_hold_the_truth_about_as_often_as_they_promise():
    held = 0
    for seed in range(100):
        found = _graded(_planted(0.8, 300, seed)).estimate(ROWS)
        held += found.low <= 0.8 <= found.high

    assert held >= 88  # a share of 95 % falls below once in a few hundred times


def test_rows_of_one_prompt_make_an_interval_wider_than_rows_alone():
    met = np.repeat(_planted(0.6, 50, 1), 10)

    alone, together = _graded(met), _graded(met, clusters=np.repeat(np.arange(50), 10))

    assert together.estimate(ROWS).high - together.estimate(ROWS).low > 2 * (
        alone.estimate(ROWS).high - alone.estimate(ROWS).low
    )


def test_all_right_of_few_is_not_certain():
    few, many = _graded([1] * 10).estimate(ROWS), _graded([1] * 1_000).estimate(ROWS)

    assert (few.value, few.high) == (1, 1)
    assert few.low == pytest.approx(0.025 ** (1 / 10))  # Clopper and Pearson
    assert many.low == pytest.approx(0.025 ** (1 / 1_000))
    assert _graded([0] * 10).estimate(ROWS).high == pytest.approx(1 - 0.025 ** (1 / 10))


def test_no_rows_have_no_figures():
    nothing = Graded(np.zeros(0), np.zeros(0, int), [])

    assert nothing.estimate(ROWS) is None
    assert nothing.estimate(SUBSETS) is None


def test_a_difference_turns_with_its_sides():
    one, other = _graded(_planted(0.8, 200, 1)), _graded(_planted(0.7, 200, 2))

    forth, back = difference(one, other, ROWS), difference(other, one, ROWS)

    assert forth.by.value == pytest.approx(-back.by.value)
    assert (forth.by.low, forth.by.high) == pytest.approx((-back.by.high, -back.by.low), abs=0.03)
    assert forth.different == back.different


def test_a_checkpoint_cannot_be_told_from_itself():
    one = _graded(_planted(0.8, 200, 1))

    found = difference(one, one, ROWS)

    assert (found.by.value, found.different, found.is_told) == (0, 0, False)


def test_rows_in_common_tell_what_two_intervals_would_not():
    hard = _planted(0.5, 400, 4)
    worse = hard.copy()
    worse[np.flatnonzero(hard)[:14]] = 0  # wrong wherever the other is, and on fourteen more

    one, other = _graded(hard), _graded(worse)
    found = difference(one, other, ROWS)

    assert one.estimate(ROWS).low < other.estimate(ROWS).high  # their own intervals overlap
    assert found.is_told
    assert found.by.value == pytest.approx(14 / 400)


@pytest.mark.parametrize(("fewer", "is_told"), [(5, False), (6, True)])
def test_too_few_prompts_tell_nothing_apart(fewer, is_told):
    better = np.ones(8)
    worse = better.copy()
    worse[:fewer] = 0

    assert difference(_graded(better), _graded(worse), ROWS).is_told is is_told


def test_two_equally_good_ones_are_seldom_told_apart():
    told = sum(
        difference(_graded(_planted(0.7, 200, seed)), _graded(_planted(0.7, 200, 10_000 + seed)), ROWS).is_told
        for seed in range(100)
    )

    assert told <= 12  # 5 are expected


def test_only_the_same_rows_are_compared():
    with pytest.raises(ValueError, match="same rows"):
        difference(_graded([1, 0]), _graded([1, 0, 1]), ROWS)

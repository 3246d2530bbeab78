"""Means by prompts: the formula written out, coverage where pairs of a prompt are alike, bounds of rare things."""

import numpy as np
import pytest

from curation.criteria.means import mean, means


def test_the_standard_error_is_its_formula():
    draw = np.random.default_rng(0)
    column, groups = draw.normal(size=40), draw.integers(0, 9, 40)

    found = mean(column, groups)
    sums = [(column[groups == one] - column.mean()).sum() for one in np.unique(groups)]

    assert found.values[0] == pytest.approx(column.mean())
    assert found.errors[0] == pytest.approx(np.sqrt(len(sums) / (len(sums) - 1) * np.square(sums).sum()) / 40)


def test_rows_of_their_own_have_the_ordinary_standard_error():
    column = np.random.default_rng(1).normal(size=50)

    assert mean(column, np.arange(50)).errors[0] == pytest.approx(column.std(ddof=1) / np.sqrt(50))


def test_unknown_rows_count_for_nothing():
    column, groups = np.array([1.0, 0.0, 1.0, 1.0]), np.array([0, 1, 2, 3])
    with_holes = np.array([1.0, np.nan, 0.0, 1.0, np.nan, 1.0])

    found, whole = mean(with_holes, np.array([0, 9, 1, 2, 0, 3])), mean(column, groups)

    assert (found.values, found.errors, found.counts, found.groups) == (whole.values, whole.errors, 4, 4)


def test_intervals_hold_the_truth_where_rows_of_a_prompt_are_alike():
    draw, inside, naive = np.random.default_rng(2), 0, 0
    groups = np.repeat(np.arange(40), 4)
    for _ in range(400):
        column = draw.normal(size=40)[groups] + draw.normal(size=160)
        low, high = mean(column, groups).bounds()
        alone, apart = mean(column, np.arange(160)).bounds()
        inside += low[0] <= 0 <= high[0]
        naive += alone[0] <= 0 <= apart[0]

    assert 0.92 <= inside / 400 <= 0.98
    assert naive / 400 <= 0.88


@pytest.mark.parametrize("rate", [0.02, 0.3])
def test_bounds_of_shares_hold_the_truth_and_stay_within_reason(rate):
    draw, groups = np.random.default_rng(3), np.repeat(np.arange(50), 2)
    found = [mean((draw.random(100) < rate).astype(float), groups).share(0) for _ in range(400)]

    assert np.mean([one.low <= rate <= one.high for one in found]) >= 0.94
    assert all(0 <= one.low <= one.value <= one.high <= 1 for one in found)


def test_rows_of_a_prompt_that_are_alike_tell_no_more_than_one_of_them():
    rates = (np.arange(30) < 6).astype(float)

    one, ten = mean(rates, np.arange(30)).share(0), mean(np.repeat(rates, 10), np.repeat(np.arange(30), 10)).share(0)

    assert (ten.low, ten.high) == pytest.approx((one.low, one.high), abs=0.01)


def test_what_never_happened_has_a_bound_by_prompts_not_by_rows():
    found = mean(np.zeros(100), np.repeat(np.arange(10), 10)).share(0)

    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 10))


def test_one_prompt_has_a_mean_and_no_interval():
    found = mean(np.array([1.0, 0.0]), np.zeros(2, int))

    assert (found.estimate(0).value, found.estimate(0).low) == (0.5, None)
    assert found.p_above()[0] == found.p_apart()[0] == 1


def test_of_nothing_there_is_no_mean():
    found = means(np.full((3, 2), np.nan), np.arange(3))

    assert found.estimate(0) is None
    assert found.share(1) is None
    assert mean(np.zeros(0), np.zeros(0, int)).estimate(0) is None


def test_where_all_rows_are_zero_nothing_is_told():
    found = mean(np.zeros(30), np.arange(30))

    assert found.p_above()[0] == found.p_apart()[0] == 1
    assert mean(np.ones(30), np.arange(30)).p_apart()[0] == 0

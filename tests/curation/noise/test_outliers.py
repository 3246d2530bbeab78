"""Responses far below their domain, and raters who do something far too often."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from curation.noise.outliers import low_scores, robust_z
from curation.noise.raters import benjamini_hochberg, disagreements, outlying, standing_apart

REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))


def test_planted_low_scores_are_found_and_few_others():
    draw = np.random.default_rng(0)
    domains = draw.integers(0, 4, 8_000)
    scores = draw.normal(10.0 * domains, 1.0 + domains)
    planted = draw.random(8_000) < 0.02
    scores[planted] -= 6 * (1.0 + domains[planted])

    flagged = low_scores(scores, domains).flagged

    assert flagged[planted].mean() >= 0.95
    assert flagged[~planted].mean() <= 0.005


def test_no_more_than_the_share_of_a_domain_is_flagged_the_lowest_first():
    scores = np.r_[np.arange(80.0), np.full(20, -1_000.0) - np.arange(20)]

    said = low_scores(scores, np.zeros(100, int))

    assert np.flatnonzero(said.flagged).tolist() == [95, 96, 97, 98, 99]
    assert not low_scores(np.r_[np.arange(10.0), -500.0], np.zeros(11, int)).flagged.any()  # a share below one


def test_where_most_scores_are_equal_none_is_far():
    assert np.isnan(robust_z(np.array([1.0, 1.0, 1.0, -9.0]), np.zeros(4, int))).all()
    assert not low_scores(np.r_[np.ones(99), -50.0], np.zeros(100, int)).flagged.any()
    assert len(low_scores(np.zeros(0), np.zeros(0, int))) == 0
    with pytest.raises(ValueError, match="finite"):
        low_scores(np.array([np.inf]), np.zeros(1, int))


@given(st.floats(0.01, 100), st.floats(-50, 50))
def test_neither_the_unit_nor_the_zero_of_a_scorer_matters(unit, zero):
    draw = np.random.default_rng(1)
    scores, domains = draw.standard_t(2, 200), draw.integers(0, 2, 200)

    plain, other = low_scores(scores, domains), low_scores(unit * scores + zero, domains)

    assert other.scores == pytest.approx(plain.scores, abs=1e-6)
    assert (other.suggested == plain.suggested).all()


def test_the_p_value_is_the_exact_binomial_tail():
    hits, chances = np.array([3, 0, 10, 0]), np.array([20, 20, 20, 0])

    above = outlying(hits, chances, what="ties", expected=0.1).evidence["p_value"]
    both = outlying(hits, chances, what="ties", expected=0.1, two_sided=True).evidence["p_value"]

    for at in range(3):
        assert above[at] == pytest.approx(binomtest(int(hits[at]), 20, 0.1, alternative="greater").pvalue)
    assert np.isnan(above[3])
    assert both[:3] == pytest.approx([min(1, 2 * above[0]), 2 * 0.9**20, 2 * above[2]])


def test_the_discovery_rate_is_that_of_benjamini_and_hochberg():
    p = np.array([0.039, 0.001, np.nan, 0.008, 0.041, 0.6])

    assert benjamini_hochberg(p, 0.05).tolist() == [False, True, False, True, False, False]
    assert benjamini_hochberg(np.array([0.04, 0.05, 0.03]), 0.05).all()  # the largest carries the others
    assert not benjamini_hochberg(np.zeros(0), 0.05).any()


def test_planted_outliers_are_found_and_honest_raters_are_left_alone():
    draw, found, alarms = np.random.default_rng(0), 0, 0
    for _ in range(50):
        chances = draw.integers(20, 60, 30)
        rate = np.r_[np.full(27, 0.05), np.full(3, 0.45)]
        flagged = outlying(draw.binomial(chances, rate), chances, what="missed checks").flagged
        found, alarms = found + int(flagged[27:].sum()), alarms + int(flagged[:27].sum())

    assert found / 150 >= 0.95
    assert alarms / (50 * 27) <= 0.005


def test_raters_who_missed_ten_of_32_and_seven_of_19_checks_are_found_among_such_as_missed_two():
    hits, chances = np.array([2] * 8 + [10, 7]), np.array([24] * 8 + [32, 19])

    assert np.flatnonzero(outlying(hits, chances, what="missed checks").flagged).tolist() == [8, 9]


def test_a_rater_is_compared_with_the_others_and_not_with_a_majority_that_holds_them():
    # Units 0 and 1: two raters, one against one: each contradicts the other. Unit 2: two against one.
    units = np.array([0, 0, 2, 2, 2])
    raters = np.array([0, 1, 0, 1, 2])
    answers = np.array([0, 1, 0, 0, 1])

    hits, chances = disagreements(units, raters, answers, 4)

    # In unit 2 rater 0's others are split one to one and tell nothing; rater 2's others agree.
    assert chances.tolist() == [1, 1, 1, 0]
    assert hits.tolist() == [1, 1, 1, 0]
    assert [part.tolist() for part in disagreements(*np.zeros((3, 0), int), 2)] == [[0, 0], [0, 0]]


def test_nobody_does_more_than_there_was_a_chance_to():
    with pytest.raises(ValueError, match="chance"):
        outlying(np.array([2]), np.array([1]), what="ties")


def apart(hits, chances):
    """Numbers of those who stand apart as known items have it."""
    said = standing_apart(np.asarray(hits), np.asarray(chances), what="checks", margin=0.15, rate=0.1)
    return np.flatnonzero(said.flagged).tolist()


def test_whoever_stands_apart_is_held_against_the_others_who_do_not():
    hits, chances = np.array([0, 1, 1, 0, 9, 8, 0]), np.array([20, 20, 20, 20, 20, 20, 0])

    said = standing_apart(hits, chances, what="checks", margin=0.15, rate=0.1)

    assert np.flatnonzero(said.flagged).tolist() == [4, 5]
    usual = np.array([2.5, 1.5, 1.5, 2.5, 2.5, 2.5, 2.5]) / np.array([61, 61, 61, 61, 81, 81, 81])
    assert said.evidence["usual"] == pytest.approx(usual)
    for at in range(6):
        upper = binomtest(int(hits[at]), 20, usual[at], alternative="greater").pvalue
        beyond = binomtest(int(hits[at]) + 1, 20, usual[at], alternative="greater").pvalue
        assert said.evidence["p_value"][at] == pytest.approx((upper + beyond) / 2)
    assert np.isnan(said.evidence["p_value"][6])


def test_a_slight_difference_is_none_however_sure_and_nobody_stands_apart_alone():
    assert apart([100, 100, 240], [1_000, 1_000, 1_000]) == []
    assert apart([100, 100, 260], [1_000, 1_000, 1_000]) == [2]
    assert apart([], []) == apart([0], [0]) == []
    with pytest.raises(ValueError, match="chance"):
        apart([2], [1])


def test_who_misses_known_items_is_found_by_twenty_of_them_and_honest_raters_seldom():
    draw, found, beside, alarms = np.random.default_rng(0), 0, 0, 0
    for _ in range(100):
        rate = np.clip(draw.normal(0.05, 0.03, 30), 0.005, 1)
        alarms += len(apart(draw.binomial(20, rate), np.full(30, 20)))
        rate[27:] = 0.35
        named = apart(draw.binomial(20, rate), np.full(30, 20))
        found, beside = found + sum(at >= 27 for at in named), beside + sum(at < 27 for at in named)
    print(f"{found / 300:.2f} found, beside them {beside / 100:.2f}; of honest crowds {alarms / 100:.2f}")

    assert found / 300 >= 0.85
    assert beside / 100 <= 0.7
    assert alarms / 100 <= 0.6


@pytest.mark.skipif(not (REAL / "spans_wmt_mqm_sxs").exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
def test_the_two_real_raters_who_missed_attention_checks_stand_apart_and_nobody_else():
    names, hits, chances = missed_checks(REAL / "spans_wmt_mqm_sxs")

    assert [names[at] for at in apart(hits, chances)] == ["rater4", "rater9"]
    # Of all checks of the study, of which these are a sample: rater4 missed 10 of 32, rater9 7 of 19, others two.
    assert apart([2] * 8 + [10, 7], [24] * 8 + [32, 19]) == [8, 9]


def missed_checks(folder):
    """(names, missed, shown) of the hidden attention checks of real raters."""
    with (folder / "spans.csv").open(newline="") as file:
        checks = [row for row in csv.DictReader(file) if row["severity"] == "HOTW-test"]
    names = sorted({row["rater"] for row in checks})
    place = np.array([names.index(row["rater"]) for row in checks])
    missed = np.array(["Missed" in row["category"] for row in checks], int)
    return names, np.bincount(place, missed).astype(int), np.bincount(place)

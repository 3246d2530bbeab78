"""Which revision takes over: a better one, never one of many that are no better, and every figure is kept."""

import numpy as np
import pytest

from curation.criteria.evolution import promotion
from curation.evaluation.graded import Graded
from curation.evaluation.names import ROWS
from curation.evaluation.paired import difference


def points(n, *rates, seed=0, same=0.5):
    """(pairs,) of each version, who agree in a share of the pairs by more than chance, as versions of one rubric do."""
    draw = np.random.default_rng(seed)
    shared, which = draw.random(n), draw.random(n) < same
    return [(np.where(which, shared, draw.random(n)) < rate).astype(float) for rate in rates]


def test_a_better_revision_takes_over_and_every_figure_is_kept():
    old, worse, better, level = points(600, 0.65, 0.60, 0.78, 0.65)

    found = promotion(old, [worse, better, level], np.arange(600))

    assert found.promoted == 1
    assert [one.wins for one in found.challengers] == [False, True, False]
    assert [one.accuracy.value for one in found.challengers] == pytest.approx(
        [x.mean() for x in (worse, better, level)]
    )
    assert found.challengers[0].gain.value == pytest.approx(worse.mean() - old.mean())
    assert (found.in_office.accuracy.value, found.in_office.gain, found.in_office.wins) == (old.mean(), None, False)


def test_of_two_that_are_better_the_best_takes_over_and_of_equals_the_first():
    old, good, best = points(800, 0.5, 0.65, 0.75)

    assert promotion(old, [good, best], np.arange(800)).promoted == 1
    assert promotion(old, [best, best], np.arange(800)).promoted == 0


def test_of_one_challenger_the_interval_is_the_usual_one():
    old, new = points(400, 0.6, 0.66)
    groups = np.arange(400) // 2

    found = promotion(old, [new], groups).challengers[0].gain
    usual = difference(Graded(new, groups, ()), Graded(old, groups, ()), ROWS).by

    assert (found.low, found.high) == pytest.approx((usual.low, usual.high), abs=0.006)


def test_more_challengers_need_a_clearer_gain():
    old = np.r_[np.zeros(40), np.ones(22), np.full(238, 0.5)]
    new = np.r_[np.ones(40), np.zeros(22), np.full(238, 0.5)]  # 2.3 standard errors
    others = points(300, *[0.45] * 20)

    alone, among = promotion(old, [new], np.arange(300)), promotion(old, [new, *others], np.arange(300))

    assert alone.promoted == 0
    assert among.promoted is None
    assert among.challengers[0].gain.low < 0 < alone.challengers[0].gain.low
    assert among.challengers[0].accuracy == alone.challengers[0].accuracy


def promoted_by_chance(many, looks):
    """The share of looks at so many revisions that are no better in which one takes over."""
    found = 0
    for seed in range(looks):
        old, *new = points(200, 0.6, *[0.6] * many, seed=seed)
        found += promotion(old, new, np.arange(200) // 2).promoted is not None
    return found / looks


@pytest.mark.parametrize("many", [1, 10])
def test_of_revisions_that_are_no_better_hardly_any_is_promoted_however_many_there_are(many):
    assert promoted_by_chance(many, 50) <= 0.08


@pytest.mark.nightly
@pytest.mark.parametrize("many", [1, 3, 10])
def test_of_revisions_that_are_no_better_one_in_forty_is_promoted(many):
    share = promoted_by_chance(many, 1_000)
    print(f"revisions, {many} that are no better: one promoted in {share:.3f}")

    assert share <= 0.045


def test_pairs_of_one_prompt_count_together():
    old, new = points(60, 0.6, 0.9, seed=3)
    repeated = np.repeat(np.arange(60), 10)

    alone, again = promotion(old, [new], np.arange(60)), promotion(old[repeated], [new[repeated]], repeated)

    assert again.challengers[0].gain.low == pytest.approx(alone.challengers[0].gain.low, abs=0.03)


def test_fewer_than_six_prompts_that_differ_tell_nothing():
    old = np.zeros(400)
    five, six = (np.where(np.arange(400) < many, 1.0, 0.0) for many in (5, 6))

    assert promotion(old, [five], np.arange(400)).challengers[0].gain.low > 0
    assert promotion(old, [five], np.arange(400)).promoted is None
    assert promotion(old, [six], np.arange(400)).promoted == 0


def test_a_version_beside_itself_gains_nothing():
    (old,) = points(100, 0.7)

    found = promotion(old, [old], np.arange(100))

    assert (found.promoted, found.challengers[0].different, found.challengers[0].gain.value) == (None, 0, 0)


def test_who_is_worse_is_as_far_below_as_who_is_better_is_above():
    old, new = points(300, 0.5, 0.7, seed=4)

    up, down = promotion(old, [new], np.arange(300)), promotion(new, [old], np.arange(300))

    assert down.challengers[0].gain.high == pytest.approx(-up.challengers[0].gain.low)
    assert (up.promoted, down.promoted) == (0, None)


def test_renamed_prompts_and_the_same_again_change_nothing():
    old, new = points(200, 0.6, 0.7, seed=5)

    assert promotion(old, [new], np.arange(200)) == promotion(old, [new], np.arange(200) * 7 + 3)


def test_versions_are_tried_on_the_same_pairs():
    with pytest.raises(ValueError, match="same pairs"):
        promotion(np.ones(3), [np.ones(4)], np.arange(3))
    with pytest.raises(ValueError, match="same pairs"):
        promotion(np.ones(4), [np.ones(3)], np.arange(3))


def test_nothing_to_compare():
    none = np.zeros(0)

    assert promotion(np.ones(5), [], np.arange(5)).promoted is None
    empty = promotion(none, [none], np.zeros(0, int))
    assert (empty.promoted, empty.in_office.accuracy, empty.challengers[0].gain) == (None, None, None)
    single = promotion(np.zeros(1), [np.ones(1)], np.zeros(1, int))
    assert (single.promoted, single.challengers[0].gain.value, single.challengers[0].gain.low) == (None, 1, None)

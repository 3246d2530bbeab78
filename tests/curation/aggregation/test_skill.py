"""How annotators work: exact shares, planted leanings and drifts, and nobody judged by nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import binomtest

from curation.aggregation import pace, skill
from curation.aggregation.labels import UNKNOWN, make
from curation.aggregation.sequential import standing
from tests.curation.aggregation.tables import mirrored, renamed, shuffled, tables


def test_a_share_has_the_exact_interval():
    found = skill.share(17, 20)
    known = binomtest(17, 20).proportion_ci(method="exact")

    assert (found.low, found.high) == pytest.approx((known.low, known.high))
    assert (skill.share(0, 5).low, skill.share(5, 5).high) == (0, 1)
    assert skill.share(0, 0) is None


def test_who_leans_to_what_is_shown_first_is_seen():
    draw = np.random.default_rng(0)
    n, swapped = 200, np.random.default_rng(1).integers(0, 2, 400)
    fair = draw.choice([0, 1, 2], n)
    first = np.where(draw.random(n) < 0.8, 0, 2)
    shown = np.r_[fair, first]
    stored = np.where(swapped == 1, 2 - shown, shown)
    labels = make(
        np.tile(np.arange(n), 2), np.repeat([0, 1], n), stored, value_count=3, annotator_count=3, swapped=swapped
    )

    even, leaning, idle = skill.leanings(labels)

    assert even.first.count == (fair != 1).sum()
    assert even.p > 0.01
    assert leaning.first.value == (first == 0).mean()
    assert leaning.p < 1e-6
    assert idle is None


def test_who_says_tie_too_often_is_seen():
    values = np.r_[np.tile([0, 2, 0, 2, 1], 20), np.tile([0, 1], 50), np.tile([2, 0, 0, 2, 1], 20)]
    labels = make(np.tile(np.arange(100), 3), np.repeat(np.arange(3), 100), values, value_count=3, annotator_count=4)

    scores = skill.tie_scores(labels)

    assert scores[1] > 4
    assert max(scores[0], scores[2]) < 0
    assert scores[3] == 0


def test_one_key_has_no_variety():
    values, orders = np.r_[np.zeros(8), np.tile([0, 2], 4), np.tile([0, 2], 4)], np.r_[np.zeros(16), np.tile([0, 1], 4)]
    labels = make(np.tile(np.arange(8), 3), np.repeat(np.arange(3), 8), values, value_count=3, swapped=orders)

    # The third chose now this response, now that one, and always what stood first.
    assert skill.entropies(labels) == pytest.approx([0, 1, 0])


def test_agreement_with_others_leaves_oneself_out():
    labels = make([0, 0, 0, 1, 1, 2], [0, 1, 2, 0, 1, 0], [0, 0, 2, 1, 2, 0], value_count=3, annotator_count=4)

    found = skill.with_others(labels)

    assert found[:3] == pytest.approx([(0.5 + 0) / 2, (0.5 + 0) / 2, 0])
    assert np.isnan(found[3])


def test_both_orders_of_a_judge_are_not_each_others_others():
    labels = make([0, 0, 0], [0, 0, 1], [0, 0, 2], value_count=3, swapped=[0, 1, 0])

    assert skill.with_others(labels).tolist() == [0, 0]


def test_agreement_with_oneself_counts_what_came_again():
    # Units 0, 3 and 5 are one item; unit 1 came in both orders.
    labels = make(
        [0, 3, 5, 1, 1, 2],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 2, 1, 2, 0],
        value_count=3,
        unit_count=6,
        annotator_count=2,
        swapped=[0, 0, 0, 0, 1, 0],
    )
    same_as = np.array([0, UNKNOWN, UNKNOWN, 0, UNKNOWN, 0])

    mine, idle = skill.with_oneself(labels, same_as)

    assert (mine.hits, mine.count) == (1, 4)
    assert idle is None
    assert skill.with_oneself(labels)[0].count == 1


def test_gold_is_counted_where_it_is_known():
    labels = make([0, 1, 2, 0], [0, 0, 0, 1], [0, 2, 1, 2], value_count=3)

    one, other = skill.on_gold(labels, np.array([0, 0, UNKNOWN]))

    assert (one.hits, one.count, other.hits, other.count) == (1, 2, 0, 1)


@settings(max_examples=30, deadline=None)
@given(tables())
def test_it_is_the_same_however_it_is_told(labels):
    told, _, who = renamed(shuffled(labels))

    assert [skill.leanings(told)[at] for at in who] == skill.leanings(labels)
    assert [skill.with_oneself(told)[at] for at in who] == skill.with_oneself(labels)
    for measure in (skill.tie_scores, skill.entropies, skill.with_others):
        assert measure(told)[who] == pytest.approx(measure(labels), nan_ok=True)
        assert measure(mirrored(labels)) == pytest.approx(measure(labels), nan_ok=True)
    assert skill.leanings(mirrored(labels)) == skill.leanings(labels)


def test_pace_is_the_median_and_hurry_what_cannot_be_read():
    found = pace.of(
        np.array([0, 0, 0, 1, 1, 1]),
        np.array([1.0, 9.0, 5.0, 2.0, 4.0, np.nan]),
        np.array([100.0, 100.0, 100.0, 50.0, 101.0, 10.0]),
        annotator_count=3,
    )

    assert found.median[:2].tolist() == [5, 3]
    assert found.hurried[:2] == pytest.approx([1 / 3, 1 / 2])
    assert found.labels.tolist() == [3, 2, 0]
    assert np.isnan(np.r_[found.median[2], found.hurried[2]]).all()


def test_pace_of_nobody():
    none = np.zeros(0)

    assert np.isnan(pace.of(none.astype(int), none, none, annotator_count=2).median).all()


def test_the_sequential_test_adds_up():
    # A wrong answer weighs log(.35/.15) = .847, the pause is at log 19 = 2.944: the fourth in a row.
    assert standing(np.zeros(3, bool)).state == "open"
    paused = standing(np.zeros(9, bool))
    assert (paused.state, paused.decided_after) == ("paused", 4)
    # A right one weighs -.268: eleven in a row clear.
    assert standing(np.ones(10, bool)).state == "open"
    assert (standing(np.ones(11, bool)).state, standing(np.ones(11, bool)).decided_after) == ("cleared", 11)


def test_whoever_is_cleared_may_be_watched_on():
    drifting = np.r_[np.ones(20, bool), np.zeros(12, bool)]

    assert standing(drifting).state == "cleared"
    assert standing(drifting, restarts=True).state == "paused"


def paused(accuracy, people, items=60):
    """The share of people of this accuracy who are paused within so many gold items."""
    draw = np.random.default_rng(0)
    return np.mean([standing(draw.random(items) < accuracy).state == "paused" for _ in range(people)])


def test_good_people_are_seldom_paused_and_bad_ones_nearly_always():
    assert paused(0.85, 400) <= 0.07
    assert paused(0.60, 400) >= 0.95


@pytest.mark.nightly
def test_the_table_of_pauses():
    good, bad = paused(0.85, 4000, 400), paused(0.65, 4000, 400)
    print(f"paused within 400 gold items: of those who are right in .85 {good:.3f}, in .65 {bad:.3f}")

    assert good <= 0.055
    assert bad >= 0.945


@pytest.mark.parametrize(("good", "bad"), [(0.5, 0.7), (1, 0.5), (0.5, 0)])
def test_what_is_no_test_is_refused(good, bad):
    with pytest.raises(ValueError, match="below"):
        standing(np.ones(3, bool), good=good, bad=bad)

"""Rubrics on labeled pairs: planted rubrics, ties, gates, the same pairs before and after, and how far length goes."""

import numpy as np
import pytest

from curation.criteria.accuracy import accuracy, gain, of_choices
from curation.criteria.scoring import plain
from curation.criteria.verdicts import from_table, make
from curation.evaluation.names import ROWS
from tests.curation.criteria.planted import GOOD, NAMES, rubric

ALL = plain(np.ones(len(NAMES)))
ONLY_GOOD = plain(np.isin(np.arange(len(NAMES)), GOOD).astype(float))


def table(of_preferred, of_rejected):
    """(pairs, criteria) each, asked once."""
    return from_table(
        np.array([of_preferred, of_rejected], float).transpose(1, 0, 2)[..., None], np.arange(len(of_preferred))
    )


def test_good_criteria_alone_are_right_more_often_than_with_bad_ones():
    good, mixed = ([accuracy(rubric(seed=seed), one).value.value for seed in range(20)] for one in (ONLY_GOOD, ALL))

    # Measured over 1,000 draws: .725 and .651.
    assert np.mean(good) == pytest.approx(0.725, abs=0.02)
    assert np.mean(good) - np.mean(mixed) >= 0.05


@pytest.mark.nightly
@pytest.mark.parametrize("repeats", [1, 2])
def test_the_whole_table_of_good_and_bad_rubrics(repeats):
    verdicts = [rubric(seed=seed, repeats=repeats) for seed in range(1_000)]
    good, mixed = ([accuracy(one, scoring) for one in verdicts] for scoring in (ONLY_GOOD, ALL))
    told = [gain(one.graded, other.graded).is_told for one, other in zip(good, mixed, strict=True)]
    means = [float(np.mean([one.value.value for one in found])) for found in (good, mixed)]
    print(
        f"rubrics asked {repeats} times: good {means[0]:.3f}, with bad {means[1]:.3f}, told apart {np.mean(told):.3f}"
    )

    assert means[0] - means[1] >= 0.04


def test_wins_ties_losses_and_what_has_no_score():
    none = np.nan
    found = accuracy(table([[1, 1], [1, 0], [0, 0], [none, none]], [[0, 1], [0, 1], [0, 1], [1, 1]]), plain(np.ones(2)))

    assert found.graded.points.tolist() == [1, 0.5, 0, 0.5]
    assert (found.value.value, found.level, found.by_gates) == (0.5, 0.5, 0)


def test_a_gate_on_one_side_decides_whatever_the_scores_and_on_both_decides_nothing():
    scoring = plain(np.array([1.0, 5.0]), gates=np.array([True, False]))

    found = accuracy(table([[1, 0], [0, 1], [0, 1]], [[0, 1], [1, 0], [0, 0]]), scoring)

    assert found.graded.points.tolist() == [1, 0, 1]
    assert found.by_gates == pytest.approx(2 / 3)


def test_weights_decide():
    verdicts = table([[1, 0]], [[0, 1]])

    assert accuracy(verdicts, plain(np.array([2.0, 1.0]))).graded.points.tolist() == [1]
    assert accuracy(verdicts, plain(np.array([1.0, 2.0]))).graded.points.tolist() == [0]
    assert accuracy(verdicts, plain(np.array([2.0, -1.0]))).graded.points.tolist() == [1]


def test_rounding_makes_no_winner():
    found = accuracy(table([[1, 1, 0]], [[0, 0, 1]]), plain(np.array([0.1, 0.2, 0.3])))

    assert found.graded.points.tolist() == [0.5]


def test_the_mirror_turns_every_pair_round():
    verdicts = rubric(seed=1)
    scoring = plain(np.ones(len(NAMES)), gates=np.arange(len(NAMES)) == 0)

    one, other = (accuracy(each, scoring) for each in (verdicts, verdicts.mirrored()))

    assert other.graded.points == pytest.approx(1 - one.graded.points)
    assert other.value.value == pytest.approx(1 - one.value.value)
    assert (other.level, other.by_gates) == (one.level, one.by_gates)


def test_intervals_are_by_prompt():
    verdicts = rubric(300, seed=2)
    table_twice, groups = np.concatenate([verdicts.table(), verdicts.table()]), np.r_[np.arange(300), np.arange(300)]

    alone, twice = accuracy(verdicts, ALL).value, accuracy(from_table(table_twice, groups), ALL).value

    assert twice.value == pytest.approx(alone.value)
    assert twice.high - twice.low == pytest.approx(alone.high - alone.low, rel=0.15)


def width(of):
    return of.high - of.low


def test_the_gain_of_a_better_rubric_is_surer_on_the_same_pairs_than_two_intervals_would_be():
    verdicts = rubric(700, seed=5)
    before, after = accuracy(verdicts, ALL), accuracy(verdicts, ONLY_GOOD)

    found = gain(after.graded, before.graded)

    assert found.by.value == pytest.approx(after.value.value - before.value.value)
    assert found.is_told
    assert width(found.by) < 0.95 * np.hypot(width(before.value), width(after.value))
    assert gain(before.graded, after.graded).by.value == pytest.approx(-found.by.value)


def test_a_rubric_gains_nothing_over_itself():
    verdicts = rubric(seed=4)

    found = gain(accuracy(verdicts, ALL).graded, accuracy(verdicts, ALL).graded)

    assert (found.by.value, found.different, found.is_told) == (0, 0, False)


def test_versions_are_compared_on_the_same_pairs():
    with pytest.raises(ValueError, match="same rows"):
        gain(accuracy(rubric(50), ALL).graded, accuracy(rubric(51), ALL).graded)


def test_a_rubric_is_held_against_a_verdict_without_one():
    verdicts = rubric(300, seed=5)
    draw = np.random.default_rng(0)
    whole = of_choices((draw.random(300) < 0.5).astype(float), verdicts.groups)

    assert whole.estimate(ROWS).value == pytest.approx(0.5, abs=0.06)
    assert gain(accuracy(verdicts, ONLY_GOOD).graded, whole).is_told


def test_how_far_a_score_goes_with_length_beside_how_far_people_do():
    draw = np.random.default_rng(6)
    lengths = np.exp(draw.normal(6, 1, (400, 2)))
    longer = (lengths[:, :1] > lengths[:, ::-1][:, :1]).astype(float)
    by_length = np.stack([longer, 1 - longer], axis=1)[..., None]

    leaning = accuracy(from_table(by_length, np.arange(400)), plain(np.ones(1)), lengths=lengths).length
    fair = accuracy(
        from_table((draw.random((400, 2, 1, 1)) < 0.5) * 1.0, np.arange(400)), plain(np.ones(1)), lengths=lengths
    )

    assert leaning.of_rubric.low >= 0.7  # √(2/π) = .80 of a sign with a normal
    assert leaning.of_people.low < 0 < leaning.of_people.high
    assert fair.length.of_rubric.low < 0 < fair.length.of_rubric.high
    turned = accuracy(
        from_table(by_length, np.arange(400)).mirrored(), plain(np.ones(1)), lengths=lengths[:, ::-1]
    ).length
    assert turned.of_rubric.value == pytest.approx(leaning.of_rubric.value)
    assert turned.of_people.value == pytest.approx(-leaning.of_people.value)


def test_no_pairs_and_one():
    none = np.zeros(0)
    nothing = accuracy(
        make(none, none, none, none, none, criterion_count=1), plain(np.ones(1)), lengths=np.ones((0, 2))
    )

    assert (nothing.value, nothing.level, nothing.length.of_rubric) == (None, 0, None)
    assert gain(nothing.graded, nothing.graded) is None
    single = accuracy(table([[1]], [[0]]), plain(np.ones(1)))
    assert (single.value.value, single.value.low) == (1, None)


def test_the_same_again():
    assert accuracy(rubric(), ALL, seed=1).value == accuracy(rubric(), ALL, seed=1).value
    assert accuracy(rubric(), ALL, seed=1).value != accuracy(rubric(), ALL, seed=2).value

"""How far people read a criterion alike, and a judge with them: worked by hand, against Gwet's own case, planted."""

import numpy as np
import pytest

from curation.aggregation import chance, cross
from curation.aggregation.labels import make
from curation.criteria.agreement import agreement, judge_labels
from curation.criteria.verdicts import from_table
from tests.curation.criteria.planted import rubric


def labels(table, *, values=2):
    """(units, annotators) with -1 for no label."""
    table = np.asarray(table)
    unit, who = np.nonzero(table >= 0)
    return make(unit, who, table[unit, who], value_count=values, unit_count=len(table))


def people(truth, many, rate, seed=0):
    """Labels that differ from the truth with a chance."""
    draw = np.random.default_rng(seed)
    return labels(np.stack([truth ^ (draw.random(len(truth)) < rate) for _ in range(many)], axis=1).astype(int))


def test_sides_of_one_label_are_two_annotators():
    draw = np.random.default_rng(0)
    one, other = draw.integers(0, 3, (2, 50))
    both = labels(np.stack([one, other], axis=1), values=3)
    sides = [labels(side[:, None], values=3).counts() for side in (one, other)]

    for weights in (None, chance.quadratic(3)):
        found = cross.gwet(*sides, weights).total()
        assert found == pytest.approx(chance.gwet(both.counts(), weights).total())


def test_agreement_of_two_sides_by_hand():
    mine, theirs = labels([[1, 1], [1, 0], [0, -1], [1, -1]]), labels([[1], [1], [1], [-1]])

    # On three units both sides labeled: agreement (1 + ½ + 0)/3, prevalence of yes (1 + ¾ + ½)/3 = ¾.
    assert cross.gwet(mine.counts(), theirs.counts()).total() == pytest.approx((0.5 - 0.375) / (1 - 0.375))
    assert cross.gwet(theirs.counts(), mine.counts()).total() == pytest.approx(0.2)


def test_a_judge_who_reads_as_people_do_agrees_as_they_do_among_themselves():
    truth = np.random.default_rng(1).random(2_000) < 0.9
    crowd = people(truth, 3, 0.1)

    alike = agreement(crowd, people(truth, 1, 0.1, seed=9), np.arange(2_000) // 2)
    by_lot = agreement(crowd, people(truth, 1, 0.5, seed=9), np.arange(2_000) // 2)

    assert alike.with_judge.value == pytest.approx(alike.among_people.value, abs=0.03)
    assert alike.among_people.value >= 0.7  # where α is .44: nine of ten responses meet it
    assert alike.plain_among_people.value == pytest.approx(0.82, abs=0.02)
    assert by_lot.with_judge.high < alike.with_judge.low
    assert alike.responses == 2_000


def test_people_who_agree_make_no_agreement_of_a_judge_who_says_the_opposite():
    truth = np.arange(40) < 20

    found = agreement(people(truth, 5, 0), people(~truth, 1, 0), np.arange(40))

    assert (found.among_people.value, found.with_judge.value) == (1, -1)


def test_levels_that_lie_near_agree_nearly():
    one, other = labels(np.full((30, 1), 3), values=5), labels(np.tile([[3], [4]], (15, 1)), values=5)

    by_name, by_level = (agreement(one, other, np.arange(30), ordered=ordered) for ordered in (False, True))

    assert by_name.with_judge.value < 0.6
    assert by_level.with_judge.value > 0.9


def test_verdicts_of_a_judge_become_labels():
    table = np.array([[[[1.0, np.nan]], [[0.0, 1.0]]], [[[0.5, 0.0]], [[1.0, 1.0]]]])

    found = judge_labels(from_table(table, np.array([0, 1])), 0, levels=3)

    assert found.counts().tolist() == [[0, 0, 1], [1, 0, 1], [1, 1, 0], [0, 0, 2]]
    assert (found.unit_count, found.annotator_count) == (4, 2)


def test_a_judge_asked_about_planted_criteria():
    verdicts = rubric(300, flips=0.1, seed=2)
    truth = rubric(300, flips=0.0, repeats=1, seed=2).table()[:, :, 0, 0].ravel() > 0

    found = agreement(people(truth, 2, 0.05), judge_labels(verdicts, 0), np.repeat(verdicts.groups, 2))

    # Both err by themselves: (1 - 2 · .05)(1 - 2 · .1) of a half; beside (1 - 2 · .05)² among people.
    assert found.with_judge.value == pytest.approx(0.72, abs=0.06)
    assert found.among_people.value == pytest.approx(0.81, abs=0.06)


def test_nothing_shared_has_no_agreement():
    empty, some = labels(np.full((3, 1), -1)), labels([[1], [0], [1]])

    found = agreement(some, empty, np.arange(3))

    assert (found.among_people, found.with_judge, found.responses) == (None, None, 0)
    assert cross.gwet(np.zeros((0, 2)), np.zeros((0, 2))).total() is None
    assert cross.gwet(np.ones((3, 1)), np.ones((3, 1))).total() is None

"""Who errs together without any truth being known, and a consensus that is no surer than that allows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.aggregation import cautious, dawid_skene, shared_errors
from curation.aggregation.labels import UNKNOWN, make
from tests.curation.aggregation.planted import calibration_error, pairs
from tests.curation.aggregation.tables import mirrored, renamed, shuffled, tables, with_an_idle_annotator


def crowd(copies, units=300, people=9, seed=0):
    """Two values; `people` who are right in four of five, the first of whom `copies` more repeat word by word."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 2, units)
    said = np.where(draw.random((units, people)) < 0.8, truth[:, None], 1 - truth[:, None])
    said = np.hstack([said, np.repeat(said[:, :1], copies, axis=1)])
    who = np.tile(np.arange(people + copies), units)
    return make(np.repeat(np.arange(units), people + copies), who, said.ravel(), value_count=2), truth


def misled(share=0.3, units=400, seed=0):
    """Three families of four who repeat each other's errors on a share of the units, and three who err alone."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 2, units)
    misleading = np.repeat(draw.random((units, 3)) < share, 4, axis=1)
    said = np.where(np.hstack([misleading, np.zeros((units, 3), bool)]), 1 - truth[:, None], truth[:, None])
    said = np.where(draw.random(said.shape) < 0.1, 1 - said, said)
    return make(np.repeat(np.arange(units), 15), np.tile(np.arange(15), units), said.ravel(), value_count=2), truth


def one_by_one(labels, posterior):
    """R from its definition, over every two labels of every unit."""
    size = labels.value_count
    habits = np.zeros((labels.annotator_count, size, size))
    for unit, who, value in zip(labels.units, labels.annotators, labels.values, strict=True):
        habits[who, :, value] += posterior[unit]
    habits /= np.maximum(habits.sum(axis=2, keepdims=True), 1e-12)
    shape = (labels.annotator_count, labels.annotator_count)
    together, could = np.zeros(shape), np.zeros(shape)
    for i in range(len(labels)):
        for j in range(len(labels)):
            if i == j or labels.units[i] != labels.units[j]:
                continue
            a, b, unit = labels.annotators[i], labels.annotators[j], labels.units[i]
            if a == b and j < i:
                continue
            for k in range(size):
                left = np.eye(size)[labels.values[i]] - habits[a, k]
                right = np.eye(size)[labels.values[j]] - habits[b, k]
                together[a, b] += posterior[unit, k] * left @ right
                could[a, b] += (
                    posterior[unit, k]
                    * np.sqrt(habits[a, k] * (1 - habits[a, k]))
                    @ np.sqrt(habits[b, k] * (1 - habits[b, k]))
                )
    own = np.diag(np.diag(np.ones(shape)))
    half = np.where(own == 1, 1.0, 0.5)  # each two were met twice
    correlation = max(0.0, (half * together).sum() / ((half * could).sum() + shared_errors.DRAWN))
    pairs_ = (together + shared_errors.DRAWN * correlation) / (could + shared_errors.DRAWN)
    return correlation, np.clip(pairs_, 0, 1)


@settings(max_examples=25, deadline=None)
@given(tables(units=5, annotators=4), st.integers(0, 99))
def test_correlations_are_what_their_definition_says(labels, seed):
    posterior = np.random.default_rng(seed).dirichlet(np.ones(3), labels.unit_count)

    found = shared_errors.of(labels, posterior)

    correlation, rows = one_by_one(labels, posterior)
    assert found.correlation == pytest.approx(correlation, abs=1e-9)
    assert found.pairs[np.ix_(found.place, found.place)] == pytest.approx(rows, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(tables(), st.integers(0, 99))
def test_a_share_is_one_over_what_the_unit_repeats(labels, seed):
    rows = np.random.default_rng(seed).random((4, 4))
    errors = shared_errors.SharedErrors(0.1, np.arange(4), (rows + rows.T) / 2)

    shares = errors.shares(labels)

    for n in range(len(labels)):
        others = (labels.units == labels.units[n]) & (np.arange(len(labels)) != n)
        alike = errors.pairs[labels.annotators[n], labels.annotators[others]].sum()
        assert shares[n] == pytest.approx(1 / (1 + alike))


def test_labels_that_are_copied_weigh_together_as_one():
    labels, truth = crowd(copies=5, units=3000)

    shares = shared_errors.of(labels, np.eye(2)[truth]).shares(labels)

    worth = [shares[labels.annotators == who].mean() for who in range(labels.annotator_count)]
    assert worth[1:9] == pytest.approx([1] * 8, abs=0.25)
    assert sum(worth[:1] + worth[9:]) == pytest.approx(1, abs=0.35)


def test_who_errs_alone_correlates_with_nobody():
    planted = pairs(1000, 20, 5, seed=0)

    found = shared_errors.of(planted.labels, dawid_skene.fit(planted.labels, symmetric=True).posterior)

    assert found.correlation < 0.03
    assert found.shares(planted.labels).mean() > cautious.MATERIAL


def test_many_annotators_share_a_row_and_few_units_are_looked_at(monkeypatch):
    labels, _ = crowd(copies=5, units=600)
    posterior = dawid_skene.fit(labels).posterior
    whole = shared_errors.of(labels, posterior)
    monkeypatch.setattr(shared_errors, "MOST", 3)
    monkeypatch.setattr(shared_errors, "MOST_PAIRS", len(labels) * 13 // 6)

    found = shared_errors.of(labels, posterior)

    assert found.pairs.shape == (4, 4)
    assert found.correlation == pytest.approx(whole.correlation, abs=0.05)
    assert ((found.shares(labels) > 0) & (found.shares(labels) <= 1)).all()


def test_a_crowd_of_independent_people_is_left_as_it_is():
    planted = pairs(1000, 20, 5, seed=1)
    known = np.full(1000, UNKNOWN)
    known[:40] = planted.truth[:40]

    found, told = (cautious.settle(planted.labels, symmetric=True, known=some) for some in (None, known))

    plain = dawid_skene.fit(planted.labels, symmetric=True)
    assert found.posterior == pytest.approx(plain.posterior)
    assert (found.chosen == plain.chosen).all()
    assert (found.trust, found.known, told.trust, told.known, told.is_anchored) == (None, 0, 1.0, 40, False)
    assert told.posterior[40:] == pytest.approx(plain.posterior[40:])


def test_who_errs_together_makes_nobody_sure():
    labels, truth = misled()

    found, plain = cautious.settle(labels), dawid_skene.fit(labels)

    right = [(one.posterior.argmax(axis=1) == truth).mean() for one in (plain, found)]
    assert right[1] > right[0] + 0.02
    assert (plain.confidence > 0.9).mean() > 0.7
    assert (found.confidence > 0.9).mean() < 0.35
    assert found.together is not None
    assert found.together.independent < 0.5 * found.together.labels


def test_twenty_known_truths_turn_who_is_believed():
    labels, truth = misled(0.4)
    known = np.full(400, UNKNOWN)
    known[:20] = truth[:20]

    before, after = cautious.settle(labels), cautious.settle(labels, known=known)

    right = [(one.posterior.argmax(axis=1) == truth)[20:].mean() for one in (before, after)]
    assert right[1] > max(0.85, right[0] + 0.2)
    assert after.is_anchored
    assert calibration_error(after.confidence[20:], (after.posterior.argmax(axis=1) == truth)[20:]) < 0.15
    assert (after.posterior[:20] == np.eye(2)[truth[:20]]).all()


def test_a_consensus_that_known_truths_contradict_is_less_sure():
    planted = pairs(1000, 20, 5, seed=1)
    known = np.full(1000, UNKNOWN)
    known[:40] = 2 - planted.truth[:40]

    found = cautious.settle(planted.labels, symmetric=True, known=known)

    assert found.trust is not None
    assert found.trust < 0.2
    assert found.confidence[40:].mean() < 0.6


@settings(max_examples=25, deadline=None)
@given(tables(units=5), st.integers(0, 99))
def test_names_order_and_idle_annotators_do_not_matter_and_sides_mirror(labels, seed):
    found = cautious.settle(labels, symmetric=True)

    told, units, _ = renamed(shuffled(labels, seed), seed)
    again = cautious.settle(told, symmetric=True)
    idle = cautious.settle(with_an_idle_annotator(labels), symmetric=True)
    other = cautious.settle(mirrored(labels), symmetric=True)

    assert again.posterior[units] == pytest.approx(found.posterior, abs=1e-6)
    assert idle.posterior == pytest.approx(found.posterior, abs=1e-6)
    assert other.posterior == pytest.approx(found.posterior[:, ::-1], abs=1e-6)
    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(5))


def test_nothing_is_no_error():
    found = cautious.settle(make([], [], [], value_count=3, unit_count=2, annotator_count=1), symmetric=True)

    assert found.together is None
    assert found.chosen.tolist() == [UNKNOWN, UNKNOWN]
    assert cautious.settle(make([], [], [], value_count=3)).confidence.shape == (0,)

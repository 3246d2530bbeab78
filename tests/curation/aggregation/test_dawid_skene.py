"""Dawid–Skene: planted truth, its symmetries, what it may never do, and whom it calls a spammer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.aggregation import dawid_skene, reliability
from curation.aggregation.labels import UNKNOWN, make
from tests.curation.aggregation.planted import calibration_error, pairs
from tests.curation.aggregation.tables import mirrored, renamed, shuffled, tables, with_an_idle_annotator


def recovered(units, annotators, per, seed):
    """Accuracy of counting and of the model, error of annotators' accuracies, spammers found and falsely so, ECE."""
    planted = pairs(units, annotators, per, seed=seed)
    found = dawid_skene.fit(planted.labels, symmetric=True)
    known = reliability.of(found, fewest=1)
    counted = planted.labels.counts() + np.random.default_rng(0).random((units, 3)) * 1e-3
    right = found.posterior.argmax(axis=1) == planted.truth
    return np.array(
        [
            (counted.argmax(axis=1) == planted.truth).mean(),
            right.mean(),
            np.abs(known.accuracy - planted.accuracy).mean(),
            known.is_spammer[planted.is_spammer].mean(),
            known.is_spammer[~planted.is_spammer].mean(),
            calibration_error(found.confidence, right),
        ]
    )


def test_it_beats_counting_and_knows_whom_to_believe():
    counted, right, error, recall, false_alarms, calibration = recovered(2000, 20, 3, seed=0)

    assert right >= counted + 0.03
    assert error <= 0.03
    assert recall >= 0.95
    assert false_alarms <= 0.06
    assert calibration <= 0.03


@pytest.mark.nightly
def test_the_table_of_pairs():
    found = np.mean([recovered(5000, 20, 3, seed) for seed in range(5)], axis=0)
    sparse = np.mean([recovered(1000, 100, 3, seed) for seed in range(5)], axis=0)
    names = ("counted", "learnt", "error", "spammers found", "others called so", "calibration error")
    for each, units, annotators in ((found, 5000, 20), (sparse, 1000, 100)):
        print(f"{units} pairs by {annotators}:", dict(zip(names, each.round(3).tolist(), strict=True)))

    counted, right, error, recall, false_alarms, calibration = found
    assert right >= counted + 0.03
    assert (error <= 0.03, recall >= 0.95, false_alarms <= 0.06, calibration <= 0.02) == (True,) * 4
    assert sparse[2] <= 0.09
    assert sparse[3] >= 0.7


def test_pooling_helps_where_everybody_has_said_little():
    planted = pairs(400, 80, 3, seed=1)
    units = np.arange(400)

    alone, pooled = (
        dawid_skene.fit(planted.labels, symmetric=True, strength=strength).posterior[units, planted.truth]
        for strength in (0.01, dawid_skene.STRENGTH)
    )

    assert -np.log(np.maximum(pooled, 1e-9)).mean() <= -np.log(np.maximum(alone, 1e-9)).mean() - 0.2


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_the_likelihood_with_its_priors_never_falls(symmetric, seed):
    labels = pairs(150, 12, 3, seed=seed).labels

    objective = dawid_skene.fit(labels, symmetric=symmetric).objective

    assert len(objective) >= 2
    assert np.diff(objective).min() >= -1e-9


@pytest.mark.parametrize("symmetric", [True, False])
def test_the_likelihood_never_falls_where_labels_count_as_shares(symmetric):
    labels = pairs(150, 12, 3, seed=0).labels
    shares = np.random.default_rng(0).uniform(0.1, 1, len(labels))

    objective = dawid_skene.fit(labels, symmetric=symmetric, shares=shares).objective

    assert np.diff(objective).min() >= -1e-9


def test_labels_that_count_as_a_half_are_half_the_evidence():
    labels = make([0, 0, 1, 1], [0, 1, 2, 3], [1, 1, 1, 1], value_count=2)

    found = dawid_skene.fit(labels, shares=np.array([0.5, 0.5, 1, 1]), strength=1e9)

    odds = np.log(found.posterior[:, 1] / found.posterior[:, 0]) - np.log(found.prior[1] / found.prior[0])
    assert odds[1] == pytest.approx(2 * odds[0], rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(tables())
def test_swapping_all_sides_exactly_mirrors_it(labels):
    found, other = (dawid_skene.fit(one, symmetric=True) for one in (labels, mirrored(labels)))

    assert other.posterior == pytest.approx(found.posterior[:, ::-1], abs=1e-9)
    assert (other.chosen == np.where(found.chosen == UNKNOWN, UNKNOWN, 2 - found.chosen)).all()
    assert other.confusion == pytest.approx(found.confusion, abs=1e-9)
    assert found.prior == pytest.approx(found.prior[::-1], abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(tables(), st.booleans(), st.integers(0, 99))
def test_names_and_order_of_rows_do_not_matter(labels, symmetric, seed):
    found = dawid_skene.fit(labels, symmetric=symmetric)

    told, units, annotators = renamed(shuffled(labels, seed), seed)
    again = dawid_skene.fit(told, symmetric=symmetric)

    assert again.posterior[units] == pytest.approx(found.posterior, abs=1e-9)
    assert again.confusion[annotators] == pytest.approx(found.confusion, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(tables(values=4), st.booleans())
def test_whatever_is_said_it_is_a_distribution(labels, symmetric):
    found = dawid_skene.fit(labels, symmetric=symmetric)

    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(labels.unit_count))
    assert found.confusion.sum(axis=2) == pytest.approx(np.ones((labels.annotator_count, 4)))
    assert found.prior.sum() == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(tables(), st.booleans())
def test_who_says_nothing_changes_nothing(labels, symmetric):
    found, other = (dawid_skene.fit(one, symmetric=symmetric) for one in (labels, with_an_idle_annotator(labels)))

    assert other.posterior == pytest.approx(found.posterior, abs=1e-9)
    assert other.confusion[-1].sum() == pytest.approx(3)


@pytest.mark.parametrize("value", [0, 1, 2])
def test_where_all_say_the_same_it_says_so_too(value):
    labels = make(np.repeat(np.arange(20), 3), np.tile([0, 1, 2], 20), np.full(60, value), value_count=3)

    found = dawid_skene.fit(labels, symmetric=True)

    assert (found.chosen == value).all()


def test_without_labels_there_is_the_prior_alone():
    found = dawid_skene.fit(make([], [], [], value_count=3, unit_count=2, annotator_count=1), symmetric=True)

    assert found.chosen.tolist() == [UNKNOWN, UNKNOWN]
    assert found.posterior == pytest.approx(np.full((2, 3), 1 / 3))


def test_no_units_at_all_are_no_error():
    found = dawid_skene.fit(make([], [], [], value_count=3))

    assert (found.posterior.shape, found.confidence.shape) == ((0, 3), (0,))


def test_two_who_contradict_each_other_leave_it_open():
    labels = make([0, 0], [0, 1], [0, 2], value_count=3)

    assert dawid_skene.fit(labels, symmetric=True).chosen.tolist() == [UNKNOWN]


def test_what_is_known_stands_and_measures_everybody():
    # Eight of ten repeat each other's error on half of the units; forty known truths show who is right.
    draw = np.random.default_rng(0)
    truth = draw.integers(0, 2, 400)
    misleading = draw.random(400) < 0.5
    said = np.where(misleading[:, None] & (np.arange(10) < 8), 1 - truth[:, None], truth[:, None])
    said = np.where(draw.random(said.shape) < 0.1, 1 - said, said)
    labels = make(np.repeat(np.arange(400), 10), np.tile(np.arange(10), 400), said.ravel(), value_count=2)
    gold = np.full(400, UNKNOWN)
    gold[:40] = truth[:40]

    without, with_gold = (dawid_skene.fit(labels, gold=known) for known in (None, gold))

    assert (with_gold.chosen[:40] == truth[:40]).all()
    right = [(one.chosen[40:] == truth[40:]).mean() for one in (without, with_gold)]
    assert right[0] < 0.6
    assert right[1] > 0.85
    assert (reliability.of(with_gold).accuracy > 0.7).tolist() == [False] * 8 + [True] * 2


def test_a_known_truth_needs_no_labels():
    labels = make([0, 0], [0, 1], [1, 1], value_count=2, unit_count=2)

    found = dawid_skene.fit(labels, gold=np.array([UNKNOWN, 1]))

    assert found.posterior[1].tolist() == [0, 1]
    assert found.chosen[1] == 1


def told(who_is_how, units=300, seed=0):
    """Labels of every unit by each of these: a function from truth and chance to what they say."""
    draw = np.random.default_rng(seed)
    truth = draw.choice([0, 2], units)
    said = np.stack([how(truth, draw) for how in who_is_how], axis=1)
    who = np.tile(np.arange(len(who_is_how)), units)
    return make(np.repeat(np.arange(units), len(who_is_how)), who, said.ravel(), value_count=3)


def honest(truth, draw):
    return np.where(draw.random(len(truth)) < 0.85, truth, 2 - truth)


def contrary(truth, draw):
    return 2 - honest(truth, draw)


def by_lot(truth, draw):
    return draw.choice([0, 2], len(truth))


def always_first(truth, draw):
    return np.zeros(len(truth), int)


def test_spammers_and_adversaries_are_told_apart():
    labels = told([honest, honest, honest, honest, contrary, by_lot, always_first])

    found = reliability.of(dawid_skene.fit(labels, symmetric=True))

    assert found.is_adversary.tolist() == [False] * 4 + [True, False, False]
    assert found.is_spammer.tolist() == [False] * 5 + [True, True]


def test_nobody_is_called_anything_for_a_few_labels():
    labels = told([honest, honest, honest, contrary, by_lot], units=29)

    found = reliability.of(dawid_skene.fit(labels, symmetric=True))

    assert not (found.is_spammer | found.is_adversary).any()


def test_where_most_labels_carry_nothing_it_is_the_question_and_nobody_is_called_a_spammer():
    few, most = (told([honest] * 3 + [by_lot] * lots) for lots in (2, 5))

    found, blamed = (reliability.of(dawid_skene.fit(labels, symmetric=True)) for labels in (most, few))

    assert (found.spammer_score < reliability.SPAM).sum() > 4
    assert not found.is_spammer.any()
    assert blamed.is_spammer.tolist() == [False] * 3 + [True] * 2


def test_the_interval_of_an_accuracy_covers_it():
    held = []
    for seed in range(10):
        planted = pairs(600, 15, 4, seed=seed)
        found = reliability.of(dawid_skene.fit(planted.labels, symmetric=True))
        held.append((found.low <= planted.accuracy) & (planted.accuracy <= found.high))

    assert np.mean(held) >= 0.85


def test_the_score_of_a_spammer_is_zero_and_of_the_faultless_one():
    confusion = np.stack([np.eye(4), np.full((4, 4), 0.25), np.tile([0.7, 0.1, 0.1, 0.1], (4, 1))])

    assert reliability.spammer_scores(confusion, np.array([0.4, 0.3, 0.2, 0.1])) == pytest.approx([1, 0, 0])

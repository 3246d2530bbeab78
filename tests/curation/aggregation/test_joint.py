"""Annotators and a head together: better than either where features tell, harmless where they do not."""

import numpy as np
import pytest
from hypothesis import given, settings

from curation.aggregation import dawid_skene
from curation.aggregation.joint import fit
from curation.aggregation.labels import BadLabels, make
from tests.curation.aggregation.planted import assigned
from tests.curation.aggregation.tables import mirrored, renamed, shuffled, tables
from tests.modelhooks.head.planted import planted

COUNT = 25


def told(n, per, *, dimensions, seed=0, features_tell=True):
    """Labels of planted pairs by 25 annotators, four of whom toss coins; features, prompts, truth, accuracies."""
    draw = np.random.default_rng(seed)
    pairs = planted(n, dimensions=dimensions, scale=8.0, seed=seed)
    truth = np.where(pairs.margin > 0, 0, 2)
    accuracy = draw.beta(7, 3, COUNT)
    accuracy[:4] = 0.5
    unit, who = assigned(draw, n, COUNT, per)
    right = draw.random(len(unit)) < accuracy[who]
    labels = make(
        unit, who, np.where(right, truth[unit], 2 - truth[unit]), value_count=3, unit_count=n, annotator_count=COUNT
    )
    features = pairs.pairs.differences
    return labels, features if features_tell else draw.normal(size=features.shape), np.arange(n), truth, accuracy


def accuracies(n, per, *, dimensions, seed=0, features_tell=True, penalty=None):
    """Of Dawid–Skene and of the joint fit; the error of annotators' accuracies; T."""
    labels, features, groups, truth, accuracy = told(
        n, per, dimensions=dimensions, seed=seed, features_tell=features_tell
    )
    found = fit(labels, features, groups, penalty=penalty, seed=seed)
    alone = dawid_skene.fit(labels, symmetric=True).posterior
    return (
        ((alone[:, 0] > alone[:, 2]) == (truth == 0)).mean(),
        ((found.posterior > 0.5) == (truth == 0)).mean(),
        np.abs(found.accuracy - accuracy).mean(),
        found.factor,
    )


def test_features_that_tell_help_where_labels_are_few():
    alone, joint, error, factor = accuracies(600, 2, dimensions=24, penalty=3.0)

    assert joint >= alone + 0.08
    assert error <= 0.08
    assert factor > 0.3


def test_features_that_do_not_tell_do_no_harm():
    alone, joint, _, factor = np.transpose(
        [accuracies(600, 3, dimensions=24, seed=seed, penalty=100.0, features_tell=False) for seed in range(3)]
    )

    assert joint.mean() >= alone.mean() - 0.01
    assert np.median(factor) == 0


@pytest.mark.nightly
def test_the_table_of_the_joint_fit():
    found = np.mean([accuracies(2000, 2, dimensions=384, seed=seed) for seed in range(3)], axis=0)
    alone, joint, error, _ = found

    assert joint >= alone + 0.12
    assert error <= 0.06


@pytest.mark.nightly
def test_the_null_of_the_joint_fit():
    alone, joint, _, _ = np.mean(
        [accuracies(2000, 3, dimensions=384, seed=seed, features_tell=False) for seed in range(3)], axis=0
    )

    assert joint >= alone - 0.01


def test_swapping_the_sides_mirrors_it():
    labels, features, groups, _, _ = told(120, 2, dimensions=6)

    found = fit(labels, features, groups, penalty=10.0)
    other = fit(mirrored(labels), -features, groups, penalty=10.0)

    assert other.posterior == pytest.approx(1 - found.posterior, abs=0.02)
    assert other.accuracy == pytest.approx(found.accuracy, abs=0.01)


def test_order_and_annotators_names_do_not_matter():
    labels, features, groups, _, _ = told(120, 2, dimensions=6)
    again, units, who = renamed(shuffled(labels))
    back = np.argsort(units)

    found = fit(labels, features, groups, penalty=10.0)
    other = fit(again, features[back], groups[back], penalty=10.0)

    assert other.posterior[units] == pytest.approx(found.posterior, abs=0.02)
    assert other.accuracy[who] == pytest.approx(found.accuracy, abs=0.01)


def test_the_same_seed_gives_the_same():
    labels, features, groups, _, _ = told(100, 2, dimensions=5)

    assert (fit(labels, features, groups).posterior == fit(labels, features, groups).posterior).all()


@settings(max_examples=8, deadline=None)
@given(tables())
def test_whatever_is_said_it_is_a_chance(labels):
    features = np.random.default_rng(0).normal(size=(6, 2))

    found = fit(labels, features, np.arange(6), penalty=10.0)

    assert ((found.posterior > 0) & (found.posterior < 1)).all()
    assert np.isfinite(np.r_[found.by_head, found.accuracy]).all()
    assert found.is_provisional


def test_ties_say_nothing():
    ties = make(np.repeat(np.arange(10), 2), np.tile([0, 1], 10), np.ones(20), value_count=3)

    found = fit(ties, np.random.default_rng(0).normal(size=(10, 3)), np.arange(10))

    assert (found.posterior == 0.5).all()
    assert (found.factor, found.accuracy.tolist()) == (0.0, [0.75, 0.75])


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(BadLabels):
        fit(make([0], [0], [0], value_count=3), np.zeros((2, 3)), np.zeros(2, int))

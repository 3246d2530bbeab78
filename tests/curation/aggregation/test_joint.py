"""Annotators and a head together: better than either where features tell, harmless where they do not."""

import numpy as np
import pytest
from hypothesis import given, settings

from curation.aggregation import dawid_skene
from curation.aggregation.joint import fit
from curation.aggregation.labels import BadLabels, make
from tests.curation.aggregation.planted import assigned, calibration_error
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


def measured(n, per, *, dimensions, seed=0, features_tell=True, penalty=None):
    """Shares told right by counting (a tie is half right), by Dawid–Skene, by the head and by both; and annotators."""
    labels, features, groups, truth, accuracy = told(
        n, per, dimensions=dimensions, seed=seed, features_tell=features_tell
    )
    found, is_first = fit(labels, features, groups, penalty=penalty, seed=seed), truth == 0
    lead = np.sign(labels.counts()[:, 0] - labels.counts()[:, 2])
    alone = dawid_skene.fit(labels, symmetric=True).posterior
    is_right = (found.posterior > 0.5) == is_first
    return {
        "counted": np.where(lead == 0, 0.5, (lead > 0) == is_first).mean(),
        "alone": ((alone[:, 0] > alone[:, 2]) == is_first).mean(),
        "head": ((found.by_head > 0) == is_first).mean(),
        "joint": is_right.mean(),
        "error": np.abs(found.accuracy - accuracy).mean(),
        "correlation": np.corrcoef(found.accuracy, accuracy)[0, 1],
        "calibration": calibration_error(np.maximum(found.posterior, 1 - found.posterior), is_right),
        "factor": found.factor,
    }


def over_seeds(count, n, per, **more):
    """The mean of each figure, and its values."""
    found = [measured(n, per, seed=seed, **more) for seed in range(count)]
    return {name: np.mean([one[name] for one in found]) for name in found[0]}, found


def test_features_that_tell_help_where_labels_are_few():
    found = measured(600, 2, dimensions=24, penalty=3.0)

    assert found["joint"] >= found["alone"] + 0.08
    assert found["error"] <= 0.08
    assert found["factor"] > 0.3


def test_features_that_do_not_tell_do_no_harm():
    found, each = over_seeds(3, 600, 3, dimensions=24, penalty=100.0, features_tell=False)

    assert found["joint"] >= found["alone"] - 0.01
    assert np.median([one["factor"] for one in each]) == 0


@pytest.mark.nightly
@pytest.mark.parametrize("n", [500, 2000])
@pytest.mark.parametrize("per", [1, 2, 3])
def test_the_table_of_the_joint_fit(n, per):
    found, _ = over_seeds(3, n, per, dimensions=384)
    print(f"joint, {n} pairs, {per} labels each:", {name: round(float(value), 3) for name, value in found.items()})

    # One label for each of few pairs: in some draws they confirm nothing that the head says, and people decide alone.
    assert found["joint"] >= max(found["counted"], found["alone"]) + (0.01 if (n, per) == (500, 1) else 0.05)
    assert found["joint"] >= found["head"]
    if (n, per) == (2000, 2):
        assert found["joint"] >= found["alone"] + 0.12
        assert found["error"] <= 0.06


@pytest.mark.nightly
@pytest.mark.parametrize("per", [2, 3])
def test_the_null_of_the_joint_fit(per):
    found, each = over_seeds(3, 2000, per, dimensions=384, features_tell=False)
    print(f"joint, features that say nothing, {per} labels each:", [one["factor"] for one in each], found)

    assert found["joint"] == pytest.approx(found["alone"], abs=0.01)
    assert np.median([one["factor"] for one in each]) == 0


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


@pytest.mark.parametrize("side", [0, 2])
def test_one_side_alone_is_no_error(side):
    labels = make(np.repeat(np.arange(10), 2), np.tile([0, 1], 10), np.full(20, side), value_count=3)

    found = fit(labels, np.random.default_rng(0).normal(size=(10, 3)), np.arange(10))

    assert ((found.posterior > 0.5) == (side == 0)).all()
    assert np.isfinite(np.r_[found.posterior, found.by_head, found.accuracy]).all()


@pytest.mark.parametrize(("pairs", "provisional"), [(999, True), (1000, False)])
def test_below_a_thousand_pairs_it_is_provisional(pairs, provisional):
    labels, features, groups, _, _ = told(1000, 1, dimensions=2)
    silent = make(
        labels.units[:pairs],
        labels.annotators[:pairs],
        labels.values[:pairs],
        value_count=3,
        unit_count=1000,
        annotator_count=COUNT,
    )

    assert fit(silent, features, groups, penalty=10.0).is_provisional is provisional


def test_ties_say_nothing():
    ties = make(np.repeat(np.arange(10), 2), np.tile([0, 1], 10), np.ones(20), value_count=3)

    found = fit(ties, np.random.default_rng(0).normal(size=(10, 3)), np.arange(10))

    assert (found.posterior == 0.5).all()
    assert (found.factor, found.accuracy.tolist()) == (0.0, [0.75, 0.75])


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(BadLabels):
        fit(make([0], [0], [0], value_count=3), np.zeros((2, 3)), np.zeros(2, int))

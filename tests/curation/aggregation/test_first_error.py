"""First errors: the likelihood is a distribution, planted eyes and alarms come back, and what is said is bounded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.aggregation import first_error
from curation.aggregation.first_error import fit
from curation.aggregation.labels import UNKNOWN, BadLabels
from tests.curation.aggregation.planted import assigned

STEPS = 8


def said_of(truth, steps, alarm, detection, late, draw):
    """(n,) where each annotator stops, walking from step to step."""
    said = steps.copy()
    for step in range(int(steps.max())):
        chance = np.where(step < truth, alarm, np.where(step == truth, detection, late))
        stops = (said == steps) & (step < steps) & (draw.random(len(truth)) < chance)
        said = np.where(stops, step, said)
    return said


def f1(found, truth, steps):
    """ProcessBench's measure: the harmonic mean of accuracies on wrong and on faultless solutions."""
    wrong, faultless = ((found == truth)[which].mean() for which in (truth < steps, truth == steps))
    return 2 * wrong * faultless / (wrong + faultless)


def recovered(n, per, seed, lengths=(STEPS, STEPS)):
    """F1 of counting and of the model, errors of detection and alarm, spammers found."""
    draw = np.random.default_rng(seed)
    count = 18
    steps = draw.integers(lengths[0], lengths[1] + 1, n)
    truth = np.where(draw.random(n) < 0.45, steps, draw.integers(0, steps))
    alarm, detection = draw.beta(1.2, 40, count), draw.beta(8, 2, count)
    unit, who = assigned(draw, n, count, per)
    said = said_of(truth[unit], steps[unit], alarm[who], detection[who], 0.3, draw)
    by_lot = np.where(draw.random(len(unit)) < 0.5, steps[unit], draw.integers(0, steps[unit]))
    said = np.where(who < 3, by_lot, said)
    found = fit(unit, who, said, steps, annotator_count=count)
    counted = np.array([np.bincount(one).argmax() for one in said.reshape(n, per)])
    return np.array(
        [
            f1(counted, truth, steps),
            f1(found.chosen, truth, steps),
            np.abs(found.detection - detection)[3:].mean(),
            np.abs(found.alarm - alarm)[3:].mean(),
            np.isin(np.argsort(found.attention)[:3], range(3)).mean(),
        ]
    )


def test_it_beats_counting_and_knows_the_eyes():
    counted, right, detection, alarm, spammers = recovered(600, 3, seed=0)

    assert right >= counted + 0.05
    assert detection <= 0.09
    assert alarm <= 0.03
    assert spammers == 1


def test_solutions_may_differ_in_length():
    counted, right, _, _, spammers = recovered(600, 3, seed=1, lengths=(2, 14))

    assert right >= counted + 0.05
    assert spammers == 1


@pytest.mark.nightly
@pytest.mark.parametrize(("per", "gain"), [(3, 0.05), (5, 0.03)])
def test_the_table_of_first_errors(per, gain):
    counted, right, detection, alarm, spammers = np.mean([recovered(2000, per, seed) for seed in range(4)], axis=0)
    print(
        f"first errors, {per} labels each: counted {counted:.3f}, learnt {right:.3f}, eyes off by {detection:.3f}, "
        f"alarms by {alarm:.4f}, inattentive found {spammers:.2f}"
    )

    assert right >= counted + gain
    assert detection <= 0.06
    assert alarm <= 0.02
    assert spammers == 1


@pytest.mark.parametrize("truth", range(5))
def test_what_attentive_people_say_has_one_chance_in_all(truth):
    steps = np.full(5, 4)
    model = first_error._Model(np.arange(5), np.zeros(5, int), np.arange(5), steps, 1)
    model.attention = np.array([1 - 1e-12])

    _, logs = model._likelihoods()

    assert np.exp(logs[:, truth]).sum() == pytest.approx(1)


def test_the_chances_are_those_of_the_formula():
    model = first_error._Model(np.zeros(1, int), np.zeros(1, int), np.array([3]), np.array([4]), 1)
    model.attention, model.alarm, model.detection = np.array([1 - 1e-12]), np.array([0.1]), np.array([0.8])
    model.late = 0.3

    _, logs = model._likelihoods()

    # Truth 0 and 1 were passed and found late, 2 at once after it, 3 is right, and for 4 it is a false alarm.
    known = [0.2 * 0.7**2 * 0.3, 0.9 * 0.2 * 0.7 * 0.3, 0.9**2 * 0.2 * 0.3, 0.9**3 * 0.8, 0.9**3 * 0.1]
    assert np.exp(logs[0]) == pytest.approx(known)


def test_the_likelihood_with_its_priors_never_falls():
    draw = np.random.default_rng(3)
    unit, who = assigned(draw, 80, 6, 3)
    steps = draw.integers(1, 7, 80)

    found = fit(unit, who, draw.integers(0, steps[unit] + 1), steps, annotator_count=6)

    assert len(found.likelihood) > 3
    assert np.diff(found.likelihood).min() >= -1e-8


CELLS = st.dictionaries(st.integers(0, 19), st.integers(0, 9), max_size=20)


@settings(max_examples=40, deadline=None)
@given(CELLS, st.lists(st.integers(0, 6), min_size=5, max_size=5))
def test_names_and_order_do_not_matter_and_all_is_a_distribution(cells, steps):
    at, steps = np.array(list(cells), int), np.array(steps)
    said = np.array(list(cells.values()), int) % (steps[at // 4] + 1)
    draw = np.random.default_rng(0)
    units, who, order = draw.permutation(5), draw.permutation(4), draw.permutation(len(at))

    found = fit(at // 4, at % 4, said, steps, annotator_count=4)
    again = fit(units[at // 4][order], who[at % 4][order], said[order], steps[np.argsort(units)], annotator_count=5)

    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(5))
    assert again.posterior[units] == pytest.approx(found.posterior, abs=1e-9)
    assert again.detection[who] == pytest.approx(found.detection, abs=1e-9)
    assert ((found.chosen == UNKNOWN) == (np.bincount(at // 4, minlength=5) == 0)).all()
    assert (found.chosen <= steps).all()


def test_everybody_says_the_same():
    unit, who = np.repeat(np.arange(30), 3), np.tile(np.arange(3), 30)

    for place in (0, 2, 4):
        found = fit(unit, who, np.full(90, place), np.full(30, 4), annotator_count=3)
        assert (found.chosen == place).all()


def test_nothing_is_no_error():
    none = np.zeros(0, int)

    assert fit(none, none, none, none, annotator_count=0).posterior.shape == (0, 1)


@pytest.mark.parametrize("wrong", [{"places": [5, 0]}, {"places": [-1, 0]}, {"annotators": [0, 0]}, {"places": [1]}])
def test_what_cannot_be_is_refused(wrong):
    columns = {"solutions": [0, 0], "annotators": [0, 1], "places": [1, 2]} | wrong

    with pytest.raises(BadLabels):
        fit(*(np.array(values) for values in columns.values()), np.array([4]), annotator_count=2)

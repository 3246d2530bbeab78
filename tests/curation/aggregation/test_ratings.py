"""Ratings: planted leniency and noise, closed forms, mirrors, and the rule of the three most similar."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.aggregation.labels import BadLabels
from curation.aggregation.ratings import fit, three_most_similar
from tests.curation.aggregation.planted import assigned


def recovered(units, annotators, per, seed):
    """Correlations with planted truth: of the mean, of the model; of leniency and noise; noisy annotators found."""
    draw = np.random.default_rng(seed)
    truth, leniency = draw.normal(2.4, 1, units), draw.normal(0, 0.5, annotators)
    noise = draw.gamma(6, 0.1, annotators)
    noise[:6] = 2.5
    unit, who = assigned(draw, units, annotators, per)
    said = np.clip(np.round(truth[unit] + leniency[who] + noise[who] * draw.normal(size=len(unit))), 0, 4)
    found = fit(unit, who, said, unit_count=units, annotator_count=annotators)
    similar = np.array([three_most_similar(one)[0] for one in said.reshape(units, per)])
    return np.array(
        [
            np.corrcoef(np.bincount(unit, said) / per, truth)[0, 1],
            np.corrcoef(found.rating, truth)[0, 1],
            np.corrcoef(found.leniency, leniency)[0, 1],
            np.corrcoef(found.noise, noise)[0, 1],
            np.isin(np.argsort(-found.noise)[:6], range(6)).mean(),
            np.corrcoef(similar, truth)[0, 1],
        ]
    )


def test_the_model_beats_the_mean_and_knows_the_raters():
    mean, model, leniency, noise, noisy, _ = recovered(600, 30, 4, seed=0)

    assert model >= mean + 0.05
    assert min(leniency, noise) >= 0.9
    assert noisy == 1


@pytest.mark.nightly
def test_the_table_of_ratings():
    three, five = (np.mean([recovered(2000, 40, per, seed) for seed in range(5)], axis=0) for per in (3, 5))
    names = ("mean", "learnt", "leniency", "noise", "careless found", "three most similar")
    for each, per in ((three, 3), (five, 5)):
        print(f"ratings, {per} each:", dict(zip(names, each.round(3).tolist(), strict=True)))

    for mean, model, leniency, noise, noisy, _ in (three, five):
        assert model >= mean + 0.05
        assert min(leniency, noise) >= 0.93
        assert noisy == 1
    assert five[5] < five[0]  # the three most similar of five keep less than the mean


def test_one_rating_is_shrunk_by_its_own_noise_and_the_spread_of_all():
    draw = np.random.default_rng(0)
    truth = draw.normal(0, 2, 3000)
    unit, who = assigned(draw, 3000, 4, 3)
    found = fit(unit, who, truth[unit] + draw.normal(0, 0.5, len(unit)), unit_count=3001, annotator_count=5)

    assert found.noise[:4] == pytest.approx(np.full(4, 0.5), abs=0.05)
    assert found.error[:3000] == pytest.approx(np.full(3000, 1 / np.sqrt(3 / 0.25 + 1 / 4)), rel=0.1)
    assert found.rating[3000] == pytest.approx(found.rating[:3000].mean())
    assert found.error[3000] == pytest.approx(2, rel=0.1)
    assert found.leniency[4] == pytest.approx(0, abs=0.05)
    assert np.mean(np.abs(found.rating[:3000] - truth) <= 1.96 * found.error[:3000]) == pytest.approx(0.95, abs=0.02)


def test_a_rating_is_rounded_only_where_it_is_sure():
    found = fit(
        np.repeat([0, 1], [6, 1]), np.r_[np.arange(6), 0], np.r_[np.full(6, 3.0), 1.0], unit_count=2, annotator_count=6
    )

    assert found.error[0] < 0.4 < found.error[1]
    assert found.rounded()[0] == 3
    assert np.isnan(found.rounded()[1])


def test_strengths_tell_who_leans_to_what_stands_first():
    draw = np.random.default_rng(1)
    truth, leaning = draw.normal(0, 1.2, 800), np.array([0.2, 0.4, 0.8, 0.6])
    unit, who = assigned(draw, 800, 4, 3)
    side = draw.choice([-1, 1], len(unit))
    said = truth[unit] + side * leaning[who] + draw.normal(0, 0.5, len(unit))

    found = fit(unit, who, said, unit_count=800, annotator_count=4, sides=side)
    turned = fit(unit, who, -said, unit_count=800, annotator_count=4, sides=-side)

    assert found.leniency == pytest.approx(leaning, abs=0.1)
    assert turned.leniency == pytest.approx(found.leniency, abs=1e-9)
    assert turned.rating == pytest.approx(-found.rating, abs=1e-9)


CELLS = st.dictionaries(st.integers(0, 19), st.integers(0, 4), max_size=20)


@settings(max_examples=40, deadline=None)
@given(CELLS)
def test_names_and_order_do_not_matter_and_all_is_finite(cells):
    at, said = np.array(list(cells), int), np.array(list(cells.values()), float)
    draw = np.random.default_rng(0)
    units, who, order = draw.permutation(5), draw.permutation(4), draw.permutation(len(at))

    found = fit(at // 4, at % 4, said, unit_count=5, annotator_count=4)
    again = fit(units[at // 4][order], who[at % 4][order], said[order], unit_count=5, annotator_count=5)

    assert again.rating[units] == pytest.approx(found.rating, abs=1e-9)
    assert again.leniency[who] == pytest.approx(found.leniency, abs=1e-9)
    assert np.isfinite(np.r_[found.rating, found.error, found.leniency, found.noise]).all()


def test_the_scale_may_begin_anywhere():
    draw = np.random.default_rng(0)
    unit, who = assigned(draw, 50, 5, 3)
    said = draw.integers(0, 5, 150).astype(float)

    found, moved = (fit(unit, who, one, unit_count=50, annotator_count=5) for one in (said, said + 7))

    assert moved.rating == pytest.approx(found.rating + 7)
    assert moved.leniency == pytest.approx(found.leniency)


@pytest.mark.parametrize(
    ("said", "mean", "spread"),
    [([1, 4, 4, 3, 0], 11 / 3, 1), ([2], 2, 0), ([1, 4], 2.5, 3), ([0, 1, 2, 3, 4], 1, 2), ([4, 4, 4, 0], 4, 0)],
)
def test_the_three_most_similar(said, mean, spread):
    assert three_most_similar(np.array(said, float)) == pytest.approx((mean, spread))


@pytest.mark.parametrize(
    "wrong", [{"units": [0, 0, 1]}, {"annotators": [0, 0]}, {"ratings": [1, np.nan]}, {"sides": [1, 0]}]
)
def test_what_is_no_rating_is_refused(wrong):
    columns = {"units": [0, 0], "annotators": [0, 1], "ratings": [1.0, 2.0], "sides": [1, 1]} | wrong
    columns = {name: np.array(values) for name, values in columns.items()}

    with pytest.raises(BadLabels):
        fit(
            columns.pop("units"),
            columns.pop("annotators"),
            columns.pop("ratings"),
            **columns,
            unit_count=2,
            annotator_count=2,
        )


def test_no_rating_has_no_similar_ones():
    with pytest.raises(BadLabels):
        three_most_similar(np.array([]))

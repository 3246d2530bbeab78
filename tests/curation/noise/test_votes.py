"""Many reward models' vote: the mean and the spread by hand, one scale for all, planted flips."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.noise.proposals import Suggestion
from curation.noise.votes import cross_fitted_heads, vote
from tests.curation.noise.planting import flipped, found


def test_the_mean_and_the_spread_are_those_of_the_margins():
    # Each model's root mean square is 1, so the common scale changes nothing.
    said = vote(np.array([[1.0, -1.0], [1.0, 1.0]]), np.array([1.0, 0.0]))

    assert said.evidence["pref_strength_mean"] == pytest.approx([1.0, 0.0])
    assert said.evidence["pref_strength_std"] == pytest.approx([0.0, 1.0])  # of the population, not of a sample
    assert said.evidence["models_against"] == pytest.approx([0.0, 0.5])
    assert said.scores == pytest.approx([-1.0, 0.0])


def test_flip_where_models_agree_drop_where_they_do_not_soften_the_next_and_keep_the_rest():
    margins = np.array([[-3.0, -4.0, 0.1, 0.2, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0], [-3.0, 0.2, 0.1, 0.2, 2, 2, 2, 2, 2, 2]])

    said = vote(margins, np.ones(10))

    assert said.suggested.tolist() == ["flip", "drop", "soft", "soft", *["keep"] * 6]
    assert ((said.p[2:4] > 0.5) & (said.p[2:4] < 0.9)).all()


def test_labels_that_no_model_contradicts_are_neither_flipped_nor_dropped():
    said = vote(np.full((3, 20), 2.0), np.ones(20))

    assert set(said.suggested) == {"keep", "soft"}


def test_a_model_with_ten_times_the_spread_has_no_more_to_say():
    margins = np.random.default_rng(0).normal(size=(3, 40))
    p = np.ones(40)

    assert vote(margins * [[1], [10], [0.1]], p).scores == pytest.approx(vote(margins, p).scores)


def test_ties_are_kept_and_have_no_score():
    said = vote(np.array([[-5.0, -1.0, 2.0]]), np.array([0.5, 1.0, 1.0]), lowest=0.5)

    assert said.suggested[0] == "keep"
    assert np.isnan(said.scores[0])
    assert said.suggested[1] == "flip"
    mostly_ties = vote(np.array([[0.0] * 8 + [1.0, 2.0]]), np.array([0.5] * 8 + [1.0] * 2), following=0.3)
    assert mostly_ties.suggested[8:].tolist() == ["soft", "keep"]  # half of those that are decided
    assert not vote(np.ones((2, 3)), np.full(3, 0.5)).flagged.any()
    assert len(vote(np.zeros((2, 0)), np.zeros(0))) == 0


def test_a_vote_needs_a_model_and_finite_margins():
    with pytest.raises(ValueError, match="finite"):
        vote(np.zeros((0, 3)), np.ones(3))
    with pytest.raises(ValueError, match="finite"):
        vote(np.array([[np.nan]]), np.ones(1))


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 50))
def test_swapped_sides_shuffled_rows_and_models_change_nothing(seed, n):
    draw = np.random.default_rng(seed)
    margins, p = draw.normal(size=(4, n)), draw.choice([0.0, 0.5, 1.0], n)
    swap, order = np.where(draw.random(n) < 0.5, -1, 1), draw.permutation(n)

    plain = vote(margins, p)
    mirrored = vote(swap * margins, 0.5 + swap * (p - 0.5))
    shuffled = vote(margins[::-1][:, order], p[order])

    assert mirrored.scores == pytest.approx(plain.scores, nan_ok=True)
    assert (mirrored.suggested == plain.suggested).all()
    assert mirrored.p == pytest.approx(np.where(swap < 0, 1 - plain.p, plain.p), nan_ok=True)
    assert (shuffled.suggested == plain.suggested[order]).all()


def test_cross_fitted_heads_find_planted_flips():
    pairs, turned = flipped(2_000)

    margins = cross_fitted_heads(pairs, 30.0, heads=3)
    said = vote(margins, pairs.p)
    precision, recall = found(said.of(Suggestion.FLIP) | said.of(Suggestion.DROP), turned)

    assert margins.shape == (3, 2_000)
    assert precision >= 0.75
    assert recall >= 0.75
    assert found(said.of(Suggestion.FLIP), turned)[0] >= precision
    assert (cross_fitted_heads(pairs, 30.0, heads=3) == margins).all()


def test_heads_see_no_label_of_the_prompt_that_they_speak_of():
    pairs, _ = flipped(200)
    p = pairs.p.copy()
    p[11] = 1 - p[11]
    other = type(pairs)(pairs.differences, pairs.nuisance, p, pairs.groups, pairs.weights)

    assert (cross_fitted_heads(pairs, 30.0, heads=2)[:, 11] == cross_fitted_heads(other, 30.0, heads=2)[:, 11]).all()
    with pytest.raises(ValueError, match="two prompts"):
        cross_fitted_heads(pairs.take(np.arange(1)), 30.0)

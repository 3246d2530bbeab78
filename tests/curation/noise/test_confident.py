"""Confident learning: planted flips are found, the mirror, the threshold by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.noise.confident import by_head, disputed, least_likely
from curation.noise.planted import flip
from curation.noise.proposals import Suggestion
from modelhooks.head import crossfit
from modelhooks.head.logistic import fit
from tests.curation.noise.planting import flipped, found
from tests.modelhooks.head.planted import planted


def test_the_threshold_is_the_mean_probability_of_given_labels():
    scores = np.log([9.0, 9.0, 9.0, 1 / 9.0])  # probabilities .9 .9 .9 .1 that the first is better

    said = disputed(scores, np.array([1.0, 1.0, 0.0, 0.0]))

    assert said.evidence["probability_of_label"] == pytest.approx([0.9, 0.9, 0.1, 0.9])
    assert said.evidence["threshold"] == pytest.approx([0.7] * 4)
    assert said.suggested.tolist() == ["keep", "keep", "drop", "keep"]
    assert said.scores == pytest.approx([0.1, 0.1, 0.9, 0.1])


def test_a_tie_is_kept_without_a_score_and_moves_no_threshold():
    scores = np.log([9.0, 9.0, 1 / 9.0])

    said = disputed(scores, np.array([1.0, 0.5, 1.0]))

    assert said.suggested.tolist() == ["keep", "keep", "drop"]
    assert np.isnan(said.scores[1])
    assert said.evidence["threshold"][0] == pytest.approx(0.5)
    assert not disputed(np.zeros(2), np.full(2, 0.5)).flagged.any()
    assert len(disputed(np.zeros(0), np.zeros(0))) == 0


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 60))
def test_swapped_sides_and_shuffled_rows_change_nothing(seed, n):
    draw = np.random.default_rng(seed)
    scores, p = draw.normal(size=n), draw.choice([0.0, 0.5, 1.0], n)
    swap, order = np.where(draw.random(n) < 0.5, -1, 1), draw.permutation(n)

    plain = disputed(scores, p)
    mirrored = disputed(swap * scores, 0.5 + swap * (p - 0.5))
    shuffled = disputed(scores[order], p[order])

    assert mirrored.scores == pytest.approx(plain.scores, nan_ok=True)
    assert (mirrored.suggested == plain.suggested).all()
    assert (shuffled.suggested == plain.suggested[order]).all()


def test_planted_flips_are_found():
    pairs, turned = flipped(4_000, scale=20.0)

    precision, recall = found(by_head(pairs, 30.0, seeds=1).of(Suggestion.DROP), turned)

    assert precision >= 0.88
    assert recall >= 0.6


def test_what_is_flagged_depends_on_no_label_of_its_own_prompt():
    pairs, _ = flipped(400, dimensions=8)
    other = pairs.p.copy()
    other[7] = 1 - other[7]
    turned = type(pairs)(pairs.differences, pairs.nuisance, other, pairs.groups, pairs.weights)

    before = crossfit.scores(pairs, 30.0, seeds=[0])[7]

    assert crossfit.scores(turned, 30.0, seeds=[0])[7] == before
    assert by_head(pairs, 30.0, seeds=1).scores[7] == pytest.approx(
        1 - by_head(turned, 30.0, seeds=1).scores[7], abs=0.02
    )


def test_a_share_takes_the_pairs_that_scores_contradict_most_and_no_tie():
    scores, p = np.array([3.0, -2.0, 1.0, -5.0]), np.array([1.0, 1.0, 0.0, 0.5])

    assert least_likely(scores, p, 1 / 3).tolist() == [False, True, False, False]
    assert least_likely(scores, p, 2 / 3).tolist() == [False, True, True, False]
    assert not least_likely(scores, p, 0.0).any()


def tried(n, scale, seed):
    """Precision and recall of what is flagged, precision of the lowest fifth, how much of what is flagged contradicts
    the truth; how often heads are right that learn from flipped labels, from what is left of them, from clean ones."""
    whole = planted(n + 4_000, dimensions=384, scale=scale, seed=seed)
    clean, test = whole.pairs.take(np.arange(n)), np.arange(n, n + 4_000)
    pairs, turned = flip(clean, 0.2, seed + 1)
    penalty = crossfit.choose_penalty(pairs, seed=seed)
    flagged = by_head(pairs, penalty).flagged
    lowest = least_likely(crossfit.scores(pairs, penalty), pairs.p, 0.2)
    heads = (fit(pairs, penalty), fit(pairs.take(~flagged), penalty), fit(clean, crossfit.choose_penalty(clean)))
    is_first = whole.margin > 0
    right = [((head.score(whole.pairs.differences[test]) > 0) == is_first[test]).mean() for head in heads]
    return [
        *found(flagged, turned),
        found(lowest, turned)[0],
        found(flagged, (pairs.p > 0.5) != is_first[:n])[0],
        *right,
    ]


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("scale", "n", "least_precision", "least_recall", "least_share", "least_gain"),
    [
        (20.0, 500, 0.45, 0.45, 0.45, -0.03),
        (20.0, 2_000, 0.70, 0.55, 0.64, -0.01),
        (20.0, 10_000, 0.90, 0.60, 0.80, 0.0),
        (6.0, 2_000, 0.60, 0.50, 0.58, -0.01),
        (6.0, 10_000, 0.80, 0.60, 0.72, 0.0),
        (2.5, 2_000, 0.42, 0.50, 0.46, -0.01),
        (2.5, 10_000, 0.55, 0.55, 0.55, 0.0),
    ],
)
def test_the_whole_table_of_planted_flips(scale, n, least_precision, least_recall, least_share, least_gain):
    rows = np.mean([tried(n, scale, seed) for seed in range(3)], axis=0)
    precision, recall, share, against_truth, noisy, dropped, clean = rows
    print(
        f"flips, scale {scale}, {n} pairs: P {precision:.3f} R {recall:.3f}, lowest fifth {share:.3f}, "
        f"against the truth {against_truth:.3f}; heads {noisy:.3f}, dropped {dropped:.3f}, clean {clean:.3f}"
    )

    assert precision >= least_precision
    assert recall >= least_recall
    assert share >= least_share
    assert dropped - noisy >= least_gain
    if n == 10_000:
        assert against_truth >= 0.9

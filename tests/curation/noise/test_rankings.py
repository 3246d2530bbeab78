"""Two rankings of a prompt's responses: known answers, scipy's, ties, and that prompts keep their place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr

from curation.noise.rankings import compare, proposals, unanimous


def agreement(first, second, **more):
    first, second = np.asarray(first, float), np.asarray(second, float)
    return compare(first, second, np.zeros(len(first), int), **more).agreement[0]


def test_the_same_the_reversed_and_one_swap_of_four():
    assert agreement([1, 2, 3, 4], [10, 20, 30, 40]) == 1.0
    assert agreement([1, 2, 3, 4], [4, 3, 2, 1]) == 0.0
    assert agreement([1, 2, 3, 4], [2, 1, 3, 4]) == pytest.approx((2 / 3 + 1) / 2)


def test_extremes_ask_only_for_the_best_and_the_worst():
    assert agreement([1, 2, 3, 4], [1, 3, 2, 4], measure="extremes") == 1.0
    assert agreement([1, 2, 3, 4], [2, 1, 3, 4], measure="extremes") == 0.0


@given(st.integers(0, 100_000))
def test_every_prompt_gets_what_scipy_finds(seed):
    draw = np.random.default_rng(seed)
    prompts = draw.integers(0, 6, 30) * 3
    first, second = draw.integers(0, 4, (2, 30)).astype(float)

    for measure, oracle in (("kendall", kendalltau), ("spearman", spearmanr)):
        found = compare(first, second, prompts, measure=measure)
        for row, prompt in enumerate(found.prompts):
            here = prompts == prompt
            flat = len(set(first[here])) < 2 or len(set(second[here])) < 2
            assert found.known[row] == (not flat)
            if not flat:
                assert found.agreement[row] == pytest.approx((oracle(first[here], second[here])[0] + 1) / 2)


def test_a_prompt_without_an_agreement_gets_the_mean_and_no_other_moves():
    prompts = np.array([5, 9, 9, 7, 7, 2, 2])
    first = np.array([1.0, 1, 2, 1, 2, 3, 3])
    second = np.array([1.0, 1, 2, 2, 1, 1, 2])

    found = compare(first, second, prompts)

    assert found.prompts.tolist() == [2, 5, 7, 9]
    assert found.known.tolist() == [False, False, True, True]
    assert found.agreement == pytest.approx([0.5, 0.5, 0.0, 1.0])
    assert compare(np.ones(1), np.ones(1), np.zeros(1, int)).agreement.tolist() == [0.5]
    assert len(compare(np.zeros(0), np.zeros(0), np.zeros(0, int)).agreement) == 0


def test_the_pair_is_the_first_scorers_best_and_worst_the_earlier_of_equals_best():
    found = compare(np.array([2.0, 5, 5, 1, 1]), np.arange(5.0), np.zeros(5, int))

    assert (found.best[0], found.worst[0]) == (1, 4)


def test_agreement_becomes_the_probability_that_a_pair_is_told_with():
    prompts = np.repeat(np.arange(3), 4)
    first = np.tile([1.0, 2, 3, 4], 3)
    second = np.r_[[1.0, 2, 3, 4], [2.0, 1, 3, 4], [4.0, 3, 2, 1]]

    said = proposals(compare(first, second, prompts))
    averaged = proposals(compare(first, second, prompts), average=True)

    assert said.suggested.tolist() == ["keep", "soft", "review"]
    assert said.p[1] == pytest.approx(5 / 6)
    assert averaged.p == pytest.approx([(1 + 5 / 6 + 0) / 3] * 3)


def test_unanimous_pairs_have_all_scorers_on_one_side_and_sure_enough():
    p = np.array([[0.9, 0.9, 0.4, 0.5, 0.8], [0.6, 0.4, 0.3, 0.9, 0.9]])

    assert unanimous(p).tolist() == [True, False, True, False, True]
    assert unanimous(p, least_confidence=0.7).tolist() == [False, False, False, False, True]


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        compare(np.array([np.nan, 1.0]), np.ones(2), np.zeros(2, int))

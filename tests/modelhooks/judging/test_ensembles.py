"""Several opinions as one: scales that can be added, the ways to combine, and a panel of judges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelhooks.contracts import Judgment
from modelhooks.judging.ensembles import better_than_reference, combined, panel, precision_weighted, scale

RATINGS = np.array([[1.0, 2.0, 9.0], [3.0, 2.0, 0.0]])


def test_the_ways_to_combine():
    assert combined(RATINGS, "mean").tolist() == [2, 2, 4.5]
    assert combined(RATINGS, "worst_case").tolist() == [1, 2, 0]
    # The variance counts all models: ((1-2)² + (3-2)²) / 2 = 1.
    assert combined(RATINGS, "uncertainty_weighted").tolist() == [1.5, 2, 4.5 - 0.5 * 20.25]


def test_the_best_of_many_by_one_model_is_the_worst_of_them():
    """Planted: each model has blind spots of its own, where it rates junk highest; of several, few share one."""
    draw = np.random.default_rng(4)
    gold, chosen = draw.normal(size=(400, 64)), {}
    is_junk = draw.random((400, 64)) < 0.1
    gold[is_junk] = -3
    blind = draw.random((4, 400, 64)) < 0.3
    ratings = gold + draw.normal(scale=0.4, size=(4, 400, 64)) + 8 * (blind & is_junk)
    for name, found in {
        "single": ratings[0],
        "mean": combined(ratings, "mean"),
        "worst_case": combined(ratings, "worst_case"),
        "uncertainty_weighted": combined(ratings, "uncertainty_weighted"),
    }.items():
        chosen[name] = gold[np.arange(400), found.argmax(axis=1)].mean()

    assert chosen["single"] + 0.5 < chosen["mean"]
    assert chosen["mean"] + 0.2 < min(chosen["worst_case"], chosen["uncertainty_weighted"])


def test_a_scale_makes_margins_log_odds_whatever_their_unit():
    draw = np.random.default_rng(1)
    truth = draw.normal(scale=1.5, size=(2, 4_000))
    p = (draw.random(4_000) < 1 / (1 + np.exp(truth[1] - truth[0]))).astype(float)

    plain = scale(truth[0], truth[1], p)
    stretched = scale(20 * truth[0] + 300, 20 * truth[1] + 300, p)

    assert plain.factor == pytest.approx(1.0, abs=0.1)
    assert stretched.applied(20 * truth[0] + 300) == pytest.approx(plain.applied(truth[0]), abs=1e-3)


def test_a_scale_needs_labeled_pairs():
    with pytest.raises(ValueError, match="20"):
        scale(np.zeros(19), np.ones(19), np.ones(19))


def test_log_probabilities_add_up_to_all_of_them_being_better():
    logits = np.array([[3.0, 0.0, 50.0], [0.0, 3.0, -4.0]])

    summed = better_than_reference(logits).sum(axis=0)

    assert np.exp(better_than_reference(np.array([0.0])))[0] == pytest.approx(0.5)
    assert summed[0] == pytest.approx(summed[1])
    assert summed[2] < summed[0]


def test_the_surer_model_counts_more():
    mean, variance = precision_weighted(RATINGS, np.array([[1.0], [3.0]]))

    assert mean.tolist() == pytest.approx([1.5, 2.0, 6.75])
    assert variance == pytest.approx(0.75)
    with pytest.raises(ValueError, match="above zero"):
        precision_weighted(RATINGS, np.array([[1.0], [0.0]]))


def judged(preference: str | None, p: float | None = None) -> Judgment:
    return Judgment(preference, p, {}, True, f"it is {preference}", reason="" if preference else "?")


@pytest.mark.parametrize(
    ("said", "mean", "worst"),
    [
        (["first"] * 3, "first", "first"),
        (["first", "first", "second"], "first", None),
        (["first", "first", None], "first", None),
        (["first", None, None], None, None),
        (["first", "second"], None, None),
        (["tie", "tie"], "tie", "tie"),
        ([None], None, None),
    ],
)
def test_a_panel_decides_by_more_than_half_or_by_all(said: list[str | None], mean: str | None, worst: str | None):
    judgments = [judged(one) for one in said]

    assert panel(judgments).preference == mean
    assert panel(judgments, "worst_case").preference == worst
    assert bool(panel(judgments).reason) is (mean is None)


def test_a_panels_probability():
    judgments = [judged("first", 0.9), judged("first", 0.6), judged("first")]

    assert panel(judgments).p_first == pytest.approx(0.75)
    assert panel(judgments, "worst_case").p_first == 0.6
    assert panel([*judgments, judged("second", 0.3)], "worst_case").p_first == 0.5
    assert panel([judged("first")]).p_first is None
    assert panel(judgments).votes == {"first": 3}
    assert panel(judgments).rationale == "it is first\n\nit is first\n\nit is first"


@settings(deadline=None)
@given(st.lists(st.sampled_from(["first", "second", "tie", None]), min_size=1, max_size=5), st.randoms())
def test_who_speaks_first_does_not_matter(said: list[str | None], shuffled):
    order = said[:]
    shuffled.shuffle(order)

    assert panel([judged(one) for one in said]).preference == panel([judged(one) for one in order]).preference

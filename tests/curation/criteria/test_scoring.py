"""The score of a table is the one that people see on the labeling page; dependencies, gates, what was not decided."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.kinds import rubric_score
from curation.criteria.scoring import failed_gates, mostly_failed, plain, scores

NOT_DECIDED = float("nan")


def on_the_page(scale):
    """A verdict as the page has it, with what it is worth here."""
    if scale == "yes_no":
        return st.sampled_from([("yes", 1.0), ("no", 0.0), ("na", NOT_DECIDED), (None, NOT_DECIDED)])
    levels = [(level, (level - 1) / (scale - 1)) for level in range(1, scale + 1)]
    return st.sampled_from([*levels, ("na", NOT_DECIDED)])


@st.composite
def judged(draw):
    criteria, values = [], []
    for at in range(draw(st.integers(0, 6))):
        scale = draw(st.sampled_from(["yes_no", 2, 3, 7]))
        kind = draw(st.sampled_from(["principle", "hard_rule"]))
        weight = draw(st.one_of(st.just(0.0), st.floats(-5, 5, allow_subnormal=False).map(lambda one: round(one, 3))))
        named = {"key": f"c{at}", "title": f"c{at}", "required": draw(st.booleans())}
        needs = [f"c{other}" for other in range(at) if draw(st.integers(0, 3)) == 0]
        criteria.append({**named, "kind": kind, "scale": scale, "weight": weight, "depends_on": needs})
        values.append(draw(on_the_page(scale)))
    return criteria, values


@settings(max_examples=300)
@given(judged())
def test_the_score_and_the_gates_are_those_of_the_page(one):
    criteria, verdicts = one
    on_page = rubric_score.score(criteria, {c["key"]: said for c, (said, _) in zip(criteria, verdicts, strict=True)})
    keys = [c["key"] for c in criteria]
    scoring = plain(
        np.array([c["weight"] for c in criteria]),
        gates=np.array([rubric_score.is_gate(c) for c in criteria], bool),
        needs=np.array([[key in c["depends_on"] for key in keys] for c in criteria], bool).reshape(
            len(keys), len(keys)
        ),
    )
    values = np.array([worth for _, worth in verdicts])

    share = scores(values, scoring)

    assert (None if np.isnan(share) else float(share)) == pytest.approx(on_page.share)
    assert [f"c{at}" for at in np.flatnonzero(failed_gates(values, scoring))] == list(on_page.failed)


def test_many_responses_at_once_are_each_by_itself():
    draw = np.random.default_rng(0)
    values = np.where(draw.random((30, 2, 5)) < 0.2, np.nan, draw.random((30, 2, 5)))
    scoring = plain(draw.normal(size=5), needs=np.triu(draw.random((5, 5)) < 0.4, 1))

    assert scores(values, scoring)[7, 1] == pytest.approx(float(scores(values[7, 1], scoring)), nan_ok=True)


def test_what_depends_on_something_unmet_counts_for_nothing_and_still_weighs():
    needs = np.array([[False, False, False], [True, False, False], [False, True, False]])
    scoring = plain(np.ones(3), needs=needs)

    assert scores(np.array([1.0, 1.0, 1.0]), scoring) == pytest.approx(1)
    assert scores(np.array([0.0, 1.0, 0.0]), scoring) == pytest.approx(0)
    assert scores(np.array([1.0, 0.0, 1.0]), scoring) == pytest.approx(1 / 3)
    assert scores(np.array([0.0, 1.0, 1.0]), scoring) == pytest.approx(0)  # down the chain
    assert scores(np.array([np.nan, 1.0, 1.0]), scoring) == pytest.approx(1)  # not decided is not unmet
    assert scores(np.array([0.5, 1.0, 1.0]), scoring) == pytest.approx(2.5 / 3)
    assert scores(np.array([0.0, np.nan, np.nan]), scoring) == pytest.approx(0)  # so nobody has to be asked
    assert scores(np.array([1.0, 0.0, np.nan]), scoring) == pytest.approx(1 / 3)


def test_a_gate_that_is_held_back_does_not_fail():
    scoring = plain(np.ones(2), gates=np.array([False, True]), needs=np.array([[False, False], [True, False]]))

    assert failed_gates(np.array([1.0, 0.0]), scoring).tolist() == [False, True]
    assert failed_gates(np.array([0.0, 0.0]), scoring).tolist() == [False, False]


def test_criteria_that_depend_on_each_other_end():
    scoring = plain(np.ones(2), needs=np.array([[False, True], [True, False]]))

    assert scores(np.array([1.0, 1.0]), scoring) == pytest.approx(1)
    assert scores(np.array([1.0, 0.0]), scoring) == pytest.approx(0)


def test_a_pitfall_behind_something_unmet_costs_nothing():
    scoring = plain(np.array([1.0, -1.0, 1.0]), needs=np.array([[False] * 3, [False, False, True], [False] * 3]))

    assert scores(np.array([1.0, 1.0, 1.0]), scoring) == pytest.approx(0.5)
    assert scores(np.array([1.0, 1.0, 0.0]), scoring) == pytest.approx(0.5)


def test_only_ratios_of_weights_matter():
    values = np.random.default_rng(1).random((20, 4))
    weights = np.array([1.0, 2.0, -0.5, 3.0])

    assert scores(values, plain(weights * 7)) == pytest.approx(scores(values, plain(weights)))


def test_a_gate_fails_where_more_than_half_of_the_repeats_fail_it():
    table = np.array([[[0.0, 0.0], [0.0, 1.0]], [[0.0, np.nan], [np.nan, np.nan]]])

    assert mostly_failed(table, plain(np.ones(2), gates=np.ones(2, bool))).tolist() == [[True, False], [True, False]]
    assert not mostly_failed(table, plain(np.ones(2))).any()
    assert mostly_failed(1 - table, plain(-np.ones(2), gates=np.ones(2, bool)))[0].tolist() == [True, False]


@pytest.mark.parametrize("wrong", [{"gates": [True]}, {"needs": np.zeros((2, 2))}])
def test_weights_gates_and_dependencies_are_of_the_same_criteria(wrong):
    with pytest.raises(ValueError, match="same criteria"):
        plain(np.ones(3), **wrong)
    with pytest.raises(ValueError, match="finite"):
        plain(np.array([np.inf]))


def test_a_rubric_of_nothing_scores_nothing():
    assert np.isnan(scores(np.zeros((3, 0)), plain(np.zeros(0)))).all()
    assert np.isnan(scores(np.ones((3, 1)), plain(np.array([-1.0])))).all()  # pitfalls alone have no score

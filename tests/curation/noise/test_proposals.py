"""The common row: shapes, order, what stands beside a suggestion."""

import numpy as np
import pytest

from curation.noise.proposals import Proposals, Suggestion, propose

NOBODY = np.zeros(4, bool)


def some(**more):
    fields = {
        "scores": np.array([0.1, 0.9, 0.5, np.nan]),
        "suggested": np.array(["keep", "drop", "soft", "review"]),
        "p": np.array([np.nan, np.nan, 0.3, np.nan]),
        "evidence": {"why": np.arange(4.0)},
        "parameters": {"share": 0.2},
    } | more
    return Proposals("a method", **fields)


def test_rows_are_the_flagged_units_with_the_most_doubtful_first_and_unscored_ones_last():
    rows = list(some().rows())

    assert [(row.unit, row.suggested, row.p) for row in rows] == [
        (1, "drop", None),
        (2, "soft", 0.3),
        (3, "review", None),
    ]
    assert rows[0].evidence == {"why": 1.0}
    assert [row.unit for row in some().rows(most=1)] == [1]


def test_of_two_cases_the_first_named_holds():
    first, both = np.array([True, False, False]), np.array([True, True, False])

    made = propose("m", np.zeros(3), {Suggestion.FLIP: first, Suggestion.DROP: both})

    assert made.suggested.tolist() == ["flip", "drop", "keep"]
    assert propose("m", np.zeros(2), {}).suggested.tolist() == ["keep", "keep"]
    assert len(propose("m", np.zeros(0), {Suggestion.DROP: np.zeros(0, bool)})) == 0


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(ValueError, match="one value for each unit"):
        some(evidence={"why": np.zeros(3)})
    with pytest.raises(ValueError, match="burn"):
        some(suggested=np.array(["keep", "burn", "soft", "keep"]))
    with pytest.raises(ValueError, match="soft label"):
        some(p=np.array([0.5, np.nan, 0.3, np.nan]))
    with pytest.raises(ValueError, match="soft label"):
        propose("m", np.zeros(4), {Suggestion.SOFT: ~NOBODY})


def test_the_hash_says_the_method_and_what_it_was_told():
    assert some().config_hash == some(scores=np.zeros(4)).config_hash
    assert some().config_hash != some(parameters={"share": 0.3}).config_hash


def test_another_suggestion_takes_its_probability_away():
    changed = some().instead(Suggestion.REVIEW, np.array([False, False, True, False]))

    assert changed.suggested.tolist() == ["keep", "drop", "review", "review"]
    assert np.isnan(changed.p).all()

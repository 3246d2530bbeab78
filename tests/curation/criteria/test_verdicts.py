"""The table of verdicts: what is refused, what repeats come to, mirrors and choices."""

import numpy as np
import pytest

from curation.criteria.verdicts import BadVerdicts, from_table, make
from tests.curation.criteria.planted import rubric


def one(**changed):
    columns = {"pairs": [0, 0], "sides": [0, 1], "criteria": [0, 0], "values": [1.0, 0.0], "groups": [7]} | changed
    return make(**{name: np.array(column) for name, column in columns.items()})


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"values": [1.0]}, "same length"),
        ({"groups": [[7]]}, "same length"),
        ({"pairs": [0, 1]}, "does not exist"),
        ({"sides": [0, 2]}, "does not exist"),
        ({"sides": [0, -1]}, "does not exist"),
        ({"values": [1.0, 1.5]}, "0 to 1"),
        ({"values": [1.0, np.inf]}, "0 to 1"),
        ({"sides": [0, 0]}, "once"),
    ],
)
def test_arrays_that_are_no_verdicts_are_refused(changed, sentence):
    with pytest.raises(BadVerdicts, match=sentence):
        one(**changed)


def test_a_criterion_that_does_not_exist_is_refused():
    with pytest.raises(BadVerdicts, match="does not exist"):
        make(*(np.array(c) for c in ([0], [0], [3], [1.0], [0])), criterion_count=3)


def test_repeats_that_decided_are_averaged_and_what_was_not_decided_is_not_zero():
    table = np.array([[[[1.0, 0.0]], [[np.nan, 1.0]]], [[[1.0, 1.0]], [[np.nan, np.nan]]]])

    verdicts = from_table(table, np.array([0, 1]))

    assert verdicts.settled()[:, :, 0] == pytest.approx(np.array([[0.5, 1.0], [1.0, np.nan]]), nan_ok=True)
    assert verdicts.differences()[:, 0] == pytest.approx([-0.5, np.nan], nan_ok=True)
    assert np.array_equal(verdicts.table(), table, equal_nan=True)
    assert verdicts.asked().all()


def test_what_was_never_asked_is_unknown_and_not_asked():
    verdicts = one(groups=[7, 7])

    assert verdicts.asked()[1].sum() == 0
    assert np.isnan(verdicts.table()[1]).all()


def test_a_mirrored_table_is_the_table_with_its_sides_swapped():
    verdicts = rubric(20)

    assert np.array_equal(verdicts.mirrored().table(), verdicts.table()[:, ::-1], equal_nan=True)
    assert np.array_equal(verdicts.mirrored().differences(), -verdicts.differences(), equal_nan=True)


def test_some_criteria_in_another_order():
    verdicts = rubric(20)

    assert np.array_equal(verdicts.of_criteria(np.array([5, 0])).table(), verdicts.table()[:, :, [5, 0]])


def test_some_pairs_in_another_order_keep_their_prompts():
    verdicts = rubric(20, per_prompt=3)

    some = verdicts.of_pairs(np.array([7, 2, 19]))

    assert np.array_equal(some.table(), verdicts.table()[[7, 2, 19]])
    assert some.groups.tolist() == [2, 0, 6]
    assert len(verdicts.of_pairs(np.zeros(0, int))) == 0


def test_an_empty_table_has_pairs_and_criteria_all_the_same():
    none = np.zeros(0)

    empty = make(none, none, none, none, np.array([0, 1]), criterion_count=3)

    assert empty.table().shape == (2, 2, 3, 1)
    assert np.isnan(empty.differences()).all()
    assert make(none, none, none, none, none).table().shape == (0, 2, 0, 1)

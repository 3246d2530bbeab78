"""The soft vote: exact counts, and no label where two values are level."""

import numpy as np
import pytest
from hypothesis import given, settings

from curation.aggregation.labels import UNKNOWN, make
from curation.aggregation.vote import vote
from tests.curation.aggregation.tables import mirrored, renamed, shuffled, tables, with_an_idle_annotator


def test_it_counts():
    # Shares of all labels: 3/4, 1/4, 0. Half a label's worth of them is added to the counts of each unit.
    found = vote(make([0, 0, 0, 1], [0, 1, 2, 0], [0, 0, 1, 0], value_count=3, unit_count=3))

    assert found.posterior[0] == pytest.approx([2.375 / 3.5, 1.125 / 3.5, 0])
    assert found.posterior[2] == pytest.approx([0.75, 0.25, 0])
    assert found.chosen.tolist() == [0, 0, UNKNOWN]


def test_a_tie_is_no_label():
    found = vote(make([0, 0, 0, 0, 0], [0, 1, 2, 3, 4], [0, 0, 2, 2, 1], value_count=3))

    assert found.chosen.tolist() == [UNKNOWN]


@settings(max_examples=40, deadline=None)
@given(tables())
def test_it_is_the_same_however_it_is_told(labels):
    found = vote(labels)

    told, units, _ = renamed(shuffled(labels))

    assert vote(told).posterior[units] == pytest.approx(found.posterior)
    assert (vote(told).chosen[units] == found.chosen).all()
    assert vote(with_an_idle_annotator(labels)).posterior == pytest.approx(found.posterior)
    assert vote(mirrored(labels)).posterior == pytest.approx(found.posterior[:, ::-1])
    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(labels.unit_count))

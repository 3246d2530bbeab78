"""The table of labels refuses what it cannot hold."""

import numpy as np
import pytest

from curation.aggregation.labels import BadLabels, make


def test_counts_stand_in_their_cells():
    labels = make([0, 0, 2], [0, 1, 1], [1, 1, 0], value_count=2)

    assert labels.counts().tolist() == [[0, 2], [0, 0], [1, 0]]
    assert labels.by_annotator().tolist() == [[0, 1], [1, 1]]


def test_nothing_is_a_table_too():
    labels = make([], [], [], value_count=3)

    assert (labels.counts().shape, labels.by_annotator().shape) == ((0, 3), (0, 3))


def test_a_label_given_twice_is_refused():
    with pytest.raises(BadLabels, match="once"):
        make([0, 0], [1, 1], [0, 2], value_count=3)


def test_one_label_in_each_order_of_the_sides_is_welcome():
    labels = make([0, 0], [1, 1], [0, 2], value_count=3, swapped=[0, 1])

    assert len(labels) == 2


def test_both_labels_in_one_order_are_refused():
    with pytest.raises(BadLabels, match="once in each"):
        make([0, 0], [1, 1], [0, 2], value_count=3, swapped=[1, 1])


@pytest.mark.parametrize("wrong", [{"values": [3]}, {"values": [-1]}, {"units": [5]}, {"swapped": [2]}])
def test_what_does_not_exist_is_refused(wrong):
    columns = {"units": [0], "annotators": [0], "values": [0], "swapped": [0]} | wrong

    with pytest.raises(BadLabels, match="exist"):
        make(**columns, value_count=3, unit_count=5)


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(BadLabels, match="same length"):
        make(np.array([0, 1]), np.array([0]), np.array([0, 1]), value_count=2)

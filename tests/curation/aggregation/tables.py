"""Small tables of labels for properties: anything that can be labeled, and the same told otherwise."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from curation.aggregation.labels import Labels, make


@st.composite
def tables(draw: Any, values: int = 3, units: int = 6, annotators: int = 4) -> Labels:
    """Any labels, none included; each annotator labels a unit at most once."""
    cells = draw(st.sets(st.integers(0, units * annotators - 1)))
    at = np.array(sorted(cells), np.int64)
    said = draw(st.lists(st.integers(0, values - 1), min_size=len(at), max_size=len(at)))
    orders = draw(st.lists(st.integers(0, 1), min_size=len(at), max_size=len(at)))
    return make(
        at // annotators,
        at % annotators,
        np.array(said, np.int64),
        value_count=values,
        unit_count=units,
        annotator_count=annotators,
        swapped=np.array(orders, np.int64),
    )


def shuffled(labels: Labels, seed: int = 0) -> Labels:
    """The same labels in another order of rows."""
    return labels.take(np.random.default_rng(seed).permutation(len(labels)))


def renamed(labels: Labels, seed: int = 0) -> tuple[Labels, Any, Any]:
    """Other numbers for units and annotators, and where each went."""
    draw = np.random.default_rng(seed)
    units, annotators = draw.permutation(labels.unit_count), draw.permutation(labels.annotator_count)
    told = make(
        units[labels.units],
        annotators[labels.annotators],
        labels.values,
        value_count=labels.value_count,
        unit_count=labels.unit_count,
        annotator_count=labels.annotator_count,
        swapped=labels.swapped,
    )
    return told, units, annotators


def with_an_idle_annotator(labels: Labels) -> Labels:
    """One more annotator, who has said nothing."""
    return make(
        labels.units,
        labels.annotators,
        labels.values,
        value_count=labels.value_count,
        unit_count=labels.unit_count,
        annotator_count=labels.annotator_count + 1,
        swapped=labels.swapped,
    )


def mirrored(labels: Labels) -> Labels:
    """The sides of every pair exchanged."""
    return make(
        labels.units,
        labels.annotators,
        labels.value_count - 1 - labels.values,
        value_count=labels.value_count,
        unit_count=labels.unit_count,
        annotator_count=labels.annotator_count,
        swapped=1 - labels.swapped,
    )

"""The one shape in which labels enter: a long table of who said which value about what."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelhooks.head.pairs import Floats, Integers

UNKNOWN = -1
PAIR = 3  # values of a pair: first better, tie, second better


class BadLabels(ValueError):
    """The arrays do not describe labels; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Labels:
    """n labels of `unit_count` units by `annotator_count` annotators, with values from 0 to `value_count` - 1.

    Values stand in the stored order of the responses, whatever was shown first. Ordered values are numbered from one
    end of their scale; those of pairs mirror: `value_count` - 1 - value is the same opinion with the sides swapped.
    A unit or an annotator without labels is welcome.
    """

    units: Integers
    """(n,) which unit each label is about."""
    annotators: Integers
    """(n,) who gave it: a person or a model."""
    values: Integers
    """(n,) what was said."""
    unit_count: int
    annotator_count: int
    value_count: int
    swapped: Integers
    """(n,) 1 where the sides were shown in the other than the stored order, else 0."""

    def __post_init__(self) -> None:
        columns = (self.units, self.annotators, self.values, self.swapped)
        if any(column.ndim != 1 or len(column) != len(self.units) for column in columns):
            raise BadLabels("Units, annotators, values and orders are one column each, of the same length.")
        tops = (self.unit_count, self.annotator_count, self.value_count, 2)
        if any(
            len(column) and not 0 <= column.min() <= column.max() < top
            for column, top in zip(columns, tops, strict=True)
        ):
            raise BadLabels("A label names a unit, an annotator or a value that does not exist.")
        if self._is_repeated():
            raise BadLabels("An annotator labels a unit once; in both orders of its sides, once in each.")

    def __len__(self) -> int:
        return len(self.units)

    def _is_repeated(self) -> bool:
        who = (self.units * max(self.annotator_count, 1) + self.annotators) * 2 + self.swapped
        return len(np.unique(who)) < len(who)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Labels":
        """Some of the labels, of the same units and annotators."""
        return Labels(
            self.units[rows],
            self.annotators[rows],
            self.values[rows],
            self.unit_count,
            self.annotator_count,
            self.value_count,
            self.swapped[rows],
        )

    def counts(self) -> Floats:
        """(units, values): how many labels of a unit have a value."""
        return self._table(self.units, self.unit_count)

    def by_annotator(self) -> Floats:
        """(annotators, values): how often an annotator gave a value."""
        return self._table(self.annotators, self.annotator_count)

    def _table(self, rows: Integers, count: int) -> Floats:
        cells = rows * self.value_count + self.values
        table: Floats = np.bincount(cells, minlength=count * self.value_count).astype(float)
        return table.reshape(count, self.value_count)


def make(
    units: Integers,
    annotators: Integers,
    values: Integers,
    *,
    value_count: int,
    unit_count: int | None = None,
    annotator_count: int | None = None,
    swapped: Integers | None = None,
) -> Labels:
    """Labels from columns of whole numbers; counts that are left out are those of the highest number seen.

    Raises BadLabels.
    """
    columns = [np.asarray(column, np.int64) for column in (units, annotators, values)]
    seen = [int(column.max()) + 1 if column.size else 0 for column in columns]
    return Labels(
        columns[0],
        columns[1],
        columns[2],
        seen[0] if unit_count is None else unit_count,
        seen[1] if annotator_count is None else annotator_count,
        value_count,
        np.zeros(len(columns[0]), np.int64) if swapped is None else np.asarray(swapped, np.int64),
    )

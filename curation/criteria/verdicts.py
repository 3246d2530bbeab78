"""The one shape in which verdicts enter: a long table of what was said of which response by which criterion."""

from dataclasses import dataclass, replace

import numpy as np

from curation.noise.proposals import Booleans
from modelhooks.head.pairs import Floats, Integers

PREFERRED, REJECTED = 0, 1


class BadVerdicts(ValueError):
    """The arrays do not describe verdicts; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """n verdicts under one version of a rubric, on pairs of responses of which people prefer one.

    A pair on which people are level is no pair here. A criterion or a pair without a verdict is welcome.
    """

    pairs: Integers
    """(n,) from 0."""
    sides: Integers
    """(n,) PREFERRED or REJECTED, by what people say."""
    criteria: Integers
    """(n,) from 0."""
    repeats: Integers
    """(n,) from 0: which time it was asked, such as 1 for the criteria in reversed order."""
    values: Floats
    """(n,) 1 met, 0 not met, a level by how far up its scale; NaN where it does not apply or nothing was decided."""
    groups: Integers
    """(pairs,) which prompt each pair belongs to. Pairs of one prompt are never torn apart."""
    criterion_count: int

    def __post_init__(self) -> None:
        columns = (self.pairs, self.sides, self.criteria, self.repeats)
        if any(column.ndim != 1 or column.shape != self.values.shape for column in columns) or self.groups.ndim != 1:
            raise BadVerdicts("Pairs, sides, criteria, repeats and values are one column each, of the same length.")
        tops = (len(self.groups), 2, self.criterion_count, np.inf)
        if any(
            len(column) and not 0 <= column.min() <= column.max() < top
            for column, top in zip(columns, tops, strict=True)
        ):
            raise BadVerdicts("A verdict names a pair, a side, a criterion or a repeat that does not exist.")
        if ((self.values < 0) | (self.values > 1)).any():
            raise BadVerdicts("A verdict lies from 0 to 1.")
        if len(np.unique(self._cells())) < len(self.values):
            raise BadVerdicts("A criterion is asked about a response once; again, as another repeat.")

    def __len__(self) -> int:
        return len(self.values)

    @property
    def pair_count(self) -> int:
        return len(self.groups)

    @property
    def repeat_count(self) -> int:
        """How many times anything was asked at most; 1 where nothing was."""
        return int(self.repeats.max(initial=0)) + 1

    def table(self) -> Floats:
        """(pairs, 2, criteria, repeats) values, NaN where nothing was decided or asked."""
        found = np.full(self._shape(), np.nan)
        found.reshape(-1)[self._cells()] = self.values
        return found

    def asked(self) -> Booleans:
        """(pairs, 2, criteria, repeats) whether it was asked, whatever came of it."""
        found = np.zeros(self._shape(), bool)
        found.reshape(-1)[self._cells()] = True
        return found

    def settled(self) -> Floats:
        """(pairs, 2, criteria) the mean over the repeats that decided; NaN where none did."""
        return mean_known(self.table())

    def differences(self) -> Floats:
        """(pairs, criteria) preferred less rejected, from -1 to 1; NaN where either side is undecided."""
        settled = self.settled()
        found: Floats = settled[:, PREFERRED] - settled[:, REJECTED]
        return found

    def mirrored(self) -> "Verdicts":
        """The same, as if people preferred the other response of every pair."""
        return replace(self, sides=1 - self.sides)

    def of_criteria(self, kept: Integers) -> "Verdicts":
        """Those on some criteria, numbered in the order given."""
        place = _places(kept, self.criterion_count)
        chosen = self._rows(place[self.criteria] >= 0)
        return replace(chosen, criteria=place[chosen.criteria], criterion_count=len(kept))

    def of_pairs(self, kept: Integers) -> "Verdicts":
        """Those on some pairs, numbered in the order given: what weights are learnt from, or what is held out."""
        place = _places(kept, self.pair_count)
        chosen = self._rows(place[self.pairs] >= 0)
        return replace(chosen, pairs=place[chosen.pairs], groups=self.groups[kept])

    def _rows(self, rows: Booleans) -> "Verdicts":
        return replace(
            self,
            pairs=self.pairs[rows],
            sides=self.sides[rows],
            criteria=self.criteria[rows],
            repeats=self.repeats[rows],
            values=self.values[rows],
        )

    def _shape(self) -> tuple[int, int, int, int]:
        return (self.pair_count, 2, self.criterion_count, self.repeat_count)

    def _cells(self) -> Integers:
        """(n,) the place of each verdict in the table."""
        responses = self.pairs * 2 + self.sides
        found: Integers = (responses * self.criterion_count + self.criteria) * self.repeat_count + self.repeats
        return found


def _places(kept: Integers, count: int) -> Integers:
    """(count,) where each stands among those kept, -1 of others."""
    found = np.full(count, -1)
    found[kept] = np.arange(len(kept))
    return found


def make(
    pairs: Integers,
    sides: Integers,
    criteria: Integers,
    values: Floats,
    groups: Integers,
    *,
    repeats: Integers | None = None,
    criterion_count: int | None = None,
) -> Verdicts:
    """Verdicts from columns; without `repeats` everything was asked once, and `criterion_count` is that of the highest
    number seen. Raises BadVerdicts."""
    pair, side, criterion = (np.asarray(column, np.int64) for column in (pairs, sides, criteria))
    again = np.zeros(len(pair), np.int64) if repeats is None else np.asarray(repeats, np.int64)
    count = int(criterion.max(initial=-1)) + 1 if criterion_count is None else criterion_count
    said, prompts = np.asarray(values, float), np.asarray(groups, np.int64)
    return Verdicts(pair, side, criterion, again, said, prompts, count)


def from_table(table: Floats, groups: Integers) -> Verdicts:
    """Verdicts from a (pairs, 2, criteria, repeats) table in which everything was asked; NaN for undecided."""
    pair, side, criterion, repeat = (axis.ravel() for axis in np.indices(table.shape))
    return make(pair, side, criterion, table.ravel(), groups, repeats=repeat, criterion_count=table.shape[2])


def mean_known(values: Floats) -> Floats:
    """The mean over the last axis of what is not NaN; NaN of nothing."""
    known = np.isfinite(values)
    many = known.sum(axis=-1)
    total = np.where(known, values, 0).sum(axis=-1)
    found: Floats = np.where(many > 0, total / np.maximum(many, 1), np.nan)
    return found

"""What people said on a facet, in the shape that is counted, and who stands out by a count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.aggregation import skill
from curation.aggregation.labels import Labels
from curation.analysis.around import Around
from curation.analysis.consensus import PEOPLE
from curation.analysis.settled import Settled
from curation.analysis.texts import Texts
from curation.noise import raters
from curation.votes import Votes

FEWEST = 30  # chances, before anybody stands out by what they did with them
DIGITS = 4

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Habit:
    """One subject of what is told: figures of each of A annotators, and who stands out by which test."""

    figures: Sequence[Told]
    """[A]"""
    unusual: Mapping[str, Booleans]
    """Name of a test to [A]."""


@dataclass(frozen=True, slots=True)
class Seen:
    """n labels of people, and of names that came with imports, among A annotators with models."""

    votes: Votes
    settled: Settled
    around: Around
    rows: NDArray[np.intp]
    """[n] Which of the votes these are."""
    labels: Labels

    @property
    def count(self) -> int:
        """A."""
        return len(self.votes.annotators)

    @property
    def texts(self) -> Texts:
        """What was read."""
        return self.around.texts

    @property
    def characters(self) -> Floats:
        """[n] Of the whole item that each label is about."""
        items = np.fromiter((unit.item for unit in self.votes.units), np.int64, len(self.votes.units))
        return self.texts.shown(items)[self.labels.units]

    def tally(self, hits: Booleans, chances: Booleans) -> "Tally":
        """How often each annotator did something, from masks [n]."""
        who = self.labels.annotators
        done, could = (np.bincount(who[mask], minlength=self.count) for mask in (hits & chances, chances))
        return Tally(done, could)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each of A annotators did something, of the times they could."""

    hits: Integers
    chances: Integers

    def told(self) -> list[Told | None]:
        """[A] Shares with their intervals."""
        return [share(hits, count) for hits, count in zip(self.hits.tolist(), self.chances.tolist(), strict=True)]

    @property
    def usual(self) -> float | None:
        """The median annotator's share; None where nobody had a chance."""
        some = self.chances > 0
        return float(np.median(self.hits[some] / self.chances[some])) if some.any() else None

    def unusual(
        self,
        what: str,
        margin: float,
        *,
        two_sided: bool = False,
        expected: float | None = None,
        fewest: int = FEWEST,
    ) -> Booleans:
        """[A] Who did it more often than usual by more than the margin, or less where both sides tell; among those
        with so many chances, with false discoveries held down."""
        enough = self.chances >= fewest
        hits, chances = np.where(enough, self.hits, 0), np.where(enough, self.chances, 0)
        return raters.outlying(hits, chances, what=what, two_sided=two_sided, expected=expected, margin=margin).flagged


def of(votes: Votes, settled: Settled, around: Around) -> Seen:
    """What people said, models left out."""
    rows = np.flatnonzero(votes.of_kind(*PEOPLE))
    return Seen(votes, settled, around, rows, votes.labels(rows))


def share(hits: int, count: int) -> Told | None:
    """So many of so many with Clopper and Pearson's interval of 95 %, as plain JSON; None of nothing."""
    found = skill.share(hits, count)
    if found is None:
        return None
    bounds = {"value": found.value, "low": found.low, "high": found.high}
    return {**{name: rounded(value) for name, value in bounds.items()}, "hits": hits, "of": count}


def rounded(number: float | None) -> float | None:
    """As it is stored; None for what is not known."""
    return None if number is None or not np.isfinite(number) else round(float(number), DIGITS)

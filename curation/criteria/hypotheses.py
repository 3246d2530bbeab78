"""Criteria that somebody guessed, tested: which tell more of what people prefer than the rubric, and than each other.

Each is a candidate of `hidden`, with a judge's verdicts for its values. It is claimed where `hidden` claims it, where
it finds more labels again, and where it says something new: by verdicts that were asked twice it is neither one of the
rubric's criteria, nor a guess that gains more, nor the opposite of one (`redundancy`, of either sign). A judge errs
anew about the double of a criterion, so that the mean of both tells more than either; without the last rule every good
criterion could be claimed a second time.
"""

from dataclasses import dataclass

import numpy as np

from curation.criteria.hidden import DRAWS, Hidden, hidden
from curation.criteria.redundancy import ALIKE_WITHOUT_TEXTS, redundancy
from curation.criteria.verdicts import Verdicts, from_table
from modelhooks.head.pairs import Floats


@dataclass(frozen=True, slots=True)
class Assessed:
    """One guess; `found.candidate` is its place among them."""

    found: Hidden
    criterion: int | None
    """The criterion of the rubric that it says again, or denies."""
    guess: int | None
    """The guess that gains more and says the same, or the opposite."""

    @property
    def is_claimed(self) -> bool:
        """Whether labels speak for it."""
        is_new = self.criterion is None and self.guess is None
        return self.found.is_claimed and self.found.hits.value > 0 and is_new


def assess(rubric: Verdicts, guesses: Verdicts, *, draws: int = DRAWS, seed: int = 0) -> list[Assessed]:
    """The guesses, the one that gains most first; none where there are too few prompts (`hidden.FEWEST_GROUPS`).

    Both are verdicts of one judge on the same pairs, in the same order. Raises ValueError where they are not.
    """
    found = hidden(rubric, guesses.settled(), draws=draws, seed=seed)
    alike, size = _alike(rubric, guesses), rubric.criterion_count
    told: list[Assessed] = []
    for one in found:
        near = alike[size + one.candidate]
        better = [other.found.candidate for other in told if other.criterion is None and other.guess is None]
        told.append(Assessed(one, _says(near[:size]), _says(near[size:], better)))
    return told


def _alike(rubric: Verdicts, guesses: Verdicts) -> Floats:
    """(criteria and guesses, both) how far two say the same or the opposite, from 0 to 1; 0 where it cannot be told."""
    both = np.concatenate([_repeated(rubric, guesses), _repeated(guesses, rubric)], axis=2)
    return np.nan_to_num(np.abs(redundancy(from_table(both, rubric.groups)).corrected))


def _repeated(verdicts: Verdicts, beside: Verdicts) -> Floats:
    """The table, with as many repeats as that of the others."""
    missing = max(beside.repeat_count - verdicts.repeat_count, 0)
    return np.pad(verdicts.table(), ((0, 0), (0, 0), (0, 0), (0, missing)), constant_values=np.nan)


def _says(near: Floats, among: list[int] | None = None) -> int | None:
    """Which of them it says, the nearest; None where none is near enough."""
    places = list(range(len(near))) if among is None else among
    best = max(places, key=lambda place: near[place], default=None)
    return None if best is None or near[best] < ALIKE_WITHOUT_TEXTS else best

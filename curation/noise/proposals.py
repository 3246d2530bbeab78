"""What every detector answers: how doubtful each unit is, what it would do about it, and on what evidence."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.str_]

MOST_ROWS = 1_000


class Suggestion(StrEnum):
    """What a detector would do with a unit. Only KEEP and REVIEW are ever done without asking `guard`."""

    KEEP = "keep"
    REVIEW = "review"
    DROP = "drop"
    FLIP = "flip"
    SOFT = "soft"
    """Train on the probability in `p` instead of the label."""


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of `Proposals`, for a page or a file."""

    unit: int
    method: str
    score: float
    suggested: Suggestion
    p: float | None
    evidence: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Proposals:
    """What one method says of n units, each in its place in the input."""

    method: str
    scores: Floats
    """(n,): the greater, the more doubtful. Comparable within one method only. NaN where nothing could be said."""
    suggested: Words
    """(n,) values of `Suggestion`."""
    p: Floats
    """(n,): the probability that the first is better where SOFT is suggested; NaN elsewhere."""
    evidence: Mapping[str, Floats] = field(default_factory=dict)
    """Columns of (n,) that show why, by name."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """What the method was told: numbers, words and lists of them."""

    def __post_init__(self) -> None:
        columns = [self.suggested, self.p, *self.evidence.values()]
        if self.scores.ndim != 1 or any(column.shape != self.scores.shape for column in columns):
            raise ValueError("Scores, suggestions, probabilities and evidence have one value for each unit.")
        unknown = set(np.unique(self.suggested).tolist()) - {str(one) for one in Suggestion}
        if unknown:
            raise ValueError(f"Nobody can do this with a unit: {', '.join(sorted(unknown))}.")
        if (np.isfinite(self.p) != (self.suggested == Suggestion.SOFT)).any():
            raise ValueError("A probability stands exactly where a soft label is suggested.")

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def flagged(self) -> Booleans:
        """(n,): units that are not simply kept."""
        found: Booleans = self.suggested != Suggestion.KEEP
        return found

    def of(self, suggestion: Suggestion) -> Booleans:
        """(n,): units for which this is suggested."""
        found: Booleans = self.suggested == suggestion
        return found

    @property
    def config_hash(self) -> str:
        """The same for the same method told the same."""
        told = json.dumps([self.method, dict(self.parameters)], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def rows(self, most: int = MOST_ROWS) -> Iterator[Row]:
        """The flagged units, the most doubtful first, `most` of them at most; those without a score come last."""
        units = np.flatnonzero(self.flagged)
        for unit in units[np.argsort(-self.scores[units], kind="stable")][:most].tolist():
            evidence = {name: float(column[unit]) for name, column in self.evidence.items()}
            p = float(self.p[unit])
            yield Row(
                unit,
                self.method,
                float(self.scores[unit]),
                Suggestion(str(self.suggested[unit])),
                p if np.isfinite(p) else None,
                evidence,
            )

    def instead(self, suggestion: Suggestion, where: Booleans) -> "Proposals":
        """The same, with another suggestion, which is not SOFT, at some units."""
        return replace(
            self,
            suggested=np.where(where, str(suggestion), self.suggested),
            p=np.where(where, np.nan, self.p),
        )


def propose(
    method: str,
    scores: Floats,
    cases: Mapping[Suggestion, Booleans],
    *,
    soft: Floats | None = None,
    evidence: Mapping[str, Floats] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Proposals:
    """Proposals from masks; where two hold, the one named first. Everything else is kept.

    `soft` (n,) are the probabilities that are told where SOFT comes out.
    """
    n = len(scores)
    words = np.select(list(cases.values()), [str(one) for one in cases], str(Suggestion.KEEP)) if cases else None
    suggested = np.full(n, str(Suggestion.KEEP)) if words is None else words
    given = np.full(n, np.nan) if soft is None else np.asarray(soft, float)
    p = np.where(suggested == Suggestion.SOFT, given, np.nan)
    return Proposals(method, np.asarray(scores, float), suggested, p, evidence or {}, parameters or {})


def signs(p: Floats) -> Floats:
    """(n,): 1 where the label says the first is better, -1 where the second, 0 for a tie."""
    found: Floats = np.sign(np.asarray(p, float) - 0.5)
    return found

"""Whether two scorers, or one scorer at two times, rank the responses of each prompt alike (CREAM).

For each prompt the agreement is C = (τ + 1)/2 with Kendall's τ-b, from 0 (reversed) to 1 (the same); or the same from
Spearman's ρ; or 1 where the best and the worst are both the same. The first scorer's best and worst make the pair, and
C is the probability that it is told with: loss = C·l(best ≻ worst) + (1 - C)·l(worst ≻ best).

Source: Wang et al., *CREAM: Consistency Regularized Self-Rewarding Language Models*, 2025; Kendall, *The treatment of
ties in ranking problems*, 1945, for τ-b. Where no agreement can be told (fewer than two responses, or
one scorer finds all equal), the mean of the other prompts stands in, and prompt and agreement stay in step.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from curation.noise.proposals import Booleans, Floats, Integers, Proposals, Suggestion, propose

Measure = Literal["kendall", "spearman", "extremes"]
DOUBTFUL = 0.5  # below it the two scorers rather contradict each other


@dataclass(frozen=True, slots=True)
class Agreement:
    """How alike two scorers rank, one row for each of g prompts in the order of their numbers."""

    prompts: Integers
    """(g,) their numbers, rising."""
    agreement: Floats
    """(g,) from 0 to 1; the mean of the known where it is not known."""
    known: Booleans
    """(g,) whether it could be told."""
    best: Integers
    """(g,) the row of the response that the first scorer finds best; the earlier of equals."""
    worst: Integers
    """(g,) the same for the worst: the later of equals."""


def compare(first: Floats, second: Floats, prompts: Integers, *, measure: Measure = "kendall") -> Agreement:
    """From (n,) scores by two scorers of the responses to `prompts` (n,). Raises ValueError for what is not finite."""
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("A score is not a finite number.")
    names, place = np.unique(prompts, return_inverse=True)
    order = np.argsort(place, kind="stable")
    measured = {"kendall": _kendall, "spearman": _spearman, "extremes": _extremes}[measure](
        first[order], second[order], place[order], len(names)
    )
    known = np.isfinite(measured)
    stand_in = float(measured[known].mean()) if known.any() else 0.5
    best, worst = _ends(first, place, len(names))
    return Agreement(names, np.where(known, measured, stand_in), known, best, worst)


def proposals(found: Agreement, *, doubtful: float = DOUBTFUL, average: bool = False) -> Proposals:
    """One for each prompt's pair of best and worst: a soft label of its agreement, or a review below `doubtful`.

    With `average` every pair gets the mean agreement, which regularizes without believing single prompts.
    """
    mean = float(found.agreement.mean()) if len(found.agreement) else 0.5
    p = np.full(len(found.agreement), mean) if average else found.agreement
    single = found.best == found.worst
    return propose(
        "ranking_consistency",
        1 - p,
        {Suggestion.KEEP: single | (p == 1), Suggestion.REVIEW: p < doubtful, Suggestion.SOFT: np.ones(len(p), bool)},
        soft=p,
        evidence={"agreement": found.agreement, "known": found.known.astype(float)},
        parameters={"doubtful": doubtful, "average": average},
    )


def unanimous(p: Floats, *, least_confidence: float = 0.5) -> Booleans:
    """(n,): pairs on whose better side all (m, n) probabilities agree, each with this confidence at least.

    The rule by which an implicit and a generative reward model vouch for each other's pairs (SCIR, 2025).
    """
    found: Booleans = ((p > 0.5).all(axis=0) | (p < 0.5).all(axis=0)) & (
        np.maximum(p, 1 - p).min(axis=0) >= least_confidence
    )
    return found


def _within(place: Integers) -> Iterator[tuple[Integers, Integers]]:
    """All pairs of rows of one prompt, as many at a time as prompts have rows; `place` is sorted."""
    rows = np.arange(len(place))
    for apart in range(1, int(np.bincount(place).max(initial=0))):
        left = rows[:-apart][place[:-apart] == place[apart:]]
        yield left, left + apart


def _kendall(first: Floats, second: Floats, place: Integers, count: int) -> Floats:
    sums = np.zeros((3, count))
    for left, right in _within(place):
        a, b = np.sign(first[left] - first[right]), np.sign(second[left] - second[right])
        sums += [np.bincount(place[left], part, minlength=count) for part in (a * b, a * a, b * b)]
    return _scaled(sums[0], sums[1] * sums[2])


def _spearman(first: Floats, second: Floats, place: Integers, count: int) -> Floats:
    a, b = (_centered_ranks(scores, place, count) for scores in (first, second))
    sums = np.stack([np.bincount(place, part, minlength=count) for part in (a * b, a * a, b * b)]).astype(float)
    return _scaled(sums[0], sums[1] * sums[2])


def _scaled(covariance: Floats, variances: Floats) -> Floats:
    """(1 + correlation)/2, NaN where one side does not vary."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(variances > 0, (covariance / np.sqrt(variances) + 1) / 2, np.nan)
    return found


def _centered_ranks(scores: Floats, place: Integers, count: int) -> Floats:
    """How many of its prompt a response beats, less by how many it is beaten: twice its rank around the mean."""
    found = np.zeros(len(scores))
    for left, right in _within(place):
        sign = np.sign(scores[left] - scores[right])
        np.add.at(found, left, sign)
        np.add.at(found, right, -sign)
    return found


def _extremes(first: Floats, second: Floats, place: Integers, count: int) -> Floats:
    ends = [_ends(scores, place, count) for scores in (first, second)]
    same = (ends[0][0] == ends[1][0]) & (ends[0][1] == ends[1][1])
    found: Floats = np.where(np.bincount(place, minlength=count) > 1, same.astype(float), np.nan)
    return found


def _ends(scores: Floats, place: Integers, count: int) -> tuple[Integers, Integers]:
    """The rows of each prompt's best (the earliest of equals) and worst (the latest of equals)."""
    order = np.lexsort((-np.arange(len(scores)), scores, place))
    last = np.searchsorted(place[order], np.arange(count), side="right") - 1
    first = np.searchsorted(place[order], np.arange(count), side="left")
    return order[last], order[first]

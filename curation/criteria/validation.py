"""What each criterion of a rubric is worth by itself: is it decided, does it vary, does it tell what people prefer?

In this order, with the mean verdict over repeats of each response and Δ = E[met | preferred] - E[met | rejected]:
    dead              met by fewer than 5 % or more than 95 % of the responses
    reversed          the upper bound of Δ, 95 % two-sided, lies below zero
    undiscriminating  the lower bound of Δ, 90 % two-sided, does not lie above zero
    kept              else
and below `FEWEST_PAIRS` pairs that are decided on both sides, or `FEWEST_GROUPS` prompts, nothing is said: unknown.
Of a pitfall, which ought to be met by what people reject, Δ is turned round.

Each criterion is held to its own level, not to one for all: of a hundred that tell nothing five are kept and two or
three are called reversed. That is meant, for what is flagged is looked at by people and costs a look. `stands` says
which findings of Δ ≠ 0 remain at a false discovery rate of 5 % over the rubric, for whoever acts on many at once.
Bounds are in closed form and know that pairs of one prompt belong together (`means`).

Source: rules and thresholds are ours, from trials; Benjamini and Hochberg 1995 for the rate.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from curation.aggregation.estimates import Estimate
from curation.criteria import stability
from curation.criteria.means import Means, means
from curation.criteria.verdicts import Verdicts
from curation.noise.proposals import Booleans
from curation.noise.raters import benjamini_hochberg
from modelhooks.head.pairs import Floats, Integers

RAREST, MOST_COMMON = 0.05, 0.95
REVERSED_TAIL, KEPT_TAIL = 0.025, 0.05
FEWEST_PAIRS, FEWEST_GROUPS = 30, 20
RATE = 0.05  # of false discoveries
EIGHT_IN_TEN = 0.8416  # of the standard normal distribution: the power at which a Δ counts as one that would be found


class Standing(StrEnum):
    """What a criterion is found to be."""

    KEPT = "kept"
    DEAD = "dead"
    REVERSED = "reversed"
    UNDISCRIMINATING = "undiscriminating"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion; None where there is nothing to tell it from."""

    standing: Standing
    coverage: Estimate | None
    """The share of what was asked that was decided."""
    met: Estimate | None
    """The share of responses that meet it."""
    discrimination: Estimate | None
    """Δ, above zero where it speaks for what people prefer; 95 %."""
    p: float
    """How likely so large a Δ, of either sign, is without a difference."""
    stands: bool
    """Whether Δ remains at the false discovery rate over the rubric. False of what is unknown."""
    detectable: float | None
    """The Δ that so many pairs would show eight times in ten: what is undiscriminating may be worth less than that."""
    changed: Estimate | None
    """The share of verdicts that another asking turns; None where everything was asked once."""
    reliability: float | None
    """The test–retest correlation; None where everything was asked once, or nothing varies."""
    pairs: int
    """Decided on both sides."""
    prompts: int


def validate(verdicts: Verdicts, *, polarity: Integers | None = None) -> list[Criterion]:
    """Each criterion in turn; `polarity` (criteria,) is -1 for pitfalls, else 1."""
    table, asked = verdicts.table(), verdicts.asked()
    size, groups = verdicts.criterion_count, verdicts.groups
    responses, askings = np.repeat(groups, 2), np.repeat(groups, 2 * table.shape[3])
    decided = np.where(asked, np.isfinite(table).astype(float), np.nan)
    coverage = means(np.moveaxis(decided, 2, 3).reshape(len(askings), size), askings)
    met = means(verdicts.settled().reshape(len(responses), size), responses)
    apart = means(verdicts.differences() * (1 if polarity is None else polarity), groups)
    changed = means(stability.changes(table), responses)
    reliability = np.diagonal(stability.across(table).correlation)
    standings, p = _standings(met, apart), apart.p_apart()
    stands = benjamini_hochberg(np.where(_is_known(apart), p, np.nan), RATE)
    return [
        Criterion(
            standing=standings[at],
            coverage=coverage.share(at),
            met=met.share(at),
            discrimination=apart.estimate(at),
            p=float(p[at]),
            stands=bool(stands[at]),
            detectable=_or_none(_detectable(apart)[at]),
            changed=changed.share(at),
            reliability=_or_none(reliability[at]),
            pairs=int(apart.counts[at]),
            prompts=int(apart.groups[at]),
        )
        for at in range(size)
    ]


def _standings(met: Means, apart: Means) -> list[Standing]:
    dead = (met.values < RAREST) | (met.values > MOST_COMMON)
    reverse = apart.bounds(REVERSED_TAIL)[1] < 0
    dull = ~(apart.bounds(KEPT_TAIL)[0] > 0)
    cases = [~_is_known(apart), dead, reverse, dull]
    words = [Standing.UNKNOWN, Standing.DEAD, Standing.REVERSED, Standing.UNDISCRIMINATING]
    return [Standing(str(word)) for word in np.select(cases, words, Standing.KEPT)]


def _is_known(apart: Means) -> Booleans:
    found: Booleans = (apart.counts >= FEWEST_PAIRS) & (apart.groups >= FEWEST_GROUPS)
    return found


def _detectable(apart: Means) -> Floats:
    low, _ = apart.bounds(KEPT_TAIL)
    found: Floats = apart.values - low + EIGHT_IN_TEN * apart.errors
    return found


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

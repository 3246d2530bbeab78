"""Whether a rater says the same of the same unit when asked again: in the other order, or in another version.

Answers of one rater to one unit in two contexts (the order shown, or the version of a form or a judge) either agree or
not. A unit is doubtful by the share of its raters who contradict themselves; a rater is as consistent as the share of
units that were told alike, with Wilson's interval. For orders, the bias towards the side shown first is
b̂ = ½·[logit P̄(first | order 0) + logit P̄(first | order 1)], from Beta(½, ½)-smoothed shares.

Source: Zheng et al., *Judging LLM-as-a-Judge*, 2023, section 3.4 (swapped positions); Wilson 1927 for the interval.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from annotation.intervals import NORMAL_95
from curation.noise.proposals import Floats, Integers, Proposals, Suggestion, propose


@dataclass(frozen=True, slots=True)
class Consistency:
    """How steady r raters are; NaN where a rater was never asked twice."""

    asked_twice: Integers
    """(r,) units."""
    share: Floats
    """(r,) of them that were told alike."""
    low: Floats
    high: Floats


def repeated(units: Integers, raters: Integers, answers: Integers, contexts: Integers) -> tuple[Integers, ...]:
    """(units, raters, told alike) of all (unit, rater) with answers in two contexts or more, one row for each.

    Of several answers in one context the last counts. `answers` are codes in the unit's own order, swaps undone.
    """
    place, inverse = np.unique(np.stack([units, raters, contexts], axis=1), axis=0, return_inverse=True)
    last = np.zeros(len(place), np.int64)
    last[inverse.ravel()] = np.arange(len(units))  # the last assignment stays
    who, first, count = np.unique(place[:, :2], axis=0, return_index=True, return_counts=True)
    told = answers[last]
    if not len(who):
        return who[:, 0], who[:, 1], np.zeros(0, np.int64)
    alike = np.maximum.reduceat(told, first) == np.minimum.reduceat(told, first)
    again = count > 1
    return who[again, 0], who[again, 1], alike[again].astype(np.int64)


def raters_consistency(raters: Integers, alike: Integers, count: int) -> Consistency:
    """From the rows of `repeated`, for raters 0 … count - 1."""
    asked = np.bincount(raters, minlength=count)
    share = np.where(asked > 0, np.bincount(raters, alike, minlength=count) / np.maximum(asked, 1), np.nan)
    spread = NORMAL_95**2 / np.maximum(asked, 1)
    middle, reach = share + spread / 2, NORMAL_95 * np.sqrt((share * (1 - share) + spread / 4) / np.maximum(asked, 1))
    low, high = np.clip([(middle - reach) / (1 + spread), (middle + reach) / (1 + spread)], 0, 1)
    return Consistency(asked, share, low, high)


def doubtful_units(units: Integers, alike: Integers, count: int, *, most: float = 0.5) -> Proposals:
    """Proposals for units 0 … count - 1, from the rows of `repeated`: review where the share of raters who contradict
    themselves is above zero and `most` at least. Where nobody was asked twice, nothing is said."""
    asked = np.bincount(units, minlength=count)
    against = np.where(asked > 0, np.bincount(units, 1 - alike, minlength=count) / np.maximum(asked, 1), np.nan)
    return propose(
        "order_and_version",
        against,
        {Suggestion.REVIEW: (against > 0) & (against >= most)},
        evidence={"raters_asked_twice": asked.astype(float), "contradict_themselves": against},
        parameters={"most": most},
    )


def first_side_bias(raters: Integers, chose_first: Integers, orders: Integers, count: int) -> Floats:
    """(count,) in logits: above zero, the side shown first is favored. `chose_first` (n,) 1 where the side *shown*
    first was chosen, `orders` (n,) 0 or 1: the order that was shown. NaN for a rater who saw one order only."""
    halves = []
    for order in (0, 1):
        rows = orders == order
        seen = np.bincount(raters[rows], minlength=count)
        chosen = np.bincount(raters[rows], chose_first[rows], minlength=count)
        halves.append(np.where(seen > 0, logit((chosen + 0.5) / (seen + 1)), np.nan))
    found: Floats = (halves[0] + halves[1]) / 2
    return found

"""Raters who do something much more often than everybody else: miss attention checks, disagree, say tie, pick left.

Rater a did it in h_a of n_a chances. Against the median rater's rate, which outliers do not move, the p-value is that
of the binomial tail P(X ≥ h_a), X ~ Bin(n_a, rate); both tails where rarely is as telling as often. All raters together
are held to a false discovery rate. With a margin the tail is that of a rate so much beyond the usual one, so that no
number of labels makes a slight difference remarkable (a minimum-effect test).

Where there were few chances, as of known items, the median rater's rate is hardly known, and a tail so much beyond it
is never clear. `standing_apart` holds a rater against all others together, whoever stands apart left out, again until
nobody more does; its p-value is P(X > h_a) + P(X = h_a)/2, and the margin is asked of the share itself.

Source: Clopper and Pearson 1934 for the exact binomial tail; Lancaster, *Significance tests in discrete distributions*,
1961, for half of what is seen; Benjamini and Hochberg, *Controlling the False Discovery Rate*, 1995. Leaving out who
stands apart is ours. A rater without chances has no p-value and is kept.
"""

import numpy as np
from scipy.stats import binom

from curation.noise.proposals import Booleans, Floats, Integers, Proposals, Suggestion, propose

RATE = 0.01  # of false discoveries


def benjamini_hochberg(p: Floats, rate: float) -> Booleans:
    """(n,) which p-values stand at this false discovery rate; a NaN never does."""
    known = np.flatnonzero(np.isfinite(p))
    ranked = known[np.argsort(p[known], kind="stable")]
    below = np.flatnonzero(p[ranked] <= rate * np.arange(1, len(ranked) + 1) / max(1, len(ranked)))
    found = np.zeros(len(p), bool)
    found[ranked[: below[-1] + 1 if len(below) else 0]] = True
    return found


def outlying(
    hits: Integers,
    chances: Integers,
    *,
    what: str,
    two_sided: bool = False,
    expected: float | None = None,
    margin: float = 0.0,
    rate: float = RATE,
) -> Proposals:
    """Proposals to review raters who did `what` in `hits` (n,) of `chances` (n,).

    `expected` is the rate that is usual; None takes the median rater's, smoothed by half a hit. Within `margin` of it
    nobody stands out. Raises ValueError for more hits than chances.
    """
    _check(hits, chances)
    seen = chances > 0
    smoothed = (hits + 0.5) / (chances + 1)
    usual = expected if expected is not None else float(np.median(smoothed[seen])) if seen.any() else 0.5
    tail = binom.sf(hits - 1, chances, min(usual + margin, 1.0))
    if two_sided:
        tail = np.minimum(1, 2 * np.minimum(tail, binom.cdf(hits, chances, max(usual - margin, 0.0))))
    p = np.where(seen, tail, np.nan)
    share = np.where(seen, hits / np.maximum(chances, 1), np.nan)
    return propose(
        f"raters:{what}",
        1 - p,
        {Suggestion.REVIEW: benjamini_hochberg(p, rate)},
        evidence={"share": share, "chances": chances.astype(float), "usual": np.full(len(p), usual), "p_value": p},
        parameters={"two_sided": two_sided, "expected": expected, "margin": margin, "rate": rate},
    )


def standing_apart(hits: Integers, chances: Integers, *, what: str, margin: float = 0.0, rate: float) -> Proposals:
    """Proposals to review raters who did `what` in a share of their chances that lies `margin` or more above that of
    the others together, and surely above it; for few chances. Raises ValueError for more hits than chances.
    """
    _check(hits, chances)
    share = np.where(chances > 0, hits / np.maximum(chances, 1), np.nan)
    apart = np.zeros(len(hits), bool)
    while True:
        usual = _of_others(hits, chances, apart)
        p = np.where(chances > 0, binom.sf(hits - 1, chances, usual) - binom.pmf(hits, chances, usual) / 2, np.nan)
        more = apart | (benjamini_hochberg(p, rate) & (share >= usual + margin))
        if (more == apart).all():
            break
        apart = more
    return propose(
        f"raters:{what}",
        1 - p,
        {Suggestion.REVIEW: apart},
        evidence={"share": share, "chances": chances.astype(float), "usual": usual, "p_value": p},
        parameters={"margin": margin, "rate": rate},
    )


def _of_others(hits: Integers, chances: Integers, apart: Booleans) -> Floats:
    """(n,) the rate of all others who do not stand apart, smoothed by half a hit."""
    hits_of, chances_of = (np.where(apart, 0, counts) for counts in (hits, chances))
    found: Floats = (hits_of.sum() - hits_of + 0.5) / (chances_of.sum() - chances_of + 1)
    return found


def _check(hits: Integers, chances: Integers) -> None:
    if ((hits < 0) | (hits > chances)).any():
        raise ValueError("Somebody did something more often than there was a chance to.")


def disagreements(units: Integers, raters: Integers, answers: Integers, count: int) -> tuple[Integers, Integers]:
    """(hits, chances), (count,) each: how often a rater contradicts the majority of the *others* on the same unit.

    Where the others have no strict majority there is no chance. `answers` (n,) are codes of 0 or more.
    """
    if not len(units):
        return np.zeros(count, np.int64), np.zeros(count, np.int64)
    _, place = np.unique(units, return_inverse=True)
    votes = np.zeros((place.max() + 1, int(answers.max()) + 1), np.int64)
    np.add.at(votes, (place, answers), 1)
    others = votes[place]
    others[np.arange(len(answers)), answers] -= 1
    top = others.max(axis=1)
    clear = (2 * top > others.sum(axis=1)) & (top > 0)
    against = clear & (others.argmax(axis=1) != answers)
    chances, hits = (np.bincount(raters[rows], minlength=count) for rows in (clear, against))
    return hits, chances

"""Responses whose score lies far below those of their own domain.

z = (r - median)/(1.4826·MAD) within each domain; z < -3 is looked at, but never more than a twentieth of a domain, the
lowest first. Median and MAD are not moved by the very outliers that are sought.

Source: Iglewicz and Hoaglin, *How to Detect and Handle Outliers*, 1993; the use of reward scores so is that of
InternLM-XComposer2.5-Reward, 2025, whose thresholds are not published: these are ours.
"""

import numpy as np

from curation.noise.proposals import Floats, Integers, Proposals, Suggestion, propose

NORMAL = 1.4826  # the MAD of a normal distribution times this is its standard deviation
FAR = 3.0
MOST = 0.05


def robust_z(scores: Floats, domains: Integers) -> Floats:
    """(n,) how many robust standard deviations each score lies above its domain's median.

    NaN in a domain whose MAD is zero: where most scores are equal, no distance is large or small.
    """
    found = np.full(len(scores), np.nan)
    for domain in np.unique(domains):
        rows = domains == domain
        away = scores[rows] - np.median(scores[rows])
        spread = NORMAL * np.median(np.abs(away))
        if spread > 0:
            found[rows] = away / spread
    return found


def low_scores(scores: Floats, domains: Integers, *, far: float = FAR, most: float = MOST) -> Proposals:
    """Proposals to review responses that score far too low for their domain. Raises ValueError for what is not finite.

    `scores` (n,) of one scorer, `domains` (n,) codes.
    """
    if not np.isfinite(scores).all():
        raise ValueError("A score is not a finite number.")
    z = robust_z(scores, domains)
    flagged = np.zeros(len(scores), bool)
    for domain in np.unique(domains):
        rows = np.flatnonzero(domains == domain)
        lowest = rows[np.argsort(z[rows], kind="stable")[: int(most * len(rows))]]
        flagged[lowest] = z[lowest] < -far
    return propose(
        "low_scores",
        -z,
        {Suggestion.REVIEW: flagged},
        evidence={"robust_z": z},
        parameters={"far": far, "most": most},
    )

"""Which criteria of a rubric ask the same, although a judge that errs answers them differently.

φ_jk of two criteria's verdicts on the same responses is lowered by every error of the judge: of a criterion and its
copy, each turned in 10 % of the verdicts, φ is .64. So it is held against what repeated asking says of the errors:
    corrected φ_jk = C_jk / √(C_jj C_kk)
with the covariances across repeats of `stability`, which is the correlation across repeats over the geometric mean of
the two reliabilities. Criteria are proposed as one where it is .8 or more and their texts are alike by .85 or more; it
takes both, since a response that is good is good in many ways, and words alone cannot tell a rule from its opposite.
Without texts the correction alone has to be .9, for nothing else then tells a copy from a companion.

The one to keep of each set is the one that tells most of what people prefer; every other one is alike with it directly,
so no chain of likenesses joins criteria that are far apart.
Source: Spearman, *The proof and measurement of association between two things*, 1904, for the correction.
"""

from dataclasses import dataclass

import numpy as np

from curation.criteria import stability
from curation.criteria.means import means
from curation.criteria.verdicts import Verdicts
from curation.noise.proposals import Booleans
from modelhooks.head.pairs import Floats

ALIKE, ALIKE_WITHOUT_TEXTS = 0.8, 0.9
SAME_WORDS = 0.85  # of cosines of embedded texts
LEAST_RELIABLE = 0.2  # below, a correction would multiply chance by five and more
FEWEST = 60  # verdicts on responses that both decided


@dataclass(frozen=True, slots=True)
class Cluster:
    """Criteria that ask the same."""

    kept: int
    merged: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Redundancy:
    """Of k criteria, two by two; NaN where too little was asked to tell, or where nothing varies."""

    raw: Floats
    """(k, k) φ within the same asking."""
    corrected: Floats
    """(k, k) from -1 to 1. NaN where everything was asked once."""
    clusters: tuple[Cluster, ...]
    """Proposals to merge, each criterion in one at most."""


def redundancy(verdicts: Verdicts, *, similarity: Floats | None = None, worth: Floats | None = None) -> Redundancy:
    """`similarity` (criteria, criteria) of the texts, such as cosines of their embeddings; `worth` (criteria,) decides
    which of two is kept, by default how many standard errors it tells the preferred response from the other by."""
    table = verdicts.table()
    raw, corrected = stability.within(table), _corrected(stability.across(table))
    kept_first = np.argsort(-(_told(verdicts) if worth is None else worth), kind="stable")
    shown = np.where(raw.counts >= FEWEST, raw.correlation, np.nan)
    return Redundancy(shown, corrected, _clusters(_alike(corrected, similarity), kept_first.tolist()))


def _corrected(across: stability.Moments) -> Floats:
    reliable = np.diagonal(across.correlation) >= LEAST_RELIABLE
    lasting = np.sqrt(np.where(reliable, np.diagonal(across.covariance), np.nan))
    told = np.where(across.counts >= FEWEST, across.covariance / np.outer(lasting, lasting), np.nan)
    found: Floats = np.clip(told, -1, 1)
    return found


def _alike(corrected: Floats, similarity: Floats | None) -> Booleans:
    if similarity is None:
        found: Booleans = corrected >= ALIKE_WITHOUT_TEXTS
        return found
    return (corrected >= ALIKE) & (similarity >= SAME_WORDS)


def _told(verdicts: Verdicts) -> Floats:
    apart = means(verdicts.differences(), verdicts.groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(np.abs(apart.values / apart.errors))


def _clusters(alike: Booleans, order: list[int]) -> tuple[Cluster, ...]:
    """The best that is left takes with it whatever is like it."""
    found, taken = [], np.zeros(len(alike), bool)
    for best in order:
        if taken[best]:
            continue
        taken[best] = True
        others = np.flatnonzero(alike[best] & ~taken)
        taken[others] = True
        if len(others):
            found.append(Cluster(best, tuple(others.tolist())))
    return tuple(found)

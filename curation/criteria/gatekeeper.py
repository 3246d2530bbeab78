"""Gates that contradict people: criteria that a response must not fail, failed by responses that people prefer.

Of each gate: how many preferred responses fail it, with Clopper and Pearson's interval for prompts (`means`), and among
the pairs where it fails on one side alone, in how many that side is the preferred one. A judge who errs makes a good
gate fail at the rate of the errors, so a gate contradicts people only where the lower bound of the first share lies
above `TOLERATED`, or where the second lies surely above a half: there it is wrong more often than right.
Source: Clopper and Pearson 1934; Korn and Graubard 1998; the rule is ours.
"""

from dataclasses import dataclass

import numpy as np

from curation.aggregation.estimates import Estimate
from curation.criteria.means import means
from curation.criteria.scoring import Scoring, mostly_failed
from curation.criteria.verdicts import PREFERRED, REJECTED, Verdicts
from curation.noise.proposals import Booleans

TOLERATED = 0.05


@dataclass(frozen=True, slots=True)
class Gate:
    """One criterion that outweighs all others where it fails."""

    criterion: int
    failing: int
    """Preferred responses that fail it."""
    failed: Estimate | None
    """Their share of the preferred responses on which it was decided; None where it never was."""
    against: Estimate | None
    """Among the pairs that it decides, the share in which the preferred response is the one that fails; None where it
    decides none."""
    contradicts: bool
    """Whether it is surely at odds with people."""


def gates(verdicts: Verdicts, scoring: Scoring) -> list[Gate]:
    """Each gate of the rubric, in its order."""
    table = verdicts.table()
    fails = mostly_failed(table, scoring).astype(float)
    decided: Booleans = np.isfinite(verdicts.settled())
    preferred = np.where(decided[:, PREFERRED], fails[:, PREFERRED], np.nan)
    decides = fails[:, PREFERRED] != fails[:, REJECTED]
    failed = means(preferred, verdicts.groups)
    against = means(np.where(decides, fails[:, PREFERRED], np.nan), verdicts.groups)
    return [
        _gate(at, int(np.nansum(preferred[:, at])), failed.share(at), against.share(at))
        for at in np.flatnonzero(scoring.gates).tolist()
    ]


def _gate(criterion: int, failing: int, failed: Estimate | None, against: Estimate | None) -> Gate:
    is_often = failed is not None and failed.low is not None and failed.low > TOLERATED
    is_wrong = against is not None and against.low is not None and against.low > 0.5
    return Gate(criterion, failing, failed, against, is_often or is_wrong)

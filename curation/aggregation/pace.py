"""How long each annotator takes, and how often less than reading could take.

What can be read in a second is a number of characters; 25 is twice the pace of silent reading of English (238 words a
minute: Brysbaert, How many words do we read per minute?, 2019), so that whoever skims is not called careless.
"""

from dataclasses import dataclass

import numpy as np

from modelhooks.head.pairs import Floats, Integers

CHARACTERS_A_SECOND = 25.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Of each annotator; NaN for who has labeled nothing in known time."""

    median: Floats
    """Seconds a label."""
    hurried: Floats
    """The share of labels given before their text could be read."""
    labels: Integers
    """Those whose seconds are known."""


def of(
    annotators: Integers,
    seconds: Floats,
    characters: Floats,
    *,
    annotator_count: int,
    characters_a_second: float = CHARACTERS_A_SECOND,
) -> Pace:
    """`seconds` (n,) of each label, NaN where unknown; `characters` (n,) that were shown."""
    known = np.isfinite(seconds)
    who, took = annotators[known], seconds[known]
    counts = np.bincount(who, minlength=annotator_count)
    fast = np.bincount(who[took * characters_a_second < characters[known]], minlength=annotator_count)
    order = np.lexsort((took, who))
    ends = np.cumsum(counts)
    middles = ((ends - counts + (counts - 1) // 2), (ends - counts + counts // 2))
    ranked = np.append(took[order], np.nan)
    halves = [ranked[np.where(counts > 0, at, len(took))] for at in middles]
    share = np.where(counts > 0, fast / np.maximum(counts, 1), np.nan)
    return Pace((halves[0] + halves[1]) / 2, share, counts)

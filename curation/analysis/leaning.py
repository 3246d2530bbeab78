"""Whether somebody takes the longer response for the better one more often than the others do on the same pairs.

The others' majority m, without one's own label, is taken for granted. With w_L the share of pairs in which they choose
the longer response although m is the shorter one, and w_S the share in which they choose the shorter one although m is
the longer one, the pull is w_L - w_S, with one hit and one miss added to each (Agresti and Caffo, Simple and effective
confidence intervals for proportions and differences of proportions, 2000). Whoever errs anyhow errs both ways alike; a
majority that errs itself pulls everybody alike, so the test holds a pull against that of the median annotator.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from curation.analysis.seen import FEWEST, Booleans, Floats, Habit, Seen, Tally, rounded
from curation.noise import raters

MARGIN = 0.10
NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Pull:
    """Of each of A annotators."""

    value: Floats
    error: Floats
    chances: "np.ndarray[tuple[int], np.dtype[np.int64]]"


def leaning(seen: Seen) -> Habit:
    """On pairs of different lengths that they decided and most of the others did, too."""
    longer = seen.texts.longer(seen.votes.units)[seen.labels.units]
    tie = (seen.labels.value_count - 1) / 2
    own = np.sign(tie - seen.labels.values)  # 1: the first
    others = _majority(seen)
    counted = (own != 0) & (others != 0) & np.isfinite(longer) & (longer != 0)
    chose, crowd = own * longer > 0, others * longer > 0
    pull = _pull(seen.tally(chose, counted & ~crowd), seen.tally(~chose, counted & crowd))
    mine, theirs = seen.tally(chose, counted).told(), seen.tally(crowd, counted).told()
    figures = [
        {
            "length": mine[who]
            and {
                "longer": mine[who],
                "others": theirs[who],
                "pull": rounded(pull.value[who]),
                "low": rounded(max(-1.0, pull.value[who] - NORMAL_95 * pull.error[who])),
                "high": rounded(min(1.0, pull.value[who] + NORMAL_95 * pull.error[who])),
            }
        }
        for who in range(seen.count)
    ]
    return Habit(figures, {"length": _unusual(pull)})


def _majority(seen: Seen) -> Floats:
    """[n] 1 where more of the others choose the first response than the second, -1 the other way, 0 for neither."""
    counts = seen.labels.counts()[seen.labels.units]
    counts[np.arange(len(seen.labels)), seen.labels.values] -= 1
    found: Floats = np.sign(counts[:, 0] - counts[:, -1])
    return found


def _pull(to_longer: Tally, to_shorter: Tally) -> Pull:
    up, down = ((one.hits + 1) / (one.chances + 2) for one in (to_longer, to_shorter))
    variance = up * (1 - up) / (to_longer.chances + 2) + down * (1 - down) / (to_shorter.chances + 2)
    return Pull(up - down, np.sqrt(variance), to_longer.chances + to_shorter.chances)


def _unusual(pull: Pull) -> Booleans:
    enough = pull.chances >= FEWEST
    usual = float(np.median(pull.value[enough])) if enough.any() else 0.0
    beyond = (np.abs(pull.value - usual) - MARGIN) / pull.error
    return raters.benjamini_hochberg(np.where(enough, 2 * norm.sf(np.maximum(beyond, 0)), np.nan), raters.RATE)

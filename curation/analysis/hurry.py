"""How long somebody takes, and how often less than reading could take."""

import numpy as np

from curation.aggregation import pace
from curation.analysis.seen import Booleans, Habit, Seen, Tally, rounded, share

MARGIN = 0.10
SECONDS = (2, 5, 10, 20, 40, 80, 160, 320)


def hurry(seen: Seen) -> Habit:
    """Seconds are those of an annotation, however many votes it holds."""
    once = _once(seen)
    who, seconds = seen.labels.annotators[once], seen.votes.seconds[seen.rows][once]
    found = pace.of(who, seconds, seen.characters[once], annotator_count=seen.count)
    hits = np.round(np.nan_to_num(found.hurried) * found.labels).astype(np.int64)
    tally = Tally(hits, found.labels)
    some = np.isfinite(found.median)
    usual = float(np.median(found.median[some])) if some.any() else None
    known = np.isfinite(seconds)
    bins = np.zeros((seen.count, len(SECONDS) + 1), np.int64)
    np.add.at(bins, (who[known], np.searchsorted(SECONDS, seconds[known])), 1)
    figures = [
        {
            "pace": {
                "median": rounded(found.median[one]),
                "usual": rounded(usual),
                "hurried": share(int(hits[one]), int(found.labels[one])),
                "usual_hurried": rounded(tally.usual),
                "up_to": list(SECONDS),
                "bins": bins[one].tolist(),
            }
            if some[one]
            else None
        }
        for one in range(seen.count)
    ]
    return Habit(figures, {"pace": tally.unusual("pace", MARGIN)})


def _once(seen: Seen) -> Booleans:
    """[n] The first label of each annotation."""
    _, first = np.unique(seen.votes.annotation[seen.rows], return_index=True)
    found = np.zeros(len(seen.rows), bool)
    found[first] = True
    return found

"""Somebody beside the others on the same units, their own label left out, and beside what all of them came to."""

import numpy as np

from curation.analysis.consensus import PEOPLE
from curation.analysis.seen import Booleans, Habit, Integers, Seen, Tally, Told, rounded
from curation.analysis.settled import UNSETTLED
from curation.noise import raters

MARGIN = 0.10
TOLERANCE = 1.0  # levels that one may be off the others' mean
EXAMPLES = 10
FEWEST_KNOWN = 5  # items whose answer is known: one tells more than one that only the others speak of
KNOWN_MARGIN = 0.15
KNOWN_RATE = 0.1
"""Of false discoveries. Known items are few and dear, and what follows is a look at somebody's work: so one in ten of
those who stand out may, where other tests let one in a hundred. Of twenty known items each, .35 of which they get wrong
where others get .05, it finds nine of ten; at one in a hundred it would find one of twenty."""


def rest(seen: Seen) -> Habit:
    """How often they say what most of the others say; on levels, what lies one level from the others' mean at most."""
    against = _far_off(seen) if seen.votes.facet.scale == "levels" else _outvoted(seen)
    agreeing = Tally(against.chances - against.hits, against.chances)
    figures = [{"rest": one, "usual_rest": rounded(agreeing.usual)} for one in agreeing.told()]
    return Habit(figures, {"rest": against.unusual("rest", MARGIN)})


def known(seen: Seen) -> Habit:
    """How often they were right about items whose answer is known, which is worth more than what others say."""
    told = [seen.around.gold.get(who, (0, 0)) if who.kind in PEOPLE else (0, 0) for who in seen.votes.annotators]
    right, asked = np.array(told, np.int64).reshape(-1, 2).T
    tally = Tally(right, asked)
    figures = [{"gold": one, "usual_gold": rounded(tally.usual)} for one in tally.told()]
    return Habit(figures, {"gold": _often_wrong(asked - right, asked)})


def _often_wrong(wrong: Integers, asked: Integers) -> Booleans:
    enough = asked >= FEWEST_KNOWN
    wrong, asked = np.where(enough, wrong, 0), np.where(enough, asked, 0)
    apart = raters.standing_apart(wrong, asked, what="gold", margin=KNOWN_MARGIN, rate=KNOWN_RATE).flagged
    return apart & (wrong > 1)  # what is known may be wrong itself


def differing(seen: Seen) -> Habit:
    """Labels that are not what all labels of the unit come to, the surest consensus first."""
    settled = seen.settled.value[seen.labels.units]
    apart = (settled != UNSETTLED) & (settled != seen.labels.values)
    counts = np.bincount(seen.labels.annotators[apart], minlength=seen.count).tolist()
    rows = np.flatnonzero(apart)
    sure = seen.settled.confidence[seen.labels.units[rows]]
    rows = rows[np.lexsort((rows, -sure, seen.labels.annotators[rows]))]
    starts = np.searchsorted(seen.labels.annotators[rows], np.arange(seen.count))
    return Habit(
        [
            {
                "differs": counts[who],
                "examples": [_example(seen, row) for row in rows[at : at + min(EXAMPLES, counts[who])].tolist()],
            }
            for who, at in enumerate(starts.tolist())
        ],
        {},
    )


def _example(seen: Seen, row: int) -> Told:
    unit = int(seen.labels.units[row])
    said, settled = int(seen.labels.values[row]), int(seen.settled.value[unit])
    names = seen.votes.facet.values
    return {
        "item": seen.votes.units[unit].item,
        "place": seen.votes.units[unit].place,
        "said": names[said] if names else str(said),
        "settled": names[settled] if names else str(settled),
        "confidence": rounded(seen.settled.confidence[unit]),
    }


def _outvoted(seen: Seen) -> Tally:
    labels = seen.labels
    return Tally(*raters.disagreements(labels.units, labels.annotators, labels.values, seen.count))


def _far_off(seen: Seen) -> Tally:
    labels = seen.labels
    count = np.bincount(labels.units, minlength=labels.unit_count)[labels.units] - 1
    total = np.bincount(labels.units, labels.values, labels.unit_count)[labels.units] - labels.values
    return seen.tally(np.abs(labels.values - total / np.maximum(count, 1)) > TOLERANCE, count > 0)

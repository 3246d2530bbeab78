"""What somebody's hands do: the side that they choose, the keys that they press, what they say when asked again."""

import numpy as np

from curation.aggregation import skill
from curation.aggregation.labels import Labels
from curation.analysis.seen import Habit, Seen, Tally, rounded, share

SIDE_MARGIN, TIE_MARGIN, KEY_MARGIN, REPEAT_MARGIN = 0.05, 0.10, 0.15, 0.10
MOST_VALUES = 12  # of which each one's share is told


def side(seen: Seen) -> Habit:
    """Of pairs whose order is known: which response's key they press. Sides are drawn, so neither is likelier."""
    known = seen.votes.side[seen.rows] >= 0
    labels = seen.labels.take(known)
    found = skill.leanings(labels)
    ties = np.bincount(labels.annotators[labels.values * 2 == labels.value_count - 1], minlength=seen.count).tolist()
    told = [None if one is None else {**(share(one.first.hits, one.first.count) or {}), "p": one.p} for one in found]
    tally = Tally(
        np.array([one.first.hits if one else 0 for one in found], np.int64),
        np.array([one.first.count if one else 0 for one in found], np.int64),
    )
    return Habit(
        [{"side": one and {**one, "ties": ties[who]}} for who, one in enumerate(told)],
        {"side": tally.unusual("side", SIDE_MARGIN, two_sided=True, expected=0.5)},
    )


def ties(seen: Seen) -> Habit:
    """How often they call two alike."""
    values, everything = seen.labels.values, np.ones(len(seen.labels), bool)
    tally = seen.tally(values * 2 == seen.labels.value_count - 1, everything)
    figures = [{"ties": one, "usual_ties": rounded(tally.usual)} for one in tally.told()]
    return Habit(figures, {"ties": tally.unusual("ties", TIE_MARGIN, two_sided=True)})


def keys(seen: Seen) -> Habit:
    """Which values they give, as they stood before their eyes, and whether it is always the same one."""
    table = _as_shown(seen.labels).by_annotator()
    own = table.sum(axis=1).astype(np.int64)
    tally = Tally(table.max(axis=1, initial=0).astype(np.int64), own)
    bits = skill.entropies(seen.labels)
    usual = float(np.median(bits[own > 0])) if (own > 0).any() else None
    given, told = _given(seen), tally.told()
    figures = [
        {
            "given": given[who],
            "given_by_all": given[-1],
            "entropy": rounded(bits[who]),
            "usual_entropy": rounded(usual),
            "same_key": told[who],
            "usual_same_key": rounded(tally.usual),
        }
        for who in range(seen.count)
    ]
    return Habit(figures, {"key": tally.unusual("key", KEY_MARGIN)})


def repeats(seen: Seen) -> Habit:
    """Of two labels on the same texts, which come as items of their own: how often they say the same."""
    same_as, mirrored = seen.texts.repeated(seen.votes.units, are_pairs=seen.votes.facet.scale == "sides")
    turned = _turned(seen.labels, mirrored[seen.labels.units])
    found = skill.with_oneself(turned, same_as)
    against = Tally(
        np.array([one.count - one.hits if one else 0 for one in found], np.int64),
        np.array([one.count if one else 0 for one in found], np.int64),
    )
    figures = [{"repeats": share(one.hits, one.count) if one else None} for one in found]
    return Habit(figures, {"repeats": against.unusual("repeats", REPEAT_MARGIN)})


def _turned(labels: Labels, which: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Labels:
    """Labels with the two sides of some changed over, which says the same of the same texts."""
    values = np.where(which, labels.value_count - 1 - labels.values, labels.values)
    swapped = np.where(which, 1 - labels.swapped, labels.swapped)
    counts = (labels.unit_count, labels.annotator_count, labels.value_count)
    return Labels(labels.units, labels.annotators, values, *counts, swapped)


def _as_shown(labels: Labels) -> Labels:
    return _turned(labels, labels.swapped == 1)


def _given(seen: Seen) -> list[dict[str, float | None]]:
    """[A + 1] Name of a value to its share of their labels, in stored order; the last one is everybody's."""
    table = np.vstack([seen.labels.by_annotator(), seen.labels.counts().sum(axis=0)])
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    names = seen.votes.facet.values or tuple(map(str, range(seen.labels.value_count)))
    if len(names) > MOST_VALUES:
        return [{} for _ in shares]
    return [{name: rounded(one) for name, one in zip(names, row, strict=True)} for row in shares.tolist()]

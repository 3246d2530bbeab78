"""What one release has that another has not: rows added, removed, changed and moved, each with its reason.

Both are made again from what they have fixed, item by item and side by side, so that nothing but one window of items is
held in memory, and a row that is gone can be asked why. That says what today's code makes of them: where an older
version wrote a release, its files may differ from it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple

from curation.building import Labeled, Tally, outcome_of
from curation.fixed import Fixed
from curation.recipes import REASONS, Drop, Outcome, Recalled, Row
from curation.recipes.drops import in_words
from curation.snapshot import NARROWEST, bounds, next_width

STANDS_BEHIND = frozenset(
    {"strength", "p_chosen", "n_votes", "agreement", "label_source", "annotation_ids", "confidence", "weight"}
)
"""Columns that say where a row comes from. A row that differs in these alone says what it said."""
LABELED_SINCE, OTHER_ROWS = "labeled since", "its labels make other rows now"
MORE_LABELS, SAME_LABELS = "by other labels", "by the same labels, decided otherwise"


class Kind(StrEnum):
    """What became of a row."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    """It says the same in another split."""


class Change(NamedTuple):
    """One row that is not as it was."""

    kind: Kind
    recipe: str
    split: str
    """Where it is; of one that was removed, where it was."""
    row: str
    """`pair_id`, and of one item's several rows the number."""
    why: str


@dataclass(slots=True)
class Compared:
    """One recipe of both releases, counted."""

    recipe: str
    before: int = 0
    after: int = 0
    same: int = 0
    restated: int = 0
    """Rows that say the same, with other votes behind them."""
    reasons: dict[Kind, Counter[str]] = field(default_factory=lambda: {kind: Counter() for kind in Kind})

    def count(self, kind: Kind) -> int:
        return self.reasons[kind].total()


class _Said(NamedTuple):
    """A row without its texts."""

    split: str
    says: bytes
    behind: bytes
    annotations: tuple[int, ...]


class _Side(NamedTuple):
    """One recipe in one release."""

    fixed: Fixed
    tally: Tally


def recipes_of_both(before: Fixed, after: Fixed) -> list[str]:
    """The recipes that both releases hold, in the order of the newer one."""
    held = {one.recipe.name for one in before.chosen}
    return [one.recipe.name for one in after.chosen if one.recipe.name in held]


def differences(before: Fixed, after: Fixed, counted: Mapping[str, Compared]) -> Iterator[Change]:
    """Every row that is not as it was, item by item; `counted` is filled on the way. Both are of one project."""
    old, new = _sides(before, counted), _sides(after, counted)
    for then, now in _windows(before, after):
        for item in sorted({*then, *now}):
            for name, told in counted.items():
                yield from _changes(told, (old[name], then.get(item)), (new[name], now.get(item)))


def _sides(fixed: Fixed, wanted: Mapping[str, Compared]) -> dict[str, _Side]:
    by_name = {one.recipe.name: one for one in fixed.chosen}
    return {name: _Side(fixed, Tally(by_name[name])) for name in wanted}


def _windows(before: Fixed, after: Fixed) -> Iterator[tuple[dict[int, Labeled], dict[int, Labeled]]]:
    """The labeled items of both by their ids, some at a time."""
    reads = [one.snapshot.between() for one in (before, after)]
    low, last = bounds(after.snapshot.project)
    width = NARROWEST
    while low <= last:
        counts, windows = [], []
        for read in reads:
            count, found = read(low, low + width)
            counts.append(count)
            windows.append({labeled[0].id: labeled for labeled in found})
        low += width
        width = next_width(width, max(counts))
        yield windows[0], windows[1]


Place = tuple[_Side, Labeled | None]


def _changes(told: Compared, before: Place, after: Place) -> Iterator[Change]:
    old, new = _outcome(*before), _outcome(*after)
    then, now = _rows(*before, old), _rows(*after, new)
    told.before += len(then)
    told.after += len(now)
    for row in {**then, **now}:
        became = _became(then.get(row), now.get(row), (old, new))
        if became:
            told.reasons[became.kind][became.why] += 1
            yield Change(became.kind, told.recipe, became.split, row, became.why)
        elif then[row].behind == now[row].behind:
            told.same += 1
        else:
            told.restated += 1


class _Became(NamedTuple):
    kind: Kind
    split: str
    why: str


def _became(then: _Said | None, now: _Said | None, outcomes: tuple[Outcome | str, Outcome | str]) -> _Became | None:
    """What became of a row, by what each release makes of its item; None where it says the same in the same split."""
    old, new = outcomes
    if now is None:
        return _Became(Kind.REMOVED, then.split, _why(new)) if then else None
    if then is None:
        return _Became(Kind.ADDED, now.split, f"before: {_why(old)}" if old else LABELED_SINCE)
    if then.says != now.says:
        why = SAME_LABELS if then.annotations == now.annotations else MORE_LABELS
        return _Became(Kind.CHANGED, now.split, why)
    return _Became(Kind.MOVED, now.split, f"from {then.split} to {now.split}") if then.split != now.split else None


def _outcome(side: _Side, labeled: Labeled | None) -> Outcome | str:
    """Empty where nobody had labeled the item."""
    if labeled is None:
        return ()
    split = side.fixed.split_of(labeled[0].group)
    fixed = side.fixed
    return outcome_of(
        side.tally, labeled, split, discarded=fixed.discarded, gold=fixed.gold, heard=fixed.held_out.heard
    )


def _why(outcome: Outcome | str) -> str:
    """Why an outcome does not have a row: the reason for the item, else the commonest for one of its rows."""
    if isinstance(outcome, str):
        return in_words(outcome)
    drops = Counter(one for one in outcome if isinstance(one, Drop))
    return REASONS[max(REASONS, key=drops.__getitem__)] if drops else OTHER_ROWS


def _rows(side: _Side, labeled: Labeled | None, outcome: Outcome | str) -> dict[str, _Said]:
    """Rows by names that are the same in both releases: their pair, response and number."""
    found: dict[str, _Said] = {}
    if labeled is None or isinstance(outcome, str):
        return found
    split, numbers = side.fixed.split_of(labeled[0].group), Counter[str]()
    for row in outcome:
        if isinstance(row, Drop | Recalled):
            continue
        name = _name(row, labeled)
        numbers[name] += 1
        found[name if numbers[name] == 1 else f"{name}#{numbers[name]}"] = _said(row, split)
    return found


def _name(row: Row, labeled: Labeled) -> str:
    pair = str(row.get("pair_id") or labeled[0].key)
    return f"{pair}:{row['response_index']}" if "response_index" in row else pair


def _said(row: Row, split: str) -> _Said:
    says = {name: value for name, value in row.items() if name not in STANDS_BEHIND}
    behind = {name: value for name, value in row.items() if name in STANDS_BEHIND}
    return _Said(split, _mark(says), _mark(behind), tuple(row.get("annotation_ids", ())))


def _mark(value: Row) -> bytes:
    return blake2b(json.dumps(value, sort_keys=True, default=str).encode(), digest_size=16).digest()

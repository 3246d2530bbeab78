"""What the prompts of a release hold that they must not: benchmarks' prompts, and prompts of another split."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np

from curation.gates import LEAKED, NEAR, SHARED, Result
from curation.gates.sketchbook import MOST_COMPARED, Read, Sketchbook, alike, asked
from curation.noise import leakage
from curation.noise.sketches import Pairs, crowds
from curation.queries.kept_prompts import TRAINED_ON
from curation.recipes import ItemRecord
from curation.recipes.records import Message
from curation.splits import NAMES

AT_ONCE = 512  # items that are looked at together
EXAMPLES = 10
SEED = 0

Run = Callable[[Callable[[], None]], None]
"""Runs a call, maybe a little later and in another thread, one after the other."""


class Known(NamedTuple):
    """A benchmark: its name, the runs of its prompts, and the groups of items that may hold them where nobody trains on
    them (`curation.queries.kept_prompts`)."""

    name: str
    runs: leakage.Index
    may_hold: frozenset[str]


class ItemSeen(NamedTuple):
    """An item that gave rows."""

    id: int
    split: str
    group: str
    messages: Sequence[Message]


class Prompts:
    """Sees the items of a release as they are written. A context: its files go when it is left."""

    def __init__(self, folder: Path, benchmarks: Sequence[Known]) -> None:
        """The files lie in the folder, without a name."""
        self._book, self._benchmarks = Sketchbook(folder), benchmarks
        self._waiting: list[ItemSeen] = []
        self._leaking = 0
        self._leaks: list[tuple[int, str, str]] = []

    def __enter__(self) -> Self:
        self._book.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.__exit__(kind, error, trace)

    def see(self, item: ItemRecord, split: str, run: Run) -> None:
        """An item that gives rows. Some hundred of them are looked at together, by `run`."""
        self._waiting.append(ItemSeen(item.id, split, item.group, item.messages))
        if len(self._waiting) >= AT_ONCE:
            seen, self._waiting = self._waiting, []
            run(lambda: self._look(seen))

    def results(self, read: Read, limits: Mapping[str, Any]) -> list[Result]:
        """What all of them come to. Nothing is to be seen any more, and no call of `run` to be open."""
        if self._waiting:
            self._look(self._waiting)
            self._waiting = []
        seen = _Everything(self._book, read)
        return [
            self._leaked(read, limits[LEAKED.name]),
            _shared(seen, limits[SHARED.name]),
            _near(seen, limits[NEAR.name]),
        ]

    def _look(self, seen: Sequence[ItemSeen]) -> None:
        prompts = [asked(one.messages) for one in seen]
        self._book.add([one.id for one in seen], [NAMES.index(one.split) for one in seen], prompts)
        leaks: dict[int, tuple[str, str]] = {}
        for known in self._benchmarks:
            may_not = [
                (one.id, said)
                for one, said in zip(seen, prompts, strict=True)
                if one.group not in known.may_hold or one.split == TRAINED_ON
            ]
            for leak in leakage.leaks([said for _, said in may_not], known.runs):
                leaks[may_not[leak.text][0]] = (known.name, leak.words)
        self._leaking += len(leaks)
        for item, (name, words) in sorted(leaks.items())[: EXAMPLES - len(self._leaks)]:
            self._leaks.append((item, name, words))

    def _leaked(self, read: Read, limit: int) -> Result:
        found = read([item for item, _, _ in self._leaks])
        examples = [f"{found[item].key} holds words of {name}: “{words[:120]}”." for item, name, words in self._leaks]
        if not self._benchmarks:
            says = "No benchmark is kept here to hold prompts against: goldpan benchmark put NAME FILE."
            return Result(LEAKED.name, limit, None, True, says)
        says = (
            f"{_items(self._leaking)} words of a benchmark’s prompt; what is trained on them cannot be measured by it."
            if self._leaking
            else f"No item holds a prompt of {', '.join(one.name for one in self._benchmarks)[:300]}."
        )
        return Result(LEAKED.name, limit, self._leaking, self._leaking <= limit, says, examples)


class _Everything:
    """All items that were seen, each array read once."""

    def __init__(self, book: Sketchbook, read: Read) -> None:
        self.book, self.read = book, read
        self.ids, self.sides, self.keys = book.ids(), book.sides(), book.keys()

    def named(self, place: int) -> str:
        """An item as an example names it."""
        item = int(self.ids[place])
        return f"{self.read([item])[item].key} ({NAMES[self.sides[place]]})"


def _shared(seen: _Everything, limit: int) -> Result:
    found, crossing = 0, list[tuple[int, int]]()
    for order, begins in crowds(seen.keys, seen.sides):
        sides = seen.sides[order]
        here = np.flatnonzero(~begins[1:] & (sides[1:] != sides[:-1]))
        found += len(np.unique(seen.keys[order[here]]))
        crossing += [(order[at], order[at + 1]) for at in here[: EXAMPLES - len(crossing)].tolist()]
    examples = [f"{seen.named(one)} and {seen.named(other)} ask the same." for one, other in crossing]
    says = (
        f"{found:,} prompt{' stands' if found == 1 else 's stand'} in two splits: the items ask the same, and their "
        "prompt groups differ."
        if found
        else "No prompt stands in two splits."
    )
    return Result(SHARED.name, limit, found, found <= limit, says, examples)


def _near(seen: _Everything, limit: float) -> Result:
    if limit >= 1:
        return Result(NEAR.name, limit, None, True, "Nobody wanted to know which prompts nearly repeat others.")
    pairs = seen.book.pairs(seen.keys, seen.sides)
    suspects = len(np.unique(pairs[:, 1]))
    compared = _some(pairs)
    repeating: set[int] = set()
    examples: list[str] = []
    for one, other, likeness in alike(compared, seen.ids, seen.read, is_settled=lambda _, other: other in repeating):
        repeating.add(other)
        if len(examples) < EXAMPLES:
            examples.append(f"{seen.named(one)} and {seen.named(other)}: {likeness:.0%} of their runs.")
    held_out = int((seen.sides != seen.sides.min(initial=len(NAMES))).sum())
    looked_at = len(np.unique(compared[:, 1]))
    found = round(len(repeating) * suspects / looked_at) if looked_at else 0
    share = found / held_out if found else 0.0
    says = (
        f"{'About ' if looked_at < suspects else ''}{found:,} of {held_out:,} held-out prompts nearly repeat one of "
        f"another split ({share:.1%}); {limit:.1%} may."
        if found
        else "No held-out prompt nearly repeats one of another split."
    )
    return Result(NEAR.name, limit, round(share, 6), share <= limit, says, examples)


def _some(pairs: Pairs) -> Pairs:
    """All of them, or all those of some held-out prompts, drawn by lot, where there are too many to compare."""
    if len(pairs) <= MOST_COMPARED:
        return pairs
    suspects = np.unique(pairs[:, 1])
    drawn = np.random.default_rng(SEED).permutation(suspects)[: len(suspects) * MOST_COMPARED // len(pairs)]
    return pairs[np.isin(pairs[:, 1], drawn)]


def _items(count: int) -> str:
    return f"{count:,} item{' holds' if count == 1 else 's hold'}"

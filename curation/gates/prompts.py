"""What the prompts of a release hold that they must not: benchmarks' prompts, and prompts of another split.

Every item that gives a row is seen once, and only its sketch is kept (`curation.noise.sketches`), in files without a
name: a million items take 80 MB of disk and hardly any memory. At the end those that may be alike are read again and
compared by their words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from annotation import turns
from curation.gates import LEAKED, NEAR, SHARED, Result
from curation.noise import leakage
from curation.noise.shingles import Hashes, jaccard, shingles
from curation.noise.sketches import BANDS, candidates, plain, sketches
from curation.queries.kept_prompts import TRAINED_ON
from curation.recipes import ItemRecord
from curation.recipes.records import Message
from curation.splits import NAMES

AT_ONCE = 512  # items that are sketched together
COMPARED_AT_ONCE = 500  # pairs whose texts are read together
MOST_COMPARED = 20_000
EXAMPLES = 10
LENGTH = 3  # words in a run, as the detector of near-duplicates counts them
THRESHOLD = 0.8

Run = Callable[[Callable[[], None]], None]
"""Runs a call, maybe a little later and in another thread, one after the other."""


class Prompt(NamedTuple):
    """What is read again of an item."""

    key: str
    words: str


Read = Callable[[Sequence[int]], Mapping[int, Prompt]]
"""From the ids of items to their prompts."""


class Known(NamedTuple):
    """A benchmark: its name, the runs of its prompts, and the groups of items that may hold them where nobody trains on
    them (`curation.queries.kept_prompts`)."""

    name: str
    runs: leakage.Index
    may_hold: frozenset[str]


class Seen(NamedTuple):
    """An item that gave rows."""

    id: int
    side: int
    """The number of its split."""
    group: str
    words: str


class Alike(NamedTuple):
    """Two places among the items seen, the one of the earlier split first, and the share of runs that they share."""

    one: int
    other: int
    likeness: float


def asked(messages: Iterable[Message]) -> str:
    """What is held against benchmarks and other splits: every turn of a prompt but the system's, which many share."""
    return "\n".join(turns.said(turn) for turn in messages if turn["role"] != "system")


class Prompts:
    """Sees the items of a release as they are written. A context: its files go when it is left."""

    def __init__(self, folder: Path, benchmarks: Sequence[Known]) -> None:
        """The files lie in the folder, without a name."""
        self._folder, self._benchmarks = folder, benchmarks
        self._waiting: list[Seen] = []
        self._leaking = 0
        self._leaks: list[tuple[int, str, str]] = []

    def __enter__(self) -> Self:
        with ExitStack() as files:
            self._ids, self._sides, self._keys, *self._bands = [
                files.enter_context(TemporaryFile(dir=self._folder)) for _ in range(3 + BANDS)
            ]
            self._open = files.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def see(self, item: ItemRecord, split: str, run: Run) -> None:
        """An item that gives rows. Some hundred of them are looked at together, by `run`."""
        self._waiting.append(Seen(item.id, NAMES.index(split), item.group, asked(item.messages)))
        if len(self._waiting) >= AT_ONCE:
            seen, self._waiting = self._waiting, []
            run(lambda: self._look(seen))

    def results(self, read: Read, limits: Mapping[str, Any]) -> list[Result]:
        """What all of them come to. Nothing is to be seen any more, and no call of `run` to be open."""
        if self._waiting:
            self._look(self._waiting)
            self._waiting = []
        ids, sides = _whole(self._ids, np.int64), _whole(self._sides, np.uint8)
        keys = _whole(self._keys, np.uint64)
        compared = _Compared(ids, sides, read)
        return [
            self._leaked(read, limits[LEAKED.name]),
            _shared(keys, compared, limits[SHARED.name]),
            _near(_pairs(self._bands, sides, keys), compared, limits[NEAR.name]),
        ]

    def _look(self, seen: Sequence[Seen]) -> None:
        np.array([one.id for one in seen], np.int64).tofile(self._ids)
        np.array([one.side for one in seen], np.uint8).tofile(self._sides)
        compared = [plain(one.words) for one in seen]
        np.array([_key(text) for text in compared], np.uint64).tofile(self._keys)
        for file, band in zip(self._bands, sketches(compared).T, strict=True):
            band.tofile(file)
        self._hold_against(seen)

    def _hold_against(self, seen: Sequence[Seen]) -> None:
        leaks: dict[int, tuple[str, str]] = {}
        for known in self._benchmarks:
            may_not = [one for one in seen if one.group not in known.may_hold or NAMES[one.side] == TRAINED_ON]
            for leak in leakage.leaks([one.words for one in may_not], known.runs):
                leaks[may_not[leak.text].id] = (known.name, leak.words)
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


class _Compared:
    """Reads the prompts of pairs again, and compares their words."""

    def __init__(self, ids: NDArray[np.int64], sides: NDArray[np.uint8], read: Read) -> None:
        self.ids, self.sides, self._read = ids, sides, read

    @property
    def held_out(self) -> int:
        """Items of any split but the first."""
        return int((self.sides != self.sides.min(initial=len(NAMES))).sum())

    def alike(self, pairs: Sequence[tuple[int, int]]) -> Iterator[Alike]:
        """The pairs whose words are nearly the same; of each item of the later split the first that is."""
        found: set[int] = set()
        for start in range(0, len(pairs), COMPARED_AT_ONCE):
            some = pairs[start : start + COMPARED_AT_ONCE]
            ordered = [pair if self.sides[pair[0]] < self.sides[pair[1]] else pair[::-1] for pair in some]
            open_ones = [pair for pair in ordered if pair[1] not in found]
            sets = self._sets({place for pair in open_ones for place in pair})
            for one, other in open_ones:
                likeness = jaccard(sets[one], sets[other])
                if other not in found and likeness >= THRESHOLD:
                    found.add(other)
                    yield Alike(one, other, likeness)

    def named(self, place: int) -> str:
        """An item as an example names it."""
        item = int(self.ids[place])
        return f"{self._read([item])[item].key} ({NAMES[self.sides[place]]})"

    def _sets(self, places: Iterable[int]) -> dict[int, Hashes]:
        wanted = {place: int(self.ids[place]) for place in places}
        read = self._read(list(wanted.values()))
        return {place: shingles(read[item].words, LENGTH) for place, item in wanted.items()}


def _shared(keys: Hashes, compared: _Compared, limit: int) -> Result:
    order = np.lexsort((compared.sides, keys))
    ranked, sides = keys[order], compared.sides[order]
    crossing = np.flatnonzero((ranked[1:] == ranked[:-1]) & (sides[1:] != sides[:-1]))
    found = len(np.unique(ranked[crossing]))
    examples = [
        f"{compared.named(int(order[at]))} and {compared.named(int(order[at + 1]))} ask the same."
        for at in crossing[:EXAMPLES].tolist()
    ]
    says = (
        f"{found:,} prompt{' stands' if found == 1 else 's stand'} in two splits: the items ask the same, and their "
        "prompt groups differ."
        if found
        else "No prompt stands in two splits."
    )
    return Result(SHARED.name, limit, found, found <= limit, says, examples)


def _near(pairs: Sequence[tuple[int, int]], compared: _Compared, limit: float) -> Result:
    if limit >= 1:
        return Result(NEAR.name, limit, None, True, "Nobody wanted to know which prompts nearly repeat others.")
    alike = list(compared.alike(pairs[:MOST_COMPARED]))
    share = len(alike) / compared.held_out if alike else 0.0
    least = "At least " if len(pairs) > MOST_COMPARED else ""
    says = (
        f"{least}{len(alike):,} of {compared.held_out:,} held-out prompts nearly repeat one of another split "
        f"({share:.1%}); {limit:.1%} may."
        if alike
        else "No held-out prompt nearly repeats one of another split."
    )
    examples = [
        f"{compared.named(one.one)} and {compared.named(one.other)}: {one.likeness:.0%} of their runs."
        for one in alike[:EXAMPLES]
    ]
    return Result(NEAR.name, limit, round(share, 6), share <= limit, says, examples)


def _pairs(bands: Iterable[IO[bytes]], sides: NDArray[np.uint8], keys: Hashes) -> list[tuple[int, int]]:
    """Candidates of two splits, each once, without those that ask exactly the same."""
    found: dict[tuple[int, int], None] = {}
    for band in bands:
        for one, other in candidates(_whole(band, np.uint64), sides).tolist():
            if keys[one] != keys[other]:
                found[one, other] = None
        if len(found) > MOST_COMPARED:
            break
    return list(found)


def _key(text: bytes) -> int:
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


def _whole(file: IO[bytes], kind: Any) -> NDArray[Any]:
    file.flush()
    file.seek(0)
    return np.fromfile(file, kind)


def _items(count: int) -> str:
    return f"{count:,} item{' holds' if count == 1 else 's hold'}"

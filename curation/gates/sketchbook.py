"""The prompts of very many items, kept as sketches in files without a name, and which of them say nearly the same.

A million items take 80 MB of disk and hardly any memory. Those that may be alike are read again and compared by words.
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
from annotation.models import Item
from curation.noise.shingles import Hashes, jaccard, shingles
from curation.noise.sketches import BANDS, Pairs, candidates, plain, sketches
from curation.recipes.records import Message
from projects.models import Project

COMPARED_AT_ONCE = 500  # pairs whose texts are read together
MOST_PAIRS = 500_000
MOST_COMPARED = 60_000
LENGTH = 3  # words in a run, as the detector of near-duplicates counts them
THRESHOLD = 0.8


class Prompt(NamedTuple):
    """What is read again of an item."""

    key: str
    words: str


Read = Callable[[Sequence[int]], Mapping[int, Prompt]]
"""From the ids of items to their prompts."""


class Alike(NamedTuple):
    """Two places among the prompts, that of the earlier side first, and the share of runs that they share."""

    one: int
    other: int
    likeness: float


def asked(messages: Iterable[Message]) -> str:
    """What is compared of a prompt: every turn but the system's, which many share, with what it shows."""
    return "\n".join(
        "\n".join([turns.said(turn), *(file["sha256"] for file in turn.get("media", ()))])
        for turn in messages
        if turn["role"] != "system"
    )


def reader(project: Project) -> Read:
    """Reads the prompts of a project's items."""

    def read(ids: Sequence[int]) -> dict[int, Prompt]:
        found = Item.objects.filter(project=project, pk__in=ids).values_list("pk", "key", "messages")
        return {item: Prompt(key, asked(messages)) for item, key, messages in found}

    return read


class Sketchbook:
    """A context: its files go when it is left."""

    def __init__(self, folder: Path) -> None:
        """The files lie in the folder."""
        self._folder = folder

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

    def add(self, ids: Sequence[int], sides: Sequence[int], prompts: Sequence[str]) -> None:
        """Items, the number of the side that each stands on, below 256, and their prompts. Those that say nothing are
        like none, and left out. Raises OSError where the disk is full."""
        saying = [(one, side, words) for one, side, words in zip(ids, sides, prompts, strict=True) if words.strip()]
        compared = [plain(words) for _, _, words in saying]
        self._ids.write(np.array([one for one, _, _ in saying], np.int64).tobytes())
        self._sides.write(np.array([side for _, side, _ in saying], np.uint8).tobytes())
        self._keys.write(np.array([_key(words) for words in compared], np.uint64).tobytes())
        for file, band in zip(self._bands, sketches(compared).T, strict=True):
            file.write(band.tobytes())

    def ids(self) -> NDArray[np.int64]:
        """(n,) of all items, in the order in which they were added."""
        return _whole(self._ids, np.int64)

    def sides(self) -> NDArray[np.uint8]:
        """(n,)"""
        return _whole(self._sides, np.uint8)

    def keys(self) -> Hashes:
        """(n,) the same number for prompts that say exactly the same, case, width and spacing aside."""
        return _whole(self._keys, np.uint64)

    def pairs(self, keys: Hashes, sides: NDArray[np.uint8] | None = None) -> Pairs:
        """(p, 2) places that may be nearly alike, each two once, without those that are exactly so, and not many more
        than `MOST_PAIRS`; with `sides` of two sides alone, the place of the earlier side first."""
        found: Pairs = np.zeros((0, 2), np.int64)
        for file in self._bands:
            near = candidates(_whole(file, np.uint64), sides)
            near = near[keys[near[:, 0]] != keys[near[:, 1]]]
            found = np.unique(np.concatenate([found, near]), axis=0)
            if len(found) > MOST_PAIRS:
                break
        return found


def alike(
    pairs: Pairs, ids: NDArray[np.int64], read: Read, *, is_settled: Callable[[int, int], bool]
) -> Iterator[Alike]:
    """The pairs whose words are nearly the same. Those that are settled by then are not compared any more."""
    for start in range(0, len(pairs), COMPARED_AT_ONCE):
        some = [(a, b) for a, b in pairs[start : start + COMPARED_AT_ONCE].tolist() if not is_settled(a, b)]
        places = {place: int(ids[place]) for pair in some for place in pair}
        prompts = read(list(places.values()))
        sets = {place: shingles(prompts[item].words, LENGTH) for place, item in places.items()}
        for one, other in some:
            likeness = jaccard(sets[one], sets[other])
            if likeness >= THRESHOLD and not is_settled(one, other):
                yield Alike(one, other, likeness)


def _key(words: bytes) -> int:
    return int.from_bytes(blake2b(words, digest_size=8).digest(), "little")


def _whole(file: IO[bytes], kind: Any) -> NDArray[Any]:
    file.flush()
    file.seek(0)
    return np.fromfile(file, kind)

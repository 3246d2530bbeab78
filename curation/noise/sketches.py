"""Small sketches of very many texts, from which those that may be nearly the same are found without comparing all.

A text, without case and spacing, is the set of its windows of `WINDOW` bytes; J(a, b) = |a ∩ b| / |a ∪ b|. For each of
`BANDS` · `ROWS` hash functions the sketch has the least hash of the set, folded band by band into one number. Two texts
share a band with probability J^ROWS, and one of all bands with 1 - (1 - J^ROWS)^BANDS: .03 at J = .15, .66 at .5, .997
at .8. What shares a band is a candidate and no more: whoever must be certain compares the texts
(`curation.noise.shingles.jaccard`).

Why not `duplicates.signatures`: that takes sets of words, which cost Python a hundred times as long; this runs in numpy
alone, beside a thread that does something else, and keeps 64 bytes a text.

Source: Broder, *On the resemblance and containment of documents*, 1997; Leskovec, Rajaraman, Ullman, *Mining of Massive
Datasets*, 2014, section 3.4, for bands.
"""

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from curation.noise.shingles import Hashes, mixed

WINDOW = 16  # bytes
ROWS = 3
BANDS = 8
LONGEST = 16_384  # bytes of a text that are looked at
MOST_AT_ONCE = 2**18  # bytes of texts that are looked at together
PARTNERS = 3  # texts of its crowd that a text is paired with
PARTS = 16  # in which a million texts are sorted

_HIGHEST = 7 if sys.byteorder == "little" else 0  # byte of a number

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so it has an inverse modulo 2^64
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
_KEYS = np.random.default_rng(0x60_1D).integers(0, 2**32, BANDS * ROWS, dtype=np.uint32) | np.uint32(1)

Pairs = NDArray[np.int64]


def plain(text: str) -> bytes:
    """The text as it is compared: without case, spacing and the width of letters."""
    wide = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return " ".join(wide.casefold().split()).encode("utf-8", "surrogatepass")


def sketches(texts: Sequence[bytes]) -> Hashes:
    """(n, BANDS) one number a band for each of n plain texts."""
    found = np.zeros((len(texts), BANDS), np.uint64)
    raw = [text[:LONGEST].ljust(WINDOW, b"\0") for text in texts]
    start = 0
    while start < len(raw):
        end, size = start + 1, len(raw[start])
        while end < len(raw) and size + len(raw[end]) <= MOST_AT_ONCE:
            size += len(raw[end])
            end += 1
        found[start:end] = _sketched(raw[start:end])
        start = end
    return found


def candidates(band: Hashes, side: NDArray[np.uint8] | None = None) -> Pairs:
    """(p, 2) pairs of texts that share this band, each once; at most `PARTNERS` pairs for a text, so that a crowd costs
    no more than its size.

    `band` (n,) is one column of the sketches. Without sides a text is paired with the first of its crowd and those just
    before it. With `side` (n,) it is paired with the first ones of the earliest side there is in its crowd, which stand
    first in the pair.
    """
    found = [_paired(order, begins, side) for order, begins in crowds(band, side)]
    pairs = np.concatenate(found) if found else np.zeros((0, 2), np.int64)
    return np.unique(pairs if side is not None else np.sort(pairs, axis=1), axis=0).reshape(-1, 2).astype(np.int64)


def crowds(
    numbers: Hashes, side: NDArray[np.uint8] | None = None
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """The places of all that share their number with another, crowd behind crowd, and where a crowd begins.

    `numbers` (n,) are hashes. Inside a crowd places rise, or with `side` (n,) the earliest side comes first. They come
    in some parts, so that sorting a million takes a few megabytes beside them.
    """
    part_of = np.ascontiguousarray(numbers).view(np.uint8)[_HIGHEST :: numbers.itemsize] // (256 // PARTS)
    for part in range(PARTS):
        places = np.flatnonzero(part_of == part)
        places = places[np.argsort(numbers[places], kind="stable")]
        ranked = numbers[places]
        same = ranked[1:] == ranked[:-1]
        crowded = np.r_[False, same] | np.r_[same, False] if len(ranked) else np.zeros(0, bool)
        places, ranked = places[crowded], ranked[crowded]
        if side is not None:
            places = places[np.lexsort((side[places], ranked))]
        if len(places):
            yield places, np.r_[True, ranked[1:] != ranked[:-1]]


def _paired(order: NDArray[np.int64], begins: NDArray[np.bool_], side: NDArray[np.uint8] | None) -> Pairs:
    place = np.arange(len(order))
    first = np.maximum.accumulate(np.where(begins, place, 0))
    found = []
    for step in range(PARTNERS):
        if side is None:
            partner = first if step == 0 else np.maximum(place - step, first)
            meant = partner < place
        else:
            partner = first + step
            inside = partner < len(order)
            partner = np.where(inside, partner, 0)
            meant = inside & (first[partner] == first) & (side[order[partner]] < side[order])
        found.append(np.stack([order[partner[meant]], order[place[meant]]], axis=1))
    return np.concatenate(found)


def _sketched(texts: Sequence[bytes]) -> Hashes:
    """The polynomial hash of every window, Σ b_i·B^i divided by B^start, from sums over all bytes so far."""
    sizes = np.array([len(text) for text in texts])
    whole = np.frombuffer(b"".join(texts), np.uint8)
    powers, inverses = _powers(int(2 ** np.ceil(np.log2(max(len(whole), MOST_AT_ONCE)))))
    sums = np.zeros(len(whole) + 1, np.uint64)
    np.cumsum((whole.astype(np.uint64) + np.uint64(1)) * powers[: len(whole)], out=sums[1:])
    windows = mixed((sums[WINDOW:] - sums[:-WINDOW]) * inverses[: len(whole) - WINDOW + 1])
    hashed = (windows >> np.uint64(32)).astype(np.uint32)
    ends = np.cumsum(sizes)
    # From a text's first window to behind its last: what lies between them belongs to two texts.
    borders = np.stack([ends - sizes, ends - WINDOW + 1], axis=1).ravel()[:-1]
    least = np.stack([np.minimum.reduceat(hashed * key, borders)[::2] for key in _KEYS], axis=1)
    folded = np.zeros((len(texts), BANDS), np.uint64)
    for row in range(ROWS):
        folded = folded * _BASE + least[:, row * BANDS : (row + 1) * BANDS]
    return mixed(folded)


@lru_cache(maxsize=2)
def _powers(count: int) -> tuple[Hashes, Hashes]:
    return tuple(  # type: ignore[return-value]
        np.cumprod(np.r_[np.uint64(1), np.full(count - 1, one, np.uint64)], dtype=np.uint64)
        for one in (_BASE, _INVERSE)
    )

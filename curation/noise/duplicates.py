"""Texts that are nearly the same, by their words (MinHash) or by their embeddings.

By words: each text is its set of runs of `length` words; J(a, b) = |a ∩ b| / |a ∪ b|. A signature holds the least of m
independent hashes of the set, and two signatures agree in a place with probability J. Cut into bands of r places, texts
that agree in a whole band are candidates: with probability 1 - (1 - J^r)^(m/r). Candidates are compared exactly, so
nothing is flagged that is not so; what is near the threshold can be missed.

By embeddings: cosine of all pairs, block by block; exact, and quadratic in the number of texts.

Source: Broder, *On the resemblance and containment of documents*, 1997; Leskovec, Rajaraman, Ullman, *Mining of Massive
Datasets*, 2014, section 3.4, for bands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from threadpoolctl import threadpool_limits

from curation.noise.proposals import Booleans, Floats, Integers, Proposals, Suggestion, propose
from curation.noise.shingles import Hashes, jaccard, mixed, shingles

LENGTH = 3  # words in a run
PLACES = 128
ROWS = 4  # places in a band: half of the pairs with J = 0.42 and all but 10^-7 of those with J = 0.8 are candidates
THRESHOLD = 0.8
CLOSE = 0.95
MOST_IN_A_BUCKET = 64
BLOCK = 1_024
MOST_PAIRS = 1_000_000


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs of near-duplicates among n texts, and the groups that they link."""

    left: Integers
    """(p,) the earlier text of each pair, rising."""
    right: Integers
    similarity: Floats
    """(p,) at or above the threshold."""
    group: Integers
    """(n,) texts of one number are linked by pairs; the number is that of the group's first text."""

    @property
    def repeats(self) -> Booleans:
        """(n,) texts that come after another one of their group."""
        found: Booleans = self.group != np.arange(len(self.group))
        return found


def by_words(
    texts: Sequence[str], *, threshold: float = THRESHOLD, length: int = LENGTH, places: int = PLACES, seed: int = 0
) -> Near:
    """Texts whose sets of runs of words overlap by `threshold` or more. Texts without a word are like none.

    Of a crowd that agrees in a band, each is compared with the first `MOST_IN_A_BUCKET` only: they are linked all the
    same, and the work stays bounded. Raises ValueError where `places` is no multiple of ROWS.
    """
    if places % ROWS:
        raise ValueError(f"The number of places is a multiple of {ROWS}.")
    sets = [shingles(text, length) for text in texts]
    left, right = _candidates(signatures(sets, places, seed))
    similarity = np.array([jaccard(sets[a], sets[b]) for a, b in zip(left, right, strict=True)], float)
    near = similarity >= threshold
    return _linked(left[near], right[near], similarity[near], len(texts))


def by_embedding(embeddings: Floats, *, threshold: float = CLOSE) -> Near:
    """Texts whose (n, d) embeddings have this cosine or more. An embedding of zero is like none.

    Raises ValueError where more than MOST_PAIRS pairs are that close: the threshold then says nothing.
    """
    length = np.linalg.norm(embeddings, axis=1, keepdims=True)
    unit = np.asarray(embeddings, float) / np.where(length == 0, 1.0, length)
    parts: list[tuple[Integers, Integers, Floats]] = []
    with threadpool_limits(limits=1):
        for start in range(0, len(unit), BLOCK):
            likeness = unit[start : start + BLOCK] @ unit[start:].T
            rows, columns = np.nonzero(np.triu(likeness >= threshold, k=1))
            parts.append((rows + start, columns + start, likeness[rows, columns]))
            if sum(len(part[0]) for part in parts) > MOST_PAIRS:
                raise ValueError("Too many texts are that close to each other; take a higher threshold.")
    left, right, similarity = (np.concatenate(part) for part in zip(*parts, strict=True)) if parts else _nothing()
    return _linked(left, right, np.minimum(similarity, 1.0), len(unit))


def proposals(near: Near, method: str = "near_duplicates") -> Proposals:
    """Proposals to drop every text that repeats an earlier one of its group; its score is its greatest likeness."""
    n = len(near.group)
    most = np.zeros(n)
    np.maximum.at(most, near.left, near.similarity)
    np.maximum.at(most, near.right, near.similarity)
    return propose(
        method,
        most,
        {Suggestion.DROP: near.repeats},
        evidence={"similarity": most, "first_of_group": near.group.astype(float)},
    )


def signatures(sets: Sequence[Hashes], places: int = PLACES, seed: int = 0) -> Hashes:
    """(n, places) the least hash of each set under each of `places` hash functions; all ones for an empty set."""
    keys = np.random.default_rng(seed).integers(0, 2**64, places, dtype=np.uint64)
    sizes = np.array([len(one) for one in sets], np.int64)
    found = np.full((len(sets), places), np.iinfo(np.uint64).max, np.uint64)
    filled = np.flatnonzero(sizes)
    if len(filled):
        every = np.concatenate([one for one in sets if len(one)])
        starts = np.r_[0, np.cumsum(sizes[filled])[:-1]]
        for place, key in enumerate(keys):
            found[filled, place] = np.minimum.reduceat(mixed(every ^ key), starts)
    return found


def _candidates(signed: Hashes) -> tuple[Integers, Integers]:
    """Pairs that agree in a band, each once, rising; sets that are empty are no candidates."""
    filled = np.flatnonzero((signed != np.iinfo(np.uint64).max).any(axis=1))
    pairs = [
        pair
        for at in range(0, signed.shape[1], ROWS)
        for pair in _of_one_band(filled, np.unique(signed[filled, at : at + ROWS], axis=0, return_inverse=True)[1])
    ]
    if not pairs:
        return _nothing()[:2]
    left, right = np.unique(np.concatenate(pairs), axis=0).T
    return left, right


def _of_one_band(texts: Integers, bucket: Integers) -> list[Integers]:
    """(p, 2) pairs of texts in one bucket: each text with the first few of its bucket."""
    order = np.argsort(bucket.ravel(), kind="stable")
    texts, bucket = texts[order], bucket.ravel()[order]
    start = np.searchsorted(bucket, bucket, side="left")
    rank = np.arange(len(bucket)) - start
    found = []
    for nth in range(min(MOST_IN_A_BUCKET, int(rank.max(initial=0)))):
        later = np.flatnonzero(rank > nth)
        found.append(np.stack([texts[start[later] + nth], texts[later]], axis=1))
    return found


def _linked(left: Integers, right: Integers, similarity: Floats, count: int) -> Near:
    _, label = connected_components(
        coo_array((np.ones(len(left)), (left, right)), shape=(count, count)), directed=False
    )
    first = np.full(count, count, np.int64)
    np.minimum.at(first, label, np.arange(count))
    return Near(left, right, similarity, first[label])


def _nothing() -> tuple[Integers, Integers, Floats]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)

"""Texts as sequences and sets of hashed words, the same on every machine and in every run.

Words are casefolded after NFKC; each Chinese, Japanese or Korean character is a word of its own, for such text has no
spaces. A run of k words has the polynomial hash Σ w_j·B^(k-1-j) mod 2^64, mixed; 64 bits, so among a million runs a
chance collision has a probability of about 3·10^-8. Whoever must be certain compares the words.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
_BASE = np.uint64(0x9E3779B97F4A7C15)


def words(text: str) -> list[str]:
    """The words of a text, without punctuation and case."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def sequence(text: str) -> Hashes:
    """(w,) one hash for each word, in the text's order."""
    return np.fromiter((_hash(word) for word in words(text)), np.uint64)


def runs(hashed: Hashes, length: int) -> Hashes:
    """(max(0, w - length + 1),) one hash for every run of `length` words, in the text's order."""
    count = len(hashed) - length + 1
    if length < 1 or count < 1:
        return np.zeros(0, np.uint64)
    found = np.zeros(count, np.uint64)
    for at in range(length):  # wraps around at 2^64, as it should
        found = found * _BASE + hashed[at : at + count]
    return mixed(found)


def shingles(text: str, length: int) -> Hashes:
    """The set of runs of `length` words, rising. A shorter text is one shingle; one without a word has none."""
    hashed = sequence(text)
    return np.unique(runs(hashed, min(length, len(hashed))))


def jaccard(one: Hashes, other: Hashes) -> float:
    """|a ∩ b| / |a ∪ b| of two rising sets; 0 where one is empty."""
    if not len(one) or not len(other):
        return 0.0
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)


def mixed(values: Hashes) -> Hashes:
    """A bijection of 64-bit numbers that leaves no pattern (the finalizer of SplitMix64, Steele et al. 2014)."""
    x = values ^ (values >> np.uint64(30))
    x = x * np.uint64(0xBF58476D1CE4E5B9)
    x = x ^ (x >> np.uint64(27))
    x = x * np.uint64(0x94D049BB133111EB)
    found: Hashes = x ^ (x >> np.uint64(31))
    return found


@lru_cache(maxsize=1 << 16)
def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")

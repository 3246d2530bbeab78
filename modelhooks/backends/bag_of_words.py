"""Texts as points without a network: hashed words, weighed by how often they occur. For tests, demos and try-outs.

The same words give the same point on every machine. It knows nothing of meaning, and says so by its name.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from modelhooks.head.pairs import Vectors

WORD = re.compile(r"\w+")
DIMENSIONS = 128


class BagOfWords:
    """Each word adds to one place, with a sign of its own; counts enter by their root."""

    dimensions = DIMENSIONS
    fingerprint = hashlib.sha256(b"bag of words 1").hexdigest()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(n, 128), each row of length 1; a text without words points along the first axis."""
        found = np.zeros((len(texts), DIMENSIONS), np.float32)
        for row, text in zip(found, texts, strict=True):
            for word, count in Counter(WORD.findall(text.casefold())).items():
                place, sign = _place(word)
                row[place] += sign * count**0.5
            if not row.any():
                row[0] = 1.0
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        scaled: Vectors = (found / lengths).astype(np.float32)
        return scaled


def _place(word: str) -> tuple[int, float]:
    drawn = hashlib.sha256(word.encode()).digest()
    return int.from_bytes(drawn[:4], "big") % DIMENSIONS, 1.0 if drawn[4] & 1 else -1.0


def load(_options: object = None) -> BagOfWords:
    """The embedder of the name `fake`."""
    return BagOfWords()

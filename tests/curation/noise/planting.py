"""Pairs with flips whose places are known, and how many of them were found."""

import numpy as np
from numpy.typing import NDArray

from curation.noise.planted import flip
from modelhooks.head.pairs import Pairs
from tests.modelhooks.head.planted import planted

Booleans = NDArray[np.bool_]


def flipped(
    n: int, *, dimensions: int = 64, scale: float = 20.0, share: float = 0.2, seed: int = 0
) -> tuple[Pairs, Booleans]:
    """Planted pairs, and which of their labels were turned round beyond what chance did."""
    return flip(planted(n, dimensions=dimensions, scale=scale, seed=seed).pairs, share, seed + 1)


def found(flagged: Booleans, true: Booleans) -> tuple[float, float]:
    """Precision and recall."""
    hits = int((flagged & true).sum())
    return hits / max(1, int(flagged.sum())), hits / max(1, int(true.sum()))

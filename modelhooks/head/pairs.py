"""What the head learns from and is asked about: two embedded responses to one prompt, and what people said of them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Vectors = NDArray[np.float32]
"""Embeddings, (n, d), each row of length 1."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """n comparisons. Rows of one `group` answer one prompt and are never torn apart by a fold or a resample.

    Swapping the sides of a pair negates its row of `differences` and `nuisance` and turns `p` into 1 - p.
    """

    differences: Floats
    """(n, d): the embedding of the first response minus that of the second."""
    nuisance: Floats
    """(n, k): what preferences must not be read from, such as length, first minus second. May have no column."""
    p: Floats
    """(n,): how far the label says that the first is better: 1, 0, or between; 0.5 is a tie."""
    groups: Integers
    """(n,): which prompt each pair belongs to."""
    weights: Floats
    """(n,): how much each pair counts; 1 for an ordinary one."""

    def __post_init__(self) -> None:
        n = len(self.p)
        shapes = (self.differences.shape[:1], self.nuisance.shape[:1], self.groups.shape, self.weights.shape)
        if any(shape != (n,) for shape in shapes) or self.differences.ndim != 2 or self.nuisance.ndim != 2:
            raise ValueError("Differences, nuisance, groups and weights have one row for each label.")
        if not (np.isfinite(self.differences).all() and np.isfinite(self.nuisance).all()):
            raise ValueError("A feature is not a finite number.")
        if not ((self.p >= 0) & (self.p <= 1)).all() or not (self.weights >= 0).all():
            raise ValueError("Labels lie from 0 to 1, and weights are not below zero.")

    def __len__(self) -> int:
        return len(self.p)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Pairs":
        """Some of the pairs."""
        return Pairs(self.differences[rows], self.nuisance[rows], self.p[rows], self.groups[rows], self.weights[rows])

    def weighed(self, weights: Floats) -> "Pairs":
        """The same pairs, counting otherwise."""
        return replace(self, weights=weights)

    @property
    def is_decided(self) -> NDArray[np.bool_]:
        """(n,): which labels are no tie."""
        decided: NDArray[np.bool_] = self.p != 0.5
        return decided


def make(
    first: Floats | Vectors,
    second: Floats | Vectors,
    p: Floats,
    groups: Integers,
    *,
    lengths: tuple[Floats, Floats] | None = None,
    weights: Floats | None = None,
) -> Pairs:
    """Pairs from the embeddings (n, d) of their first and second responses.

    `lengths` are (n,) characters of the first and the second. What they add is tanh of their difference in units of
    its spread, so that one very long answer does not outweigh the rest.
    """
    n = len(p)
    return Pairs(
        np.asarray(first, float) - np.asarray(second, float),
        np.zeros((n, 0)) if lengths is None else length_nuisance(*lengths),
        np.asarray(p, float),
        np.asarray(groups, np.int64),
        np.ones(n) if weights is None else np.asarray(weights, float),
    )


def length_nuisance(first: Floats, second: Floats) -> Floats:
    """(n, 1): how much longer the first is, squashed and antisymmetric."""
    longer = np.asarray(first, float) - np.asarray(second, float)
    spread = np.sqrt(np.mean(longer**2)) or 1.0
    squashed: Floats = np.tanh(longer / spread)[:, None]
    return squashed

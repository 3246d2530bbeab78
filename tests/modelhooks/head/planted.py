"""Pairs whose truth is known: a linear reward in a space where most of the variance says nothing about it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from modelhooks.head.pairs import Pairs

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Planted:
    """Pairs with noisy labels, and the margin that made them."""

    pairs: Pairs
    margin: Floats


def planted(
    n: int, *, dimensions: int = 64, scale: float = 6.0, flips: float = 0.0, ties: float = 0.0, seed: int = 0
) -> Planted:
    """`scale` sets how decided people are; of the labels a share `flips` is wrong and a share `ties` is a tie."""
    draw = np.random.default_rng(seed)
    reward = draw.normal(size=dimensions)
    spread = np.exp(-np.arange(dimensions) / (dimensions / 5))
    turned = np.linalg.qr(draw.normal(size=(dimensions, dimensions)))[0]
    features = (draw.normal(size=(n, dimensions)) * spread) @ turned
    margin = features @ reward
    margin *= scale / margin.std()
    first = draw.random(n) < expit(margin)
    p = np.where(draw.random(n) < flips, ~first, first).astype(float)
    p[draw.random(n) < ties] = 0.5
    return Planted(Pairs(features, np.zeros((n, 0)), p, np.arange(n), np.ones(n)), margin)

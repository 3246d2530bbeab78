"""What a batch of questions is made of: mostly what tells most, some of what is disputed, some drawn at random.

The random part is drawn first and from the whole pool, so it is a fair sample whatever the others take: every pair came
into it with the same, stored probability. It is what accuracy is measured on and what prediction-powered win rates rest
on (a head's own choice would flatter or shame it). Shares: 70, 15 and 15 of a hundred.

Source: Horvitz and Thompson, *A Generalization of Sampling Without Replacement*, 1952, for why the probability is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from curation.noise.proposals import Booleans, Floats, Integers
from curation.selection.uncertainty import top

INFORMATIVE = 0.70
DISPUTED = 0.15
RANDOM = 0.15


class Arm(StrEnum):
    """Why a pair was chosen."""

    INFORMATIVE = "informative"
    DISPUTED = "disputed"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Batch:
    """The pairs to ask about, in the order of asking."""

    chosen: Integers
    """(k,) places in the pool, each once."""
    arms: NDArray[np.str_]
    """(k,) values of `Arm`."""
    random_probability: float
    """With which each pair of the pool came into the random part."""


def mix(count: int, disputed: Floats, informative: Callable[[Integers, int], Integers], *, seed: int = 0) -> Batch:
    """`count` pairs of a pool of n; fewer where the pool is smaller.

    `disputed` (n,) says how doubtful the label is that each has, NaN where it has none; `informative` answers with so
    many of the places that it is given, best first. What the disputed do not fill goes to the informative. Arms are
    shuffled together, so that nobody can tell from the order why they are asked.
    """
    n = len(disputed)
    count = min(count, n)
    draw = np.random.default_rng(seed)
    drawn = draw.permutation(n)[: round(RANDOM * count)]
    open_ = np.ones(n, bool)
    open_[drawn] = False
    doubtful = np.flatnonzero(open_ & (np.nan_to_num(disputed, nan=0.0) > 0))
    queue = doubtful[top(disputed[doubtful], round(DISPUTED * count))]
    open_[queue] = False
    rest = informative(np.flatnonzero(open_), count - len(drawn) - len(queue))
    _check(rest, open_, count - len(drawn) - len(queue))
    chosen = np.concatenate([rest, queue, drawn]).astype(np.int64)
    arms = np.repeat([str(Arm.INFORMATIVE), str(Arm.DISPUTED), str(Arm.RANDOM)], [len(rest), len(queue), len(drawn)])
    order = draw.permutation(len(chosen))
    return Batch(chosen[order], arms[order], len(drawn) / n if n else 0.0)


def _check(rest: Integers, open_: Booleans, most: int) -> None:
    if len(rest) > most or len(np.unique(rest)) != len(rest) or not open_[rest].all():
        raise ValueError("The informative part takes each of the places it is given once at most, and no more.")


def optimistic(mean: Floats, deviation: Floats, count: int, *, kappa: float = 1.0) -> Integers:
    """The `count` responses that could be the best, μ + κ·σ, best first: what to generate more like and compare.

    Source: Zhang et al., *Self-Exploring Language Models*, 2024, whose optimism is in training; here it only chooses.
    """
    return top(np.asarray(mean) + kappa * np.asarray(deviation), count)

"""Verdicts of a judge who errs, on responses whose qualities are known."""

from typing import Any

import numpy as np

from curation.criteria.verdicts import Verdicts, from_table

NAMES = ("first", "second", "third", "dead", "reversed", "noise", "copy")
GOOD, DEAD, REVERSED, NOISE, COPY = (0, 1, 2), 3, 4, 5, 6
COPIES = np.eye(len(NAMES))
COPIES[0, COPY] = COPIES[COPY, 0] = 0.95
"""What an embedder would say of the texts: only the copy is worded like what it copies."""


def rubric(pairs: int = 200, *, flips: float = 0.1, repeats: int = 2, per_prompt: int = 1, seed: int = 0) -> Verdicts:
    """Seven criteria: three good ones, one that is always met, one that is met by the worse, one drawn by lot, and a
    copy of the first. People prefer by the sum of three qualities, with some chance; a judge turns a share of verdicts.
    """
    draw = np.random.default_rng(seed)
    quality = draw.normal(size=(pairs, 2, 3))
    total = quality.sum(axis=2)
    first_wins = total[:, 0] - total[:, 1] + draw.logistic(0, 0.5, pairs) > 0
    true = np.empty((pairs, 2, len(NAMES)), bool)
    for one in GOOD:
        true[:, :, one] = quality[:, :, one] > draw.normal(0, 0.3)
    true[:, :, DEAD] = True
    true[:, :, REVERSED] = quality[:, :, 1] + draw.normal(0, 0.6, (pairs, 2)) <= 0
    true[:, :, NOISE] = draw.random((pairs, 2)) < 0.5
    true[:, :, COPY] = true[:, :, 0]
    ordered = np.where(first_wins[:, None, None], true, true[:, ::-1])
    return from_table(judged(ordered, flips, repeats, draw), np.arange(pairs) // per_prompt)


def judged(true: Any, flips: float, repeats: int, draw: np.random.Generator) -> Any:
    """(pairs, 2, criteria, repeats) verdicts, each turned with the chance of `flips`; what is always met, in a fifth of
    that."""
    chance = np.where(true.all(axis=(0, 1)), flips / 5, flips)[:, None]
    said = true[..., None] ^ (draw.random((*true.shape, repeats)) < chance)
    return said.astype(float)

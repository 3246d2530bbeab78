"""Pairs whose preferences are drawn from known weights, for fitting and for what no criterion names."""

from typing import Any

import numpy as np
from scipy.special import expit

from curation.criteria.verdicts import Verdicts, from_table

WEIGHTS = np.array([2.0, 1.0, 0.5, 0.0, -1.0])
SHARES = WEIGHTS / np.abs(WEIGHTS).sum()
NAMED = np.array([1.5, 1.0])


def weighed(
    pairs: int, *, weights: Any = WEIGHTS, flips: float = 0.0, repeats: int = 1, per_prompt: int = 1, seed: int = 0
) -> Verdicts:
    """Criteria met by half of the responses each; the log-odds of a preference are the weights of what differs."""
    draw = np.random.default_rng(seed)
    true = draw.random((pairs, 2, len(weights))) < 0.5
    return _ordered(true, _margin(true, weights), flips, repeats, per_prompt, draw)[0]


def with_features(
    pairs: int, *, strength: float, features: int = 20, per_prompt: int = 1, seed: int = 0
) -> tuple[Verdicts, Any]:
    """A rubric of two criteria, judged twice with 10 % of errors, and features of which the first makes a response
    worse by `strength` for each standard deviation of its difference; the others tell nothing."""
    draw = np.random.default_rng(seed)
    true = draw.random((pairs, 2, len(NAMED))) < 0.5
    found = draw.normal(size=(pairs, 2, features))
    margin = _margin(true, NAMED) - strength * (found[:, 0, 0] - found[:, 1, 0]) / np.sqrt(2)
    verdicts, first_wins = _ordered(true, margin, 0.1, 2, per_prompt, draw)
    return verdicts, np.where(first_wins[:, None, None], found, found[:, ::-1])


def _margin(true: Any, weights: Any) -> Any:
    return (true[:, 0].astype(float) - true[:, 1]) @ weights


def _ordered(
    true: Any, margin: Any, flips: float, repeats: int, per_prompt: int, draw: np.random.Generator
) -> tuple[Verdicts, Any]:
    first_wins = draw.random(len(true)) < expit(margin)
    ordered = np.where(first_wins[:, None, None], true, true[:, ::-1])
    said = ordered[..., None] ^ (draw.random((*true.shape, repeats)) < flips)
    return from_table(said.astype(float), np.arange(len(true)) // per_prompt), first_wins

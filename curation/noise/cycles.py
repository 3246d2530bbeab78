"""Cycles among the responses of a prompt: A beats B beats C beats A, more clearly than chance makes it.

With w_ij how often i beat j: shrunken log-odds Y_ij = log((w_ij + ½)/(w_ji + ½)), weights n_ij = w_ij + w_ji. Scores s
that minimize Σ n_ij·(Y_ij - (s_i - s_j))² are the gradient part; what is left, at the minimum, is the cyclic energy.
Its p-value comes from tournaments drawn from the Bradley–Terry scores that fit best, with the same counts: (1 + how
many have as much energy)/(1 + how many were drawn). All tournaments of one size are computed at once.

Source: Jiang, Lim, Yao, Ye, *Statistical ranking and combinatorial Hodge theory*, 2011; Efron, Tibshirani, *An
Introduction to the Bootstrap*, 1993, for the parametric bootstrap; Kendall and Babington Smith 1940 for cyclic triads.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from curation.noise.proposals import Booleans, Floats, Integers, Proposals, Suggestion, propose
from curation.noise.raters import benjamini_hochberg

DRAWS = 99
RATE = 0.01  # of false discoveries among prompts
SHRINKAGE = 0.5  # added to each count of wins
RIDGE = 0.3  # of the Bradley–Terry fit that tournaments are drawn from
STEPS = 30
SUREST = 1 - 1e-6  # a reviewer may err, too
BLOCK = 200_000  # cells of drawn tournaments at a time


@dataclass(frozen=True, slots=True)
class Cyclicity:
    """How cyclic g tournaments are."""

    energy: Floats
    """(g,) what no scores explain, in squared logits times comparisons."""
    p_value: Floats
    """(g,)"""
    scores: Floats
    """(g, K) in logits, centered."""


def energy(wins: Floats) -> tuple[Floats, Floats]:
    """(…,) cyclic energy and (…, K) centered scores of (…, K, K) counts of wins.

    Responses that were never compared lie at the mean of nothing: only differences within what is linked mean anything.
    """
    counts = wins + np.swapaxes(wins, -1, -2)
    return _energy(wins, counts, _inverse(counts))


def _inverse(counts: Floats) -> Floats:
    """(…, K, K) the pseudo-inverse of the Laplacian of these counts."""
    laplacian = counts.sum(axis=-1)[..., None] * np.eye(counts.shape[-1]) - counts
    found: Floats = np.linalg.pinv(laplacian, hermitian=True)
    return found


def _energy(wins: Floats, counts: Floats, inverse: Floats) -> tuple[Floats, Floats]:
    log_odds = np.log((wins + SHRINKAGE) / (np.swapaxes(wins, -1, -2) + SHRINKAGE))
    toward = (counts * log_odds).sum(axis=-1)
    scores = (inverse @ toward[..., None])[..., 0]
    rest = log_odds - (scores[..., :, None] - scores[..., None, :])
    return (counts * rest**2).sum(axis=(-1, -2)) / 2, scores


def cyclicity(wins: Floats, *, draws: int = DRAWS, seed: int = 0) -> Cyclicity:
    """Of (g, K, K) tournaments of one size, wins[g, i, j] counting how often i beat j in prompt g.

    Ties are half a win for each. Raises ValueError for counts below zero or a response that beat itself.
    """
    wins = np.asarray(wins, float)
    if (wins < 0).any() or np.einsum("gii->gi", wins).any():
        raise ValueError("Wins are counted from zero, and nobody beats themselves.")
    found, scores = energy(wins)
    as_much = np.zeros(len(wins))
    draw = np.random.default_rng(seed)
    counts = np.ceil(wins + np.swapaxes(wins, 1, 2))  # halves of ties are rounded up
    inverse = _inverse(counts)  # the same for all that is drawn
    p = expit(_differences(bradley_terry(wins)))
    at_once = max(1, BLOCK // max(1, wins.size))
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        drawn = _tournaments(counts, p, size, draw)
        as_much += (_energy(drawn, counts, inverse)[0] >= found * (1 - 1e-12)).sum(axis=0)
    return Cyclicity(found, (1 + as_much) / (1 + draws), scores)


def proposals(found: Cyclicity, *, rate: float = RATE) -> Proposals:
    """Proposals to review prompts whose cycles stand at this false discovery rate.

    The least p-value is 1/(1 + draws): among many prompts, a thousand draws and more are needed to find a few.
    """
    return propose(
        "cycles",
        found.energy,
        {Suggestion.REVIEW: benjamini_hochberg(found.p_value, rate)},
        evidence={"energy": found.energy, "p_value": found.p_value},
        parameters={"rate": rate},
    )


def bradley_terry(wins: Floats) -> Floats:
    """(g, K) scores in logits by Newton's method, pulled to zero by RIDGE/2 times their squares."""
    scores = np.zeros(wins.shape[:2])
    counts = wins + np.swapaxes(wins, 1, 2)
    for _ in range(STEPS):
        p = expit(_differences(scores))
        gradient = (wins - counts * p).sum(axis=2) - RIDGE * scores
        curved = counts * p * (1 - p)
        hessian = (curved.sum(axis=2) + RIDGE)[..., None] * np.eye(wins.shape[1]) - curved
        scores = scores + np.linalg.solve(hessian, gradient[..., None])[..., 0]
        if np.abs(gradient).max(initial=0) < 1e-9:
            break
    return scores


def tournaments(prompts: Integers, first: Integers, second: Integers, p: Floats) -> dict[int, tuple[Integers, Floats]]:
    """From n comparisons to `cyclicity`'s input: for each size K, the prompts of that many responses and their wins.

    `first` and `second` (n,) number the responses within their prompt from 0; `p` (n,) is 1 where the first won, 0
    where the second did, between for a tie.
    """
    names, place = np.unique(prompts, return_inverse=True)
    sizes = np.zeros(len(names), np.int64)
    np.maximum.at(sizes, place, np.maximum(first, second) + 1)
    found = {}
    for size in np.unique(sizes).tolist():
        rows, those = sizes[place] == size, np.flatnonzero(sizes == size)
        at = np.searchsorted(those, place[rows])
        wins = np.zeros((len(those), size, size))
        np.add.at(wins, (at, first[rows], second[rows]), p[rows])
        np.add.at(wins, (at, second[rows], first[rows]), 1 - p[rows])
        found[size] = (names[those], wins)
    return found


def triads(beats: Booleans) -> tuple[int, int]:
    """(cyclic, all) triads of a (K, K) tournament, beats[i, j] where i beats j; a triad with a tie or a gap is none."""
    one_way = np.asarray(beats & ~beats.T, float)
    either = one_way + one_way.T
    return round(np.trace(one_way @ one_way @ one_way) / 3), round(np.trace(either @ either @ either) / 6)


def circles(beats: Booleans) -> Integers:
    """(n, 3) every cyclic triad of a (K, K) tournament once, in order: each beats the next, and the last the first.

    The first of three has the lowest number.
    """
    one_way = beats & ~beats.T
    found = [
        np.column_stack([np.full(len(rest), first), rest + first + 1])
        for first in range(len(beats))
        if len(rest := np.argwhere(_back_to(one_way, first)))
    ]
    return np.concatenate(found).astype(np.int64) if found else np.zeros((0, 3), np.int64)


def _back_to(one_way: Booleans, first: int) -> Booleans:
    """(later, later) whether `first` beats the one, it the other, and it the first; of those with a higher number."""
    found: Booleans = (
        one_way[first, first + 1 :, None] & one_way[first + 1 :, first + 1 :] & one_way[first + 1 :, first][None, :]
    )
    return found


def chances_of_error(confidence: Sequence[float]) -> list[float]:
    """Of three labels that go in a circle, the chance that each is wrong, if one order is true and they err apart.

    One wrong label, or two, make an order of the circle; none or all three do not. With odds o = (1 - c)/c, the chance
    of the first is o_1·(1 + o_2 + o_3) over the sum of all o and of their products by two.
    """
    first, second, third = odds = [(1 - min(one, SUREST)) / one for one in confidence]
    whole = sum(odds) + first * second + second * third + third * first
    return [one * (1 + sum(odds) - one) / whole for one in odds]


def _differences(scores: Floats) -> Floats:
    found: Floats = scores[..., :, None] - scores[..., None, :]
    return found


def _tournaments(counts: Floats, p: Floats, size: int, draw: np.random.Generator) -> Floats:
    """(size, g, K, K) wins drawn anew with the same counts."""
    above = np.triu(counts, k=1).astype(np.int64)
    won = draw.binomial(above, p, size=(size, *counts.shape))
    found: Floats = (won + np.swapaxes(above - won, -1, -2)).astype(float)
    return found

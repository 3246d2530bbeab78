"""Two peers, each of which chooses what the other may learn from (collaborative reward modeling).

The prompts are halved. In each round a head is trained on the kept part of each half, and scores the *other* half: of
that, the share 1 - τ_e whose labels have the largest margins is kept. τ_e = τ·min(1, e/E), so that hard pairs are let
go slowly, and τ is the assumed rate of wrong labels. What is not kept in the end is disputed, on the word of a model
that never saw its prompt.

Source: *Two Minds Better Than One: Collaborative Reward Modeling for LLM Alignment*, 2025, from its abstract, which
does not give the schedule: this is that of Han et al., *Co-teaching*, NeurIPS 2018, algorithm 1. For linear heads,
halving the data costs more than the choice brings: the flags are good, the trained head is not better.
"""

import numpy as np
from threadpoolctl import threadpool_limits

from curation.noise.proposals import Booleans, Floats, Proposals, Suggestion, propose, signs
from modelhooks.head import crossfit
from modelhooks.head.logistic import fit
from modelhooks.head.pairs import Pairs

ROUNDS = 5
SLOWLY = 3  # rounds until the full share is let go


def disputed(
    pairs: Pairs, penalty: float, *, noise: float, rounds: int = ROUNDS, slowly: int = SLOWLY, seed: int = 0
) -> Proposals:
    """Proposals to drop what neither peer would teach the other.

    `noise` is the share of wrong labels that is assumed, from 0 to below 1. Ties teach nothing: they are kept and have
    no score. Raises ValueError for fewer than two prompts or another `noise`.
    """
    if not 0 <= noise < 1:
        raise ValueError("The share of wrong labels lies from 0 to below 1.")
    if len(np.unique(pairs.groups)) < 2:
        raise ValueError("Two peers need pairs of two prompts at least.")
    halves = list(crossfit.folds(pairs.groups, 2, seed))
    sign = signs(pairs.p)
    margins, kept = np.zeros(len(pairs)), np.ones(len(pairs), bool)
    with threadpool_limits(limits=1):
        for number in range(1, rounds + 1):
            margins = _judged_by_the_other(pairs, penalty, halves, kept) * sign
            kept = _largest(margins, sign, halves, 1 - noise * min(1, number / slowly))
    return propose(
        "two_peers",
        np.where(sign == 0, np.nan, -margins),
        {Suggestion.DROP: ~kept},
        evidence={"margin": margins},
        parameters={"noise": noise, "rounds": rounds, "slowly": slowly, "seed": seed, "penalty": penalty},
    )


def _judged_by_the_other(pairs: Pairs, penalty: float, halves: list[Booleans], kept: Booleans) -> Floats:
    found = np.zeros(len(pairs))
    for mine, other in (halves, halves[::-1]):
        found[other] = fit(pairs.take(mine & kept), penalty).score(pairs.differences[other])
    return found


def _largest(margins: Floats, sign: Floats, halves: list[Booleans], share: float) -> Booleans:
    """(n,) the ties, and of each half's other pairs the `share` with the largest margins."""
    kept: Booleans = sign == 0
    for half in halves:
        decided = np.flatnonzero(half & (sign != 0))
        kept[decided[np.argsort(-margins[decided], kind="stable")[: round(share * len(decided))]]] = True
    return kept

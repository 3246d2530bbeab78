"""Whether the steps of a solution and its outcome tell the same story (PROF's rule).

With μ the mean of all step scores, r_i = 1 for a right outcome and 0 for a wrong one, and K_i the steps of solution i,
its consistency is mean_k 2·(s_ik - μ)·(2·r_i - 1), less a fine for having no real derivation or no end to it. In each
prompt the least consistent go: right outcomes from weak steps, and wrong outcomes from strong ones. How many of which
kind is chosen so that right and wrong ones come closer to balance.

Source: Ye et al., *Beyond Correctness: Harmonizing Process and Outcome Rewards through RL Training* (PROF), 2025,
algorithm 1. Halves are rounded to the even number, as there.
"""

import numpy as np

from curation.noise.proposals import Booleans, Floats, Integers, Proposals, Suggestion, propose

FEWEST_STEPS = 2
MOST_STEPS = 30
FINE = 1.0


def consistency(step_scores: Floats, solutions: Integers, right: Booleans, *, fine: float = FINE) -> Floats:
    """(n,) consistency of n solutions.

    `step_scores` (s,) are those of all steps, `solutions` (s,) which of the n each belongs to. A solution without steps
    has nothing to be consistent with: it gets the fine alone. Raises ValueError for a step of no solution.
    """
    n = len(right)
    if len(solutions) and (solutions.min() < 0 or solutions.max() >= n):
        raise ValueError("A step belongs to a solution that is not there.")
    steps = np.bincount(solutions, minlength=n)
    mean = float(step_scores.mean()) if len(step_scores) else 0.0
    above = np.bincount(solutions, 2 * (step_scores - mean), minlength=n) / np.maximum(steps, 1)
    is_odd = (steps < FEWEST_STEPS) | (steps > MOST_STEPS)
    found: Floats = above * np.where(right, 1.0, -1.0) - fine * is_odd
    return found


def removals(right: int, wrong: int, remove: int) -> tuple[int, int]:
    """How many right and wrong solutions of a prompt go when `remove` have to: as near to balance as they come."""
    from_right = min(remove, right, max(0, round((right - wrong + remove) / 2)))
    from_wrong = min(remove - from_right, wrong)
    return from_right, from_wrong


def filtered(
    step_scores: Floats,
    solutions: Integers,
    right: Booleans,
    prompts: Integers,
    *,
    remove: int,
    fine: float = FINE,
    trust_wrong: bool = True,
    seed: int = 0,
) -> Proposals:
    """Proposals to drop `remove` solutions of each prompt, `prompts` (n,) naming the prompt of each.

    Of equally consistent ones the first goes. Without `trust_wrong` the wrong ones to go are drawn at random: safer
    where step scores of wrong solutions mean little.
    """
    critic = consistency(step_scores, solutions, right, fine=fine)
    rank = critic if trust_wrong else np.where(right, critic, np.random.default_rng(seed).random(len(right)))
    dropped = np.zeros(len(right), bool)
    order = np.lexsort((rank, right, prompts))  # by prompt; the wrong ones first; the least consistent first
    for members in np.split(order, np.flatnonzero(np.diff(prompts[order])) + 1):
        wrong, rights = members[~right[members]], members[right[members]]
        from_right, from_wrong = removals(len(rights), len(wrong), remove)
        dropped[rights[:from_right]] = dropped[wrong[:from_wrong]] = True
    return propose(
        "process_outcome",
        -critic,
        {Suggestion.DROP: dropped},
        evidence={"consistency": critic, "right": right.astype(float)},
        parameters={"remove": remove, "fine": fine, "trust_wrong": trust_wrong, "seed": seed},
    )

"""What people prefer that no criterion of the rubric names: features of responses that tell more than the rubric does.

Weights of the rubric's criteria are learnt on some prompts; of the others each candidate is asked whether it tells what
these leave open. With o = x·w the margin of the rubric and c = tanh(d / rms d), d the candidate's difference, preferred
less rejected, b minimizes Σ log(1 + exp(-(o + b·c))) + ½b² on what is learnt from, and the gain of a held-out pair is
    log(1 + exp(-o)) - log(1 + exp(-(o + b·c))).
tanh keeps one very long response from outweighing the rest.

A candidate is claimed where its mean gain has an interval by prompts above zero, and where a gain so many standard
errors above zero is rare for the best of all candidates when which response has which value is drawn by lot, prompt by
prompt, and everything is learnt anew: in 2.5 % of the draws at most. So of candidates that tell nothing one look in
forty claims any, however many they are.

A candidate that measures again what a criterion measures can gain where the judge of that criterion errs: `nearest`
names the criterion that it goes with most, and `redundancy` tells whether they are one where verdicts were asked twice.
Nothing here says why people prefer what they prefer: a claim is a hypothesis for a person to read.

Source: Westfall and Young, *Resampling-based multiple testing*, 1993, for the largest of all under the null; Breiman
and Spector 1992 for gains by cross-validation; standard errors as in `means`; the use for rubrics is ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit
from threadpoolctl import threadpool_limits

from curation.aggregation.estimates import Estimate
from curation.criteria import weights
from curation.criteria.means import Means, means
from curation.criteria.verdicts import PREFERRED, REJECTED, Verdicts
from curation.noise.proposals import Booleans
from modelhooks.head.crossfit import FOLDS, folds
from modelhooks.head.evaluation import hits_of
from modelhooks.head.pairs import Floats, Integers

LEVEL = 0.025  # of any claim where all candidates tell nothing
DRAWS = 199
FEWEST_GROUPS = weights.FEWEST_GROUPS
NEWTON = 25
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Hidden:
    """One candidate."""

    candidate: int
    gain: Estimate
    """Held-out log-loss saved beyond the rubric, in nats a pair."""
    hits: Estimate
    """Held-out pairs told rightly beyond the rubric, as a share."""
    leaning: float
    """Above zero where people prefer more of it, all else as the rubric has it: log-odds of c, all pairs."""
    p: float
    """How often the best of all candidates does so well by lot."""
    is_claimed: bool
    nearest: int | None
    """The criterion whose differences go with it most; None of a rubric of none, or where nothing varies."""
    nearness: float
    """Their uncentered correlation, from -1 to 1."""


@dataclass(frozen=True, slots=True)
class _Fold:
    """What the rubric says of the prompts that are learnt from, and of those held out."""

    out: Booleans
    learnt: Floats
    asked: Floats


def hidden(verdicts: Verdicts, candidates: Floats, *, draws: int = DRAWS, seed: int = 0) -> list[Hidden]:
    """The candidates, the one that gains most first; none of fewer than `FEWEST_GROUPS` prompts.

    `candidates` (pairs, 2, m) are values of the preferred and the rejected response, such as lengths, counts, or
    verdicts on a hypothesis, NaN where unknown. Raises ValueError where they are not of the same pairs.
    """
    if candidates.shape[:2] != (verdicts.pair_count, 2):
        raise ValueError("Candidates have a value for either response of each pair.")
    groups = verdicts.groups
    if len(np.unique(groups)) < FEWEST_GROUPS or not candidates.shape[2]:
        return []
    rubric, differences = np.nan_to_num(verdicts.differences()), _differences(candidates)
    with threadpool_limits(limits=1):  # many small products, which threads only slow down
        return _ranked(rubric, differences, groups, draws, seed)


def _ranked(rubric: Floats, differences: Floats, groups: Integers, draws: int, seed: int) -> list[Hidden]:
    parts = _parts(rubric, groups, seed)
    after = _after(parts, differences)
    gains, hits = _gains(parts, after, groups), means(_hits(parts, after), groups)
    p = _by_lot(parts, differences, groups, _far(gains), draws=draws, seed=seed)
    leaning = _slopes(rubric @ weights.fit(rubric, weights.choose_penalty(rubric, groups, seed=seed)), differences)
    nearest, nearness = _nearest(rubric, differences)
    low, _ = gains.bounds()
    found = [
        Hidden(
            candidate=at,
            gain=gain,
            hits=right,
            leaning=float(leaning[at]),
            p=float(p[at]),
            is_claimed=bool(low[at] > 0 and p[at] <= LEVEL),
            nearest=nearest[at],
            nearness=float(nearness[at]),
        )
        for at in range(differences.shape[1])
        if (gain := gains.estimate(at)) and (right := hits.estimate(at))
    ]
    return sorted(found, key=lambda one: (-one.gain.value, one.candidate))


def _differences(candidates: Floats) -> Floats:
    """(pairs, m) squashed; 0 where either value is unknown, and where nothing differs."""
    apart = np.nan_to_num(candidates[:, PREFERRED] - candidates[:, REJECTED])
    spread = np.sqrt((apart**2).mean(axis=0))
    found: Floats = np.tanh(apart / np.where(spread > 0, spread, 1.0))
    return found


def _parts(rubric: Floats, groups: Integers, seed: int) -> list[_Fold]:
    """Of each fold, with a penalty chosen within what is learnt from."""
    found = []
    for out in folds(groups, FOLDS, seed):
        kept = rubric[~out]
        at = weights.fit(kept, weights.choose_penalty(kept, groups[~out], seed=seed))
        found.append(_Fold(out, kept @ at, rubric[out] @ at))
    return found


def _after(parts: Sequence[_Fold], differences: Floats) -> Floats:
    """(pairs, m) margins of the rubric with each candidate, of held-out pairs."""
    found = np.zeros_like(differences)
    for one in parts:
        slopes = _slopes(one.learnt, differences[~one.out])
        found[one.out] = one.asked[:, None] + differences[one.out] * slopes
    return found


def _before(parts: Sequence[_Fold], n: int) -> Floats:
    """(pairs, 1) margins of the rubric alone."""
    found = np.zeros((n, 1))
    for one in parts:
        found[one.out, 0] = one.asked
    return found


def _gains(parts: Sequence[_Fold], after: Floats, groups: Integers) -> Means:
    return means(log_expit(after) - log_expit(_before(parts, len(after))), groups)


def _hits(parts: Sequence[_Fold], after: Floats) -> Floats:
    before = _before(parts, len(after))
    found: Floats = hits_of(after, np.ones_like(after)) - hits_of(before, np.ones_like(before))
    return found


def _by_lot(
    parts: Sequence[_Fold], differences: Floats, groups: Integers, far: Floats, *, draws: int, seed: int
) -> Floats:
    """(m,) the share of draws, this look among them, in which the best candidate lies as far above zero."""
    names, place = np.unique(groups, return_inverse=True)
    draw, reached = np.random.default_rng(seed), np.ones(len(far))
    for _ in range(draws):
        turned = differences * draw.choice([-1.0, 1.0], len(names))[place][:, None]
        reached += _far(_gains(parts, _after(parts, turned), groups)).max() >= far
    return reached / (1 + draws)


def _far(gains: Means) -> Floats:
    """(m,) in standard errors above zero."""
    return np.where(gains.errors > 0, gains.values / np.where(gains.errors > 0, gains.errors, 1), 0.0)


def _slopes(offsets: Floats, differences: Floats) -> Floats:
    """(m,) b of each candidate by itself, all at once by Newton's method."""
    slopes = np.zeros(differences.shape[1])
    for _ in range(NEWTON):
        p = expit(-(offsets[:, None] + differences * slopes))
        upward = (differences * p).sum(axis=0) - RIDGE * slopes
        curve = (differences**2 * p * (1 - p)).sum(axis=0) + RIDGE
        step = np.clip(upward / curve, -1, 1)
        slopes += step
        if np.abs(step).max() < 1e-6:
            break
    return slopes


def _nearest(rubric: Floats, differences: Floats) -> tuple[list[int | None], Floats]:
    size = differences.shape[1]
    if not rubric.shape[1]:
        return [None] * size, np.zeros(size)
    lengths = np.sqrt(np.outer((rubric**2).sum(axis=0), (differences**2).sum(axis=0)))
    cosines = np.where(lengths > 0, rubric.T @ differences / np.where(lengths > 0, lengths, 1), 0.0)
    best = np.abs(cosines).argmax(axis=0)
    near = cosines[best, np.arange(size)]
    return [int(at) if close else None for at, close in zip(best, near, strict=True)], near

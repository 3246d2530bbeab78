"""What many reward models think of the labels: the mean and the spread of their margins.

With d_mi how much better model m finds the response that label i prefers, on a scale common to all models:
û_i = mean_m d_mi and σ̂_i = the population standard deviation. A low û contradicts the label. Of the lowest fifth, a
flip is proposed where the models agree that the label is wrong (û + σ̂ < 0), else a drop; the next fifth is about a coin
flip, and gets the mean probability of the models as a soft label; the rest is kept.

Source: Wang et al., *Secrets of RLHF in Large Language Models Part II: Reward Modeling*, 2024, section 2 (shares from
there). Flips are proposals for people to look at: `guard` never lets one stand alone.
"""

import numpy as np
from scipy.special import expit
from threadpoolctl import threadpool_limits

from curation.noise.proposals import Booleans, Floats, Proposals, Suggestion, propose, signs
from modelhooks.head import crossfit, ensemble
from modelhooks.head.calibration import temperature
from modelhooks.head.logistic import fit
from modelhooks.head.pairs import Pairs

HEADS = 10
DROPOUT = 0.2
LOWEST = 0.2
NEXT = 0.2


def vote(margins: Floats, p: Floats, *, lowest: float = LOWEST, following: float = NEXT) -> Proposals:
    """Proposals from (m, n) margins: by how much each of m models finds the first response of n pairs better.

    Models are first brought to one scale, for spreads of reward models differ tenfold. `p` (n,) are the labels; ties
    are kept and have no score. Raises ValueError without a model or where a margin is not finite.
    """
    margins = np.asarray(margins, float)
    if margins.ndim != 2 or not len(margins) or not np.isfinite(margins).all():
        raise ValueError("Margins are finite numbers, one row for each of one model or more.")
    sign = signs(p)
    signed = sign * _on_one_scale(margins)
    strength, spread = signed.mean(axis=0), signed.std(axis=0)
    decided = sign != 0
    order = np.where(decided, strength, np.inf).argsort(kind="stable").argsort(kind="stable")
    low, middle = (order < round(part * decided.sum()) for part in (lowest, lowest + following))
    against = decided & (strength < 0)
    return propose(
        "reward_model_vote",
        np.where(decided, -strength, np.nan),
        {
            Suggestion.FLIP: low & against & (strength + spread < 0),
            Suggestion.DROP: low & against,
            Suggestion.SOFT: middle & decided,
        },
        soft=_mean_probability(signed, sign),
        evidence={
            "pref_strength_mean": strength,
            "pref_strength_std": spread,
            "models_against": (signed < 0).mean(axis=0),
        },
        parameters={"lowest": lowest, "following": following, "models": len(margins)},
    )


def cross_fitted_heads(
    pairs: Pairs, penalty: float, *, heads: int = HEADS, dropout: float = DROPOUT, seed: int = 0
) -> Floats:
    """(heads, n) log-odds by heads that never saw the pair's prompt, each from resampled prompts and a part of the
    embedding's dimensions: margins for `vote` where no published reward model is at hand.

    Raises ValueError for fewer than two prompts.
    """
    if len(np.unique(pairs.groups)) < 2:
        raise ValueError("Cross-fitting needs pairs of two prompts at least.")
    draw, found = np.random.default_rng(seed), np.zeros((heads, len(pairs)))
    with threadpool_limits(limits=1):
        for number in range(heads):
            seen: Booleans = draw.random(size=pairs.differences.shape[1:]) >= dropout
            for held_out in crossfit.folds(pairs.groups, crossfit.FOLDS, seed + number):
                head = fit(_reduced(ensemble.resampled(pairs.take(~held_out), draw), seen), penalty)
                found[number, held_out] = head.score(pairs.differences[held_out])
    return found


def _reduced(pairs: Pairs, seen: Booleans) -> Pairs:
    return Pairs(pairs.differences * seen, pairs.nuisance, pairs.p, pairs.groups, pairs.weights)


def _on_one_scale(margins: Floats) -> Floats:
    """Divided by each model's root mean square, which changes no side; a model that says nothing stays at zero."""
    scale = np.sqrt(np.mean(margins**2, axis=1, keepdims=True)) if margins.shape[1] else np.ones((len(margins), 1))
    found: Floats = margins / np.where(scale == 0, 1.0, scale)
    return found


def _mean_probability(signed: Floats, sign: Floats) -> Floats:
    """(n,) probability that the first is better, the mean over the models at the ensemble's temperature."""
    decided = sign != 0
    if not decided.any():
        return np.full(len(sign), 0.5)
    factor = temperature(signed.mean(axis=0)[decided], np.ones(int(decided.sum())))
    found: Floats = expit(factor * signed * sign).mean(axis=0)
    return found

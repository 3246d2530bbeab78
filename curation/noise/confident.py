"""Confident learning with one threshold, because which response is called the first is chance.

With q_i the cross-fitted, calibrated probability of the label that pair i was given, the threshold is t = mean_i q_i,
and a pair is disputed where 1 - q_i ≥ t: its opposite is as likely as given labels are on average. Two-class confident
learning has one threshold for each class; here both classes are one class, mirrored.

Source: Northcutt, Jiang, Chuang, *Confident Learning: Estimating Uncertainty in Dataset Labels*, JAIR 2021, section 3.
What it finds are disputed pairs, the truly ambiguous among them, and not only wrong ones.
"""

import numpy as np
from scipy.special import expit
from threadpoolctl import threadpool_limits

from curation.noise.proposals import Booleans, Floats, Proposals, Suggestion, propose, signs
from modelhooks.head import crossfit
from modelhooks.head.calibration import temperature
from modelhooks.head.pairs import Pairs


def disputed(scores: Floats, p: Floats) -> Proposals:
    """Proposals to drop disputed pairs.

    `scores` (n,) are calibrated log-odds that the first is better, from models that never saw the pair's prompt; `p`
    (n,) the labels. A tie is no side to be disputed: it is kept and has no score.
    """
    sign = signs(p)
    given = np.where(sign == 0, np.nan, expit(sign * scores))
    decided = sign != 0
    threshold = float(given[decided].mean()) if decided.any() else np.inf
    flagged = 1 - given >= threshold
    return propose(
        "confident_learning",
        1 - given,
        {Suggestion.DROP: flagged},
        evidence={"probability_of_label": given, "threshold": np.full(len(given), threshold)},
    )


def by_head(pairs: Pairs, penalty: float, *, seed: int = 0, seeds: int = crossfit.SEEDS) -> Proposals:
    """The same with scores of the reward head, cross-fitted by prompt and brought to one temperature.

    Raises ValueError for fewer than two prompts.
    """
    with threadpool_limits(limits=1):  # small matrices: threads would wait for each other
        raw = crossfit.scores(pairs, penalty, seeds=range(seed, seed + seeds))
    return disputed(temperature(raw, pairs.p, pairs.weights) * raw, pairs.p)


def least_likely(scores: Floats, p: Floats, share: float) -> Booleans:
    """(n,): the `share` of the decided pairs whose label the scores contradict most."""
    sign = signs(p)
    decided = np.flatnonzero(sign)
    worst = decided[np.argsort((sign * scores)[decided], kind="stable")[: round(share * len(decided))]]
    found = np.zeros(len(sign), bool)
    found[worst] = True
    return found

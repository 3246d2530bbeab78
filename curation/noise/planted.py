"""A project's own test of a detector: flip some of its labels, and see whether they are found and dropping helps.

The prompts are cut into five parts, and each is held out once. Of the others a share of the decided labels is flipped.
The detector, which knows neither which nor how many, proposes; `precision` and `recall` count the planted flips among
its proposals. Labels that were wrong before count against it, so the precision is rather too low than too high. A head
is then trained without what was flagged and compared, on the held-out labels, which nobody touched, with one trained on
everything.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from curation.noise.proposals import Booleans, Floats, Integers
from modelhooks.head import crossfit
from modelhooks.head.abstention import lower_bound
from modelhooks.head.evaluation import Accuracy, accuracy
from modelhooks.head.logistic import fit
from modelhooks.head.pairs import Pairs

SHARE = 0.2
PARTS = 5
DELTA = 0.05

Detector = Callable[[Pairs], Booleans]
"""Which (n,) pairs it would drop."""


@dataclass(frozen=True, slots=True)
class PlantedTest:
    """How a detector did on flips that were planted in a project's own pairs, over all parts together."""

    share: float
    planted: int
    flagged: int
    precision: float
    precision_at_least: float
    """The lower Clopper–Pearson bound of the precision at 95 %, one-sided."""
    recall: float
    untouched: float
    """Accuracy on held-out prompts of a head trained without planted flips."""
    flipped: float
    """The same with the flips in its training."""
    dropped: float
    """The same with the flips in its training, less what was flagged."""
    gain: Accuracy
    """Hits after dropping minus hits before, on resampled held-out prompts."""


def flip(pairs: Pairs, share: float, seed: int) -> tuple[Pairs, Booleans]:
    """The pairs with the labels of a random `share` of the decided ones turned round, and (n,) which they are."""
    decided = np.flatnonzero(pairs.is_decided)
    chosen = np.random.default_rng(seed).permutation(decided)[: round(share * len(decided))]
    turned = np.zeros(len(pairs), bool)
    turned[chosen] = True
    p = np.where(turned, 1 - pairs.p, pairs.p)
    return Pairs(pairs.differences, pairs.nuisance, p, pairs.groups, pairs.weights), turned


def run(detect: Detector, pairs: Pairs, penalty: float, *, share: float = SHARE, seed: int = 0) -> PlantedTest:
    """The test. The same pairs and seed give the same answer, if the detector does.

    Raises ValueError for fewer than two prompts, and where every pair is a tie.
    """
    if len(np.unique(pairs.groups)) < 2:
        raise ValueError("Planting flips needs pairs of two prompts at least: some are held out.")
    if not pairs.is_decided.any():
        raise ValueError("Every pair is a tie; there is nothing to flip.")
    turned, flagged, hits, groups = _in_turn(detect, pairs, penalty, share, seed)
    found, count = int((flagged & turned).sum()), int(flagged.sum())
    return PlantedTest(
        share=share,
        planted=int(turned.sum()),
        flagged=count,
        precision=found / max(1, count),
        precision_at_least=lower_bound(found, count, DELTA),
        recall=found / max(1, int(turned.sum())),
        untouched=float(hits[0].mean()),
        flipped=float(hits[1].mean()),
        dropped=float(hits[2].mean()),
        gain=accuracy(hits[2] - hits[1], groups, seed=seed),
    )


def _in_turn(
    detect: Detector, pairs: Pairs, penalty: float, share: float, seed: int
) -> tuple[Booleans, Booleans, Floats, Integers]:
    """What was planted and flagged in every training; (3, n) hits of the decided pairs, and the prompt of each."""
    turned, flagged, hits, groups = [], [], [], []
    for number, held_out in enumerate(crossfit.folds(pairs.groups, PARTS, seed)):
        training, test = pairs.take(~held_out), pairs.take(held_out & pairs.is_decided)
        noisy, planted = flip(training, share, seed + number)
        said = np.asarray(detect(noisy), bool)
        with threadpool_limits(limits=1):
            hits.append(np.stack([_hits(part, penalty, test) for part in (training, noisy, noisy.take(~said))]))
        turned.append(planted)
        flagged.append(said)
        groups.append(test.groups)
    return np.concatenate(turned), np.concatenate(flagged), np.concatenate(hits, axis=1), np.concatenate(groups)


def _hits(training: Pairs, penalty: float, test: Pairs) -> Floats:
    scores = fit(training, penalty).score(test.differences)
    found: Floats = np.where(scores == 0, 0.5, (scores > 0) == (test.p > 0.5)).astype(float)
    return found

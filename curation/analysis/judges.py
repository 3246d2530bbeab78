"""What a model has shown of itself on a facet, held against people: what has to be known before it is believed.

Under the figures of a checkpoint stand as plain JSON (an estimate is `{"value", "low", "high"}`, drawn by prompt group;
a share as `curation.analysis.people` has it; null where nothing is to be told):

* `with_people`: how often it says what a person says, of all pairs of the two on one unit; `people_among`: how often
  two people say the same on the units that it answered, too; `shared`, how many of these there are;
* `abstained`: the share of items that it did not decide;
* `orders`, of pairs: `consistent`, of those judged in both orders; `first`, the response shown first among verdicts
  that decide; `bias` in log-odds; `both`, how many were judged in both orders, of `asked`; `torn`, in how many both
  orders chose what was shown `[first, second]`;
* `length`, of pairs: `raw` win rate of the stored first response, `controlled` for length, `pull`, the log-odds that
  much more length brings, `people_pull`, the same of people's consensus on the same pairs, `beyond`, how far the two
  lie apart, and `pairs`, how many these are;
* `calibration`, of pairs whose winner is settled: `bins` of `[confidence, right, pairs]`, expected `error`, `brier`,
  and `scaled_error` after a temperature or a curve learnt on other prompts;
* `cutoffs`: of some confidences `{"confidence", "checked", "right", "at_least", "best", "accepts"}`: answers so sure or
  surer of which people settled the truth, how many of these were right, the one-sided Clopper–Pearson bound at
  1 - DELTA, what it would be were all of them right, and how many answers on units without any person it would accept;
* `together`, of several models: `correlation` of their errors, how many `labels` a unit has and how many `independent`
  ones these are worth, and `trust`, 0 to 1: how far the consensus of models may be believed as sure as it says it is
  (`curation.aggregation.confidence.trust`); null while fewer than 20 truths are known, and then it may not at all.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from curation.aggregation import chance, confidence, cross, dawid_skene, dependence, length_control, orders
from curation.aggregation.estimates import Estimate, estimate
from curation.aggregation.labels import UNKNOWN
from curation.analysis.around import Around
from curation.analysis.consensus import PEOPLE
from curation.analysis.judgments import Judgments
from curation.analysis.seen import Floats, Integers, Told, rounded, share
from curation.analysis.settled import UNSETTLED, Settled
from curation.votes import Votes
from modelhooks.head import calibration
from modelhooks.head.abstention import lower_bound

DELTA = 0.1
CUTOFFS = 20
FEWEST = 20  # pairs, before a curve or a pull is told
MOST_FITTED = 5_000  # pairs of a length model
A, TIE, B = range(3)


def figures(votes: Votes, settled: Settled, around: Around, *, seed: int) -> list[Told]:
    """[A] What is told of each model; empty for people. Deterministic."""
    together = _together(votes, settled)
    return [
        {**_judge(votes, settled, around, number, seed), "together": together} if who.kind == "model" else {}
        for number, who in enumerate(votes.annotators)
    ]


def _judge(votes: Votes, settled: Settled, around: Around, number: int, seed: int) -> Told:
    rows = np.flatnonzero(votes.annotator == number)
    told = {**_with_people(votes, rows, seed), **_abstained(votes, around, number)}
    if votes.facet.scale != "sides":
        return told
    sure = around.judgments.scores_of(votes.annotation[rows])
    return {
        **told,
        "orders": in_orders(around.judgments, int(votes.annotators[number].key)),
        "length": _length(votes, settled, around, rows, seed),
        "calibration": _calibration(votes, settled, rows, sure),
        "cutoffs": _cutoffs(votes, settled, rows, sure),
    }


def _with_people(votes: Votes, rows: NDArray[np.intp], seed: int) -> Told:
    people = votes.labels(np.flatnonzero(votes.of_kind(*PEOPLE))).counts()
    own = votes.labels(rows).counts()
    shared = own.any(axis=1) & people.any(axis=1)
    pair, group = (own[shared], people[shared]), votes.group[shared]
    among = people[own.any(axis=1) & (people.sum(axis=1) >= 2)]
    among_group = votes.group[own.any(axis=1) & (people.sum(axis=1) >= 2)]
    return {
        "with_people": _told(estimate(cross.agreement(*pair), group, seed=seed)) if len(group) else None,
        "people_among": _told(estimate(chance.agreement(among), among_group, seed=seed)) if len(among) else None,
        "shared": int(shared.sum()),
    }


def _abstained(votes: Votes, around: Around, number: int) -> Told:
    own = around.judgments.checkpoint == votes.annotators[number].key
    return {"abstained": share(int(around.judgments.abstained[own].sum()), int(own.sum()))}


def in_orders(judgments: Judgments, checkpoint: int) -> Told | None:
    """What order does to one model's verdicts on pairs, of those too that it did not decide."""
    own = judgments.checkpoint == checkpoint
    if not own.any():
        return None
    found = orders.of(judgments.in_orders(checkpoint), 0)
    said = judgments.consistent[own]
    return {
        "consistent": share(int((said == 1).sum()), int((said >= 0).sum())),
        "first": share(found.first.hits, found.first.count) if found.first else None,
        "bias": rounded(found.bias) if found.consistent else None,
        "both": int((said >= 0).sum()),
        "torn": list(found.torn),
        "asked": int(own.sum()),
    }


def _length(votes: Votes, settled: Settled, around: Around, rows: NDArray[np.intp], seed: int) -> Told | None:
    longer = around.texts.longer(votes.units)[votes.unit[rows]]
    truth = settled.value[votes.unit[rows]]
    known = np.flatnonzero(np.isfinite(longer) & (truth != UNSETTLED))
    if len(known) < FEWEST or not longer[known].any():
        return None
    known = np.sort(np.random.default_rng(seed).permutation(known)[:MOST_FITTED])
    group = votes.group[votes.unit[rows]][known]
    wins, right = 1 - votes.value[rows][known] / 2, 1 - truth[known] / 2
    own = length_control.fit(wins, longer[known], group, seed=seed)
    theirs = length_control.fit(right, longer[known], group, seed=seed)
    beyond = length_control.beyond(wins, right, longer[known], group, seed=seed)
    if own is None or theirs is None or beyond is None:
        return None
    return {
        "raw": rounded(own.raw),
        "controlled": _told(own.controlled),
        "pull": _told(own.length),
        "people_pull": _told(theirs.length),
        "beyond": _told(beyond),
        "pairs": len(known),
    }


def _calibration(votes: Votes, settled: Settled, rows: NDArray[np.intp], sure: Floats) -> Told | None:
    truth = settled.value[votes.unit[rows]]
    known = np.isfinite(sure) & np.isin(truth, (A, B))
    if known.sum() < FEWEST:
        return None
    scores, first = sure[known], (truth[known] == A).astype(float)
    scaled = _scaled(scores, first, votes.group[votes.unit[rows]][known])
    bins = calibration.reliability(scores, first)
    return {
        "bins": [[rounded(one.confidence), rounded(one.accuracy), one.count] for one in bins],
        "error": rounded(calibration.expected_error(bins)),
        "brier": rounded(confidence.brier(expit(scores), first)),
        "scaled_error": rounded(calibration.expected_error(calibration.reliability(scaled, first))),
        "pairs": int(known.sum()),
    }


def _scaled(scores: Floats, first: Floats, group: Integers) -> Floats:
    """Log-odds by a curve that was learnt on the other half of the prompts."""
    chances = np.empty(len(scores))
    _, number = np.unique(group, return_inverse=True)
    for half in (0, 1):
        own = number % 2 == half
        chances[own] = confidence.fit(scores[~own], first[~own])(scores[own])
    clipped = np.clip(chances, 1e-6, 1 - 1e-6)
    found: Floats = np.log(clipped / (1 - clipped))
    return found


def _cutoffs(votes: Votes, settled: Settled, rows: NDArray[np.intp], sure: Floats) -> list[Told]:
    """The strictest first; the same answers never stand on both sides of one."""
    certainty = expit(np.abs(sure))
    unit = votes.unit[rows]
    truth, alone = settled.value[unit], settled.votes[unit] == 0
    known = np.isfinite(sure) & (truth != UNSETTLED)
    if not known.any():
        return []
    ranked = np.unique(certainty[known])
    at = ranked[np.unique(np.linspace(0, len(ranked) - 1, min(CUTOFFS, len(ranked))).astype(int))][::-1]
    right = votes.value[rows] == truth
    return [_cutoff(float(one), certainty, known, right, np.isfinite(sure) & alone) for one in at]


def _cutoff(at: float, certainty: Floats, known: Any, right: Any, alone: Any) -> Told:
    above = certainty >= at
    checked, hits = int((above & known).sum()), int((above & known & right).sum())
    return {
        "confidence": rounded(at),
        "checked": checked,
        "right": hits,
        "at_least": rounded(lower_bound(hits, checked, DELTA)),
        "best": rounded(lower_bound(checked, checked, DELTA)),
        "accepts": int((above & alone).sum()),
    }


def _together(votes: Votes, settled: Settled) -> Told | None:
    """How far models err together, by what people settled."""
    rows = np.flatnonzero(votes.of_kind("model"))
    if len(np.unique(votes.annotator[rows])) < 2 or votes.facet.scale not in ("sides", "names"):
        return None
    own, truth = votes.labels(rows), np.where(settled.value == UNSETTLED, UNKNOWN, settled.value)
    said = np.bincount(own.units, minlength=own.unit_count) > 0
    found = dependence.of(own, truth)
    posterior = dawid_skene.fit(own, symmetric=votes.facet.scale == "sides").posterior
    power = confidence.trust(posterior, np.where(said, truth, UNKNOWN))
    return {
        "correlation": rounded(found.correlation) if found else None,
        "labels": rounded(found.labels) if found else None,
        "independent": rounded(found.independent) if found else None,
        "units": found.units if found else 0,
        "trust": rounded(power),
    }


def _told(found: Estimate | None) -> Told | None:
    return None if found is None else {name: rounded(getattr(found, name)) for name in ("value", "low", "high")}

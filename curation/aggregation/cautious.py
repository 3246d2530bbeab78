"""A consensus that is no surer than it may be: labels that err together count as fewer, and known truths decide.

1. Dawid–Skene over all labels, each as one.
2. Where the labels of units are worth less than `MATERIAL` of their number (`shared_errors`), again with each label
   counted as the share of an independent one that it is worth, `ROUNDS` times. Whose opinion many repeat is then heard
   as one voice, and where the vote began no longer decides where it ends.
3. Such a consensus has learnt whom to believe from itself. Without known truths nothing tells how far that went astray,
   so its posterior is raised to the power of the share that the unit's labels are worth: p_k^w / Σ p^w.
4. From `confidence.FEWEST` known truths on these say more. Of annotators who err together the consensus is held
   against one that is anchored on known truths (`dawid_skene.fit`, gold), predicted for each from those of the other
   folds, both at the power that suits them best (`confidence.trust`). The anchored one stands where its log-loss is
   less: by more than a standard error, unless labels are worth less than `HALF` of their number and so prove little by
   themselves. The power replaces that of step 3. Of others it is 1 unless a likelihood-ratio test at 5 % says that
   they are too sure.
A known truth stands in any case. Steps 3 and 4 are ours; sources of the others are told where they are computed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from curation.aggregation import confidence, dawid_skene, shared_errors
from curation.aggregation.dawid_skene import DawidSkene
from curation.aggregation.dependence import Dependence
from curation.aggregation.labels import UNKNOWN, Labels
from modelhooks.head.pairs import Floats, Integers

MATERIAL = 0.9
HALF = 0.5
ROUNDS = 2
FOLDS = 5
Fit = Callable[..., DawidSkene]
CONTRADICTED = 3.84  # the 95 % point of chi-squared with one degree of freedom


@dataclass(frozen=True, slots=True)
class Cautious:
    """What labels come to, how surely, and why no more surely."""

    fitted: DawidSkene
    """Whose posterior is as sure as it believes itself."""
    plain: DawidSkene
    """Of step 1, each label as one. Where two halves of the annotators are apart, step 2 may side with either, so that
    it alone says nothing of a person; where who is believed is anchored, this is `fitted`."""
    posterior: Floats
    """(units, values) as far as it may be believed."""
    chosen: Integers
    """(units,) the likeliest value; UNKNOWN where two are as likely, or nothing is told of the unit."""
    together: Dependence | None
    """How far annotators err together by this consensus, which says too little rather than too much. None where no unit
    has two labels."""
    known: int
    """Units with labels whose truth is known."""
    trust: float | None
    """The power that known truths leave the posterior, 0 to 1; None while they are too few."""
    is_anchored: bool
    """Whether who is believed was learnt from known truths first."""

    @property
    def confidence(self) -> Floats:
        """(units,) how likely the likeliest value is."""
        found: Floats = self.posterior.max(axis=1) if self.posterior.size else np.zeros(len(self.posterior))
        return found


@dataclass(frozen=True, slots=True)
class _Learnt:
    """A consensus, and what each label is worth by it."""

    fitted: DawidSkene
    plain: DawidSkene
    """Each label as one."""
    counted_as: Floats | None
    """(n,) in the fit; None: each as one."""
    worth: Floats
    """(n,) by its outcome."""
    correlation: float


def settle(
    labels: Labels, *, symmetric: bool = False, known: Integers | None = None, decided: Integers | None = None
) -> Cautious:
    """`symmetric` for the values of pairs and `decided` (units,) as for `dawid_skene.fit`. `known` (units,) truths,
    UNKNOWN elsewhere, of units that were not chosen for what their labels say.

    The same labels, the same answer.
    """
    fit = partial(dawid_skene.fit, labels, symmetric=symmetric, decided=decided)
    alone = _learnt(labels, fit)
    many = np.bincount(labels.units, minlength=labels.unit_count)
    truth = np.full(labels.unit_count, UNKNOWN) if known is None else np.asarray(known, np.int64)
    told = np.where(many > 0, truth, UNKNOWN)
    stands, power, is_anchored = alone, confidence.trust(alone.fitted.posterior, told), False
    if power is not None and alone.counted_as is None:
        stands, power, is_anchored = _unless_right(told, alone, power)
    elif power is not None:
        stands, power, is_anchored = _tried(labels, fit, told, alone, power)
    sure = _powers(labels, stands, many) if power is None else np.full((labels.unit_count, 1), power)
    posterior, chosen = confidence.raised(stands.fitted.posterior, sure), stands.fitted.chosen.copy()
    is_known = truth != UNKNOWN
    posterior[is_known] = np.eye(labels.value_count)[truth[is_known]]
    chosen[is_known] = truth[is_known]
    together = _together(labels, stands, many)
    plain = stands.fitted if is_anchored else stands.plain
    return Cautious(stands.fitted, plain, posterior, chosen, together, int((told != UNKNOWN).sum()), power, is_anchored)


def _learnt(labels: Labels, fit: Fit, gold: Integers | None = None) -> _Learnt:
    """Steps 1 and 2."""
    counted_as: Floats | None = None
    fitted = plain = fit(gold=gold)
    for round_ in range(ROUNDS + 1):
        if round_:
            fitted = fit(gold=gold, shares=counted_as)
        errors = shared_errors.of(labels, fitted.posterior)
        worth = errors.shares(labels)
        if round_ == ROUNDS or (counted_as is None and _share(labels, worth) >= MATERIAL):
            break
        counted_as = worth
    return _Learnt(fitted, plain, counted_as, worth, errors.correlation)


def _share(labels: Labels, worth: Floats) -> float:
    """What labels with others beside them are worth on average; 1 where there are none."""
    beside = np.bincount(labels.units, minlength=labels.unit_count)[labels.units] >= 2
    return float(worth[beside].mean()) if beside.any() else 1.0


_Choice = tuple[_Learnt, float, bool]
"""The consensus that stands, its power, and whether it is the anchored one."""


def _unless_right(truth: Integers, alone: _Learnt, power: float) -> _Choice:
    """Step 4 of annotators who err by themselves."""
    gained = _losses(alone.fitted.posterior, truth, 1.0) - _losses(alone.fitted.posterior, truth, power)
    return alone, power if 2 * gained.sum() > CONTRADICTED else 1.0, False


def _tried(labels: Labels, fit: Fit, truth: Integers, alone: _Learnt, power: float) -> _Choice:
    """Step 4 of annotators who err together."""
    anchored = _learnt(labels, fit, truth)
    predicted = _predicted(fit, truth, anchored)
    its_power = confidence.trust(predicted, truth)
    assert its_power is not None, "The same truths are known."
    gained = _losses(alone.fitted.posterior, truth, power) - _losses(predicted, truth, its_power)
    margin = 0.0 if _share(labels, alone.worth) < HALF else float(gained.std(ddof=1)) / len(gained) ** 0.5
    if gained.mean() <= margin:
        return alone, power, False
    return anchored, its_power, True


def _predicted(fit: Fit, truth: Integers, anchored: _Learnt) -> Floats:
    """(units, values): of known units as told by the known truths of the other folds."""
    units = np.flatnonzero(truth != UNKNOWN)
    fold = np.arange(len(units)) % FOLDS
    found = anchored.fitted.posterior.copy()
    for number in range(FOLDS):
        others = truth.copy()
        others[units[fold == number]] = UNKNOWN
        posterior = fit(gold=others, shares=anchored.counted_as).posterior
        found[units[fold == number]] = posterior[units[fold == number]]
    return found


def _losses(posterior: Floats, truth: Integers, power: float) -> Floats:
    """(known,) nats."""
    units = np.flatnonzero(truth != UNKNOWN)
    chances = confidence.raised(posterior[units], power)[np.arange(len(units)), truth[units]]
    found: Floats = -np.log(np.maximum(chances, 1e-12))
    return found


def _powers(labels: Labels, learnt: _Learnt, many: NDArray[np.int64]) -> Floats:
    """(units, 1) what a unit's labels are worth on average; 1 where annotators err by themselves."""
    if learnt.counted_as is None:
        return np.ones((labels.unit_count, 1))
    worth = np.bincount(labels.units, learnt.worth, labels.unit_count)
    powers: Floats = np.where(many > 0, worth / np.maximum(many, 1), 1.0)[:, None]
    return powers


def _together(labels: Labels, learnt: _Learnt, many: NDArray[np.int64]) -> Dependence | None:
    beside = many[labels.units] >= 2
    units = int((many >= 2).sum())
    if not units:
        return None
    return Dependence(learnt.correlation, beside.sum() / units, float(learnt.worth[beside].sum()) / units, units)

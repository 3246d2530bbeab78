"""Labels whose truth is known, for tests and for nightly tables."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from curation.aggregation.labels import Labels, make

PRIOR_OF_PAIRS = np.array([0.42, 0.16, 0.42])


def assigned(draw: np.random.Generator, units: int, annotators: int, per: int) -> tuple[Any, Any]:
    """Units and annotators of `per` labels each, no annotator twice at one unit."""
    return np.repeat(np.arange(units), per), draw.random((units, annotators)).argsort(axis=1)[:, :per].ravel()


@dataclass(frozen=True)
class PlantedPairs:
    """Labels of pairs, what is true of each, and how often each annotator is right."""

    labels: Labels
    truth: Any
    accuracy: Any
    is_spammer: Any


def pairs(units: int, annotators: int, per: int = 3, *, seed: int = 0) -> PlantedPairs:
    """A fifth of the annotators draws lots; the others are right by Beta(8, 2.5), else they draw lots, too."""
    draw = np.random.default_rng(seed)
    truth = draw.choice(3, units, p=PRIOR_OF_PAIRS)
    knows = draw.beta(8, 2.5, annotators)
    is_spammer = np.arange(annotators) < annotators // 5
    knows[is_spammer] = 0
    unit, who = assigned(draw, units, annotators, per)
    known = draw.random(len(unit)) < knows[who]
    said = np.where(known, truth[unit], draw.choice(3, len(unit), p=[0.4, 0.2, 0.4]))
    by_lot = PRIOR_OF_PAIRS @ [0.4, 0.2, 0.4]
    labels = make(unit, who, said, value_count=3, unit_count=units, annotator_count=annotators)
    return PlantedPairs(labels, truth, knows + (1 - knows) * by_lot, is_spammer)


def calibration_error(confidence: Any, is_right: Any, bins: int = 10) -> float:
    """How far promise and outcome lie apart over equal steps of confidence."""
    at = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(
        sum(abs(is_right[at == b].mean() - confidence[at == b].mean()) * (at == b).mean() for b in np.unique(at))
    )

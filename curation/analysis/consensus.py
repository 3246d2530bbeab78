"""The votes on a facet settled by the method for its scale, and what that says about each annotator.

Only people and imported labels settle anything; a model's votes are measured against what people came to. Where a
reviewer overturned what others said, the reviewer's answer is the truth: others are measured by it, and it says nothing
of how reliable the reviewer is. The known answer of a gold item is the truth, too, and tells how sure the rest may be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from annotation.kinds.votes import Scale
from curation.aggregation import cautious, first_error, ratings, reliability
from curation.aggregation.cautious import Cautious
from curation.aggregation.labels import UNKNOWN
from curation.analysis.settled import UNSETTLED, Settled
from curation.votes import Votes

PEOPLE = ("person", "imported")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What people's votes come to, and for each of A annotators what the method learnt of them, as plain JSON."""

    settled: Settled
    believed: tuple[dict[str, Any], ...]
    """[A] Empty for models, and for who said nothing."""
    together: dict[str, Any]
    """How far annotators err together, as plain JSON: the `correlation` of their errors, how many `labels` a unit with
    two or more has and how many `independent` ones these are worth, over so many `units`; how many truths are `known`,
    the `trust` that these leave (null while they are too few), and whether who is believed `is_anchored` on them. Empty
    where the method does not ask."""


def settle(votes: Votes) -> Outcome:
    """Deterministic. Units that no person spoke of have no vote and are unsettled."""
    said = np.flatnonzero(votes.of_kind(*PEOPLE))
    count = np.bincount(votes.unit[said], minlength=len(votes.units))
    rows = np.setdiff1d(said, votes.settles, assume_unique=True)
    method, version = METHODS[votes.facet.scale]
    value, confidence, posterior, figures, together = method(votes, rows, _decided(votes))
    spoke = np.bincount(votes.annotator[rows], minlength=len(votes.annotators))
    believed = tuple({"method": version, **one} if spoke[n] else {} for n, one in enumerate(figures))
    settled = Settled(
        np.where(count > 0, value, UNSETTLED).astype(np.int64),
        confidence,
        posterior,
        count,
        np.sort(votes.unit[votes.settles]),
    )
    return Outcome(settled, believed, together)


def _decided(votes: Votes) -> NDArray[np.int64]:
    """[U] What reviewers settled; UNKNOWN elsewhere."""
    found = np.full(len(votes.units), UNKNOWN, np.int64)
    found[votes.unit[votes.settles]] = votes.value[votes.settles]
    return found


Parts = tuple[NDArray[Any], NDArray[np.float64], NDArray[np.float64], list[dict[str, Any]], dict[str, Any]]
"""Value [U], confidence [U], posterior [U, K], figures [A], and how far annotators err together."""


def _by_name(votes: Votes, rows: NDArray[np.intp], decided: NDArray[np.int64]) -> Parts:
    is_symmetric = votes.facet.scale == "sides"
    found = cautious.settle(votes.labels(rows), symmetric=is_symmetric, known=votes.known, decided=decided)
    told, doubted = reliability.of(found.plain), reliability.of(found.fitted)
    figures = [
        {
            "accuracy": _rounded(told.accuracy[n]),
            "low": _rounded(told.low[n]),
            "high": _rounded(told.high[n]),
            "chance": _rounded(told.chance[n]),
            "spammer_score": _rounded(told.spammer_score[n]),
            "is_spammer": bool(told.is_spammer[n] and doubted.is_spammer[n]),
            "is_adversary": bool(told.is_adversary[n] and doubted.is_adversary[n]),
        }
        for n in range(len(votes.annotators))
    ]
    # What is known beside it stands before it; else nothing of any other value is left, however little.
    stands = np.flatnonzero((decided != UNKNOWN) & (found.chosen == decided))
    posterior = found.posterior.copy()
    posterior[stands] = np.eye(posterior.shape[1])[decided[stands]]
    return found.chosen, found.confidence, posterior, figures, _together(found)


def _together(found: Cautious) -> dict[str, Any]:
    together, known = found.together, {"known": found.known, "trust": found.trust, "is_anchored": found.is_anchored}
    if together is None:
        return {}
    measured = {name: _rounded(getattr(together, name)) for name in ("correlation", "labels", "independent")}
    return {
        **measured,
        "units": together.units,
        **known,
        "trust": None if found.trust is None else _rounded(found.trust),
    }


def _by_level(votes: Votes, rows: NDArray[np.intp], decided: NDArray[np.int64]) -> Parts:
    """The rating's estimate, and the chance that the level next to it is the one that it is nearest to."""
    fitted = ratings.fit(
        votes.unit[rows],
        votes.annotator[rows],
        votes.value[rows].astype(float),
        unit_count=len(votes.units),
        annotator_count=len(votes.annotators),
    )
    is_decided = decided != UNKNOWN
    rating = np.where(is_decided, decided, fitted.rating)
    error = np.where(is_decided, 0.0, fitted.error)
    level = np.clip(np.round(rating), 0, len(votes.facet.values) - 1)
    width = np.maximum(error, 1e-9)
    sure = norm.cdf((level + 0.5 - rating) / width) - norm.cdf((level - 0.5 - rating) / width)
    figures = [
        {"leniency": _rounded(fitted.leniency[n]), "noise": _rounded(fitted.noise[n])}
        for n in range(len(votes.annotators))
    ]
    return level, np.clip(sure, 0, 1), np.column_stack([rating, error]), figures, {}


def _by_first_error(votes: Votes, rows: NDArray[np.intp], decided: NDArray[np.int64]) -> Parts:
    fitted = first_error.fit(
        votes.unit[rows],
        votes.annotator[rows],
        votes.value[rows],
        votes.out_of,
        annotator_count=len(votes.annotators),
    )
    figures = [
        {
            "alarm": _rounded(fitted.alarm[n]),
            "detection": _rounded(fitted.detection[n]),
            "attention": _rounded(fitted.attention[n]),
        }
        for n in range(len(votes.annotators))
    ]
    posterior, known = fitted.posterior, np.flatnonzero(decided != UNKNOWN)
    posterior[known] = np.eye(posterior.shape[1])[decided[known]]
    confidence = posterior.max(axis=1) if posterior.size else np.zeros(len(votes.units))
    return np.where(decided != UNKNOWN, decided, fitted.chosen), confidence, posterior, figures, {}


def _rounded(number: float) -> float:
    return round(float(number), 4)


Method = Callable[[Votes, NDArray[np.intp], NDArray[np.int64]], Parts]
"""Votes, which of them people gave, and what reviewers settled."""

METHODS: dict[Scale, tuple[Method, str]] = {
    "sides": (_by_name, "dawid-skene-symmetric-2"),
    "names": (_by_name, "dawid-skene-2"),
    "levels": (_by_level, "ratings-1"),
    "first_error": (_by_first_error, "first-error-1"),
}
"""Scale to its method, and the name under which its results are kept."""

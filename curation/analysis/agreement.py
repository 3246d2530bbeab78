"""How far people agree on a facet, over all items and slice by slice, as figures that a page can show."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.aggregation import agreement, alpha, cross
from curation.aggregation.estimates import Estimate, estimate
from curation.analysis.consensus import PEOPLE
from curation.models.analyses import FEWEST
from curation.votes import Votes

DIGITS = 4
MOST_MODELS = 5  # who said most
DISTANCES = {"names": alpha.nominal, "levels": alpha.ordinal}
"""By scale; of others how far apart their values stand. Levels are in order, and nobody has measured how far apart: by
points, the few who give the lowest one would decide."""
MEASURES = ("plain", "alpha", "nominal_alpha", "gwet", "fleiss")


def figures(
    votes: Votes, slices: Mapping[str, NDArray[np.bool_]], *, seed: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(slice, figures) of the whole, whose name is empty, and of each slice that has enough units of two votes.

    `slices` are [U] masks. Intervals are drawn by prompt group.
    """
    people = np.flatnonzero(votes.of_kind(*PEOPLE))
    everywhere = np.ones(len(votes.units), dtype=bool)
    yield "", _figures(votes, people, everywhere, seed)
    many = np.bincount(votes.unit[people], minlength=len(votes.units)) >= 2
    for name, mask in slices.items():
        if (many & mask).sum() >= FEWEST:
            yield name, _figures(votes, people[mask[votes.unit[people]]], mask, seed)


def _figures(votes: Votes, rows: NDArray[np.intp], mask: NDArray[np.bool_], seed: int) -> dict[str, Any]:
    distance = DISTANCES.get(votes.facet.scale, alpha.interval)
    found = agreement.of(votes.labels(rows), distance=distance, clusters=votes.group, seed=seed)
    told: dict[str, Any] = {name: _told(getattr(found, name)) for name in MEASURES}
    return {
        **told,
        "prevalence": [round(share, DIGITS) for share in found.prevalence],
        "units": found.units,
        "labels": found.labels,
        "annotators": len(np.unique(votes.annotator[rows])),
        "models": list(_models(votes, rows, mask, distance, seed)),
    }


def _models(
    votes: Votes, rows: NDArray[np.intp], mask: NDArray[np.bool_], distance: alpha.Distance, seed: int
) -> Iterator[dict[str, Any]]:
    """How far each model agrees with people, by the same measures and on the same scale as people among themselves."""
    people = votes.labels(rows).counts()
    theirs = np.flatnonzero(votes.of_kind("model") & mask[votes.unit])
    who, said = np.unique(votes.annotator[theirs], return_counts=True)
    for number in who[np.argsort(-said, kind="stable")][:MOST_MODELS]:
        own = votes.labels(theirs[votes.annotator[theirs] == number]).counts()
        shared = own.any(axis=1) & people.any(axis=1)
        if not shared.any():
            continue
        pair, group = (own[shared], people[shared]), votes.group[shared]
        yield {
            "checkpoint": votes.annotators[number].key,
            "units": int(shared.sum()),
            "plain": _told(estimate(cross.agreement(*pair), group, seed=seed)),
            "alpha": _told(estimate(cross.reliability(*pair, distance), group, seed=seed)),
        }


def _told(found: Estimate | None) -> dict[str, float | None] | None:
    if found is None:
        return None
    low, high = (None if bound is None else round(bound, DIGITS) for bound in (found.low, found.high))
    return {"value": round(found.value, DIGITS), "low": low, "high": high}

"""How much of a facet is settled, and how much of that surely, over all items and slice by slice."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from curation.analysis.settled import UNSETTLED, Settled
from curation.models.analyses import SURE
from curation.votes import Votes

DIGITS = 4  # of a confidence as it is stored


def figures(
    votes: Votes, settled: Settled, slices: Mapping[str, NDArray[np.bool_]]
) -> Iterator[tuple[str, dict[str, int]]]:
    """(slice, figures) of the whole, whose name is empty, and of each slice that people spoke of. [U] masks.

    They count as the stored rows would be counted: only places that people spoke of, and confidences as stored.
    """
    spoken = settled.votes > 0
    for name, mask in {"": np.ones(len(votes.units), dtype=bool), **slices}.items():
        if (spoken & mask).any():
            yield name, _figures(votes, settled, spoken & mask)


def _figures(votes: Votes, settled: Settled, mask: NDArray[np.bool_]) -> dict[str, int]:
    is_settled = mask & (settled.value != UNSETTLED)
    is_sure = is_settled & (settled.confidence.round(DIGITS) > SURE)
    items = np.fromiter((unit.item for unit in votes.units), np.int64, len(votes.units))
    return {
        "units": int(mask.sum()),
        "items": len(np.unique(items[mask])),
        "settled": int(is_settled.sum()),
        "sure": int(is_sure.sum()),
    }

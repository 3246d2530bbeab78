"""Between what is stored and the mathematics: verdicts as a table, and an estimate as a report keeps it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annotation.kinds.rubric_score import credit
from curation.aggregation.estimates import Estimate
from modelhooks.head.pairs import Floats

TIMES = 2
"""A judge is asked about each response (`curation.hooks.grading`)."""


def table(criteria: Sequence[Mapping[str, Any]], said: Sequence[tuple[tuple[int, int], Any]]) -> Floats:
    """(pairs, 2, criteria, times) how far each criterion is met; NaN where nothing was decided.

    Of each pair the places of its two responses, in the order of the table, and what was said by place.
    """
    found = np.full((len(said), 2, len(criteria), TIMES), np.nan)
    for pair, (places, by_response) in enumerate(said):
        for side, place in enumerate(places):
            for time, verdicts in enumerate(by_response[place]):
                for at, one in enumerate(criteria):
                    met = credit(one["scale"], verdicts.get(one["key"]))
                    found[pair, side, at, time] = np.nan if met is None else met
    return found


def told(one: Estimate | None) -> dict[str, float | None] | None:
    """As a report keeps it."""
    return None if one is None else {"value": one.value, "low": one.low, "high": one.high}

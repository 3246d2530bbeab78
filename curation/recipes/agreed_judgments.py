"""What an analysis came to about a single response: one option, several, or a level, and how likely it is good."""

from collections.abc import Sequence
from math import erf, prod, sqrt
from typing import Any

from curation.recipes import consensus
from curation.recipes.drops import Drop
from curation.recipes.parameters import Parameters
from curation.recipes.records import Agreed, ItemRecord

HALF = 0.5
SEVERAL = ","
YES = "yes"


def agreed(item: ItemRecord, place: str, parameters: Parameters) -> Agreed | Drop:
    """The consensus on the question. Where several options may be chosen there is one on each: together those that are
    chosen, as sure as the least sure of those that matter."""
    found = consensus.agreed(item, parameters, place=place)
    if found is not Drop.NO_CONSENSUS or "good" not in parameters:
        return found
    each: dict[str, Agreed] = {}
    for option in _that_matter(parameters):
        one = consensus.agreed(item, parameters, facet=option, place=place)
        if isinstance(one, Drop):
            return one
        each[option] = one
    chosen = [option for option, one in each.items() if one.value == YES]
    return Agreed(
        SEVERAL.join(["", *chosen]),
        min(one.confidence for one in each.values()),
        {option: one.chances[YES] for option, one in each.items()},
        min(one.labels for one in each.values()),
    )


def read(found: Agreed, parameters: Parameters) -> Any:
    """The value as an answer holds it: a level, an option, or a list of options."""
    if "good_from" in parameters:
        return int(found.value)
    return found.value.split(SEVERAL)[1:] if found.value.startswith(SEVERAL) else found.value


def chance_of_good(found: Agreed, parameters: Parameters) -> float:
    """The probability that the response is good, neither counting half. Levels are normally distributed about their
    estimate; options of which several may be chosen are taken as independent."""
    if "good_from" in parameters:
        good = 1 - _below(parameters["good_from"] - HALF, found)
        bad = _below(parameters["bad_to"] + HALF, found)
    else:
        good, bad = (_any(found, parameters[side]) for side in ("good", "bad"))
    return HALF + (good - bad) / 2


def _that_matter(parameters: Parameters) -> list[str]:
    return [*parameters["good"], *parameters["bad"]]


def _any(found: Agreed, options: Sequence[str]) -> float:
    chances = [found.chances.get(option, 0.0) for option in options]
    return 1 - prod(1 - one for one in chances) if found.value.startswith(SEVERAL) else sum(chances)


def _below(level: float, found: Agreed) -> float:
    return HALF * (1 + erf((level - found.estimate) / (max(found.error, 1e-9) * sqrt(2))))

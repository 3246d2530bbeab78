"""How far apart two answers on a rubric are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotation.kinds import distances

SIDES = {"a": -1, "tie": 0, "b": 1}


def between(first: Mapping[str, Any], second: Mapping[str, Any], criteria: Sequence[Mapping[str, Any]]) -> float | None:
    """The mean over the criteria that both judged, each counting what it weighs, pitfalls by the size of their weight.

    `first` and `second` map criteria to values as `rubric.values_of` gives them. None where nothing that weighs is
    judged by both.
    """
    return distances.weighted(
        (abs(criterion["weight"]), verdicts(one, other, criterion["scale"]))
        for criterion in criteria
        for one, other in _judged_by_both(first.get(criterion["key"]), second.get(criterion["key"]))
    )


def verdicts(first: Any, second: Any, scale: Any) -> float:
    """Yes and no by name, levels and sides by how far apart they are; “does not apply” is a name too."""
    if type(first) is int and type(second) is int and type(scale) is int:
        return distances.interval(first, second, scale - 1)
    if first in SIDES and second in SIDES:
        return distances.interval(SIDES[first], SIDES[second], 2)
    return distances.nominal(first, second)


def _judged_by_both(first: Any, second: Any) -> Iterator[tuple[Any, Any]]:
    """What both said about one criterion: about each response, or once where the responses are compared."""
    if isinstance(first, list) and isinstance(second, list):
        both = zip(first, second, strict=False)
        yield from ((one, other) for one, other in both if one is not None and other is not None)
    elif isinstance(first, str) and isinstance(second, str):
        yield first, second

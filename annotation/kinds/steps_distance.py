"""How far apart two answers about the steps of a response are."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation.kinds import distances
from annotation.kinds.steps_checks import first_error

Labels = Sequence[int | None]


def between(first: Mapping[str, Any] | None, second: Mapping[str, Any] | None) -> float | None:
    """The mean of what both speak about: the steps one by one, where the first error is, the final answer.

    None where one of them says nothing, or speaks of steps that were cut in another way.
    """
    if not first or not second or not is_about_the_same(first, second):
        return None
    finals = (first.get("final"), second.get("final"))
    return distances.mean(
        (
            by_step(first["labels"], second["labels"]),
            of_first_errors(first["labels"], second["labels"]),
            None if None in finals else distances.nominal(*finals),
        )
    )


def is_about_the_same(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether both speak of the same steps."""
    return bool(first["splitter"] == second["splitter"] and len(first["labels"]) == len(second["labels"]))


def by_step(first: Labels, second: Labels) -> float | None:
    """The mean over the steps that both labeled, good, neutral and wrong being ordinal: half for a neutral."""
    both = zip(first, second, strict=True)
    return distances.mean(
        distances.interval(one, other, 2) for one, other in both if one is not None and other is not None
    )


def of_first_errors(first: Labels, second: Labels) -> float | None:
    """How many steps lie between the first errors, as a share of all, none at all standing behind the last step.

    The coding of ProcessBench (2024), whose own measure is whether they are equal; how far one looked too long says
    more. None where one of them stopped before having found out.
    """
    places = [first_error_place(labels) for labels in (first, second)]
    one, other = places
    return None if one is None or other is None else distances.interval(one, other, len(first))


def first_error_place(labels: Labels) -> int | None:
    """The first wrong step from 0, the number of steps where none is wrong, None where that is not known.

    A step left open before the first wrong one might have been wrong itself.
    """
    wrong = first_error(list(labels))
    seen = labels if wrong is None else labels[:wrong]
    return None if None in seen or not labels else len(labels) if wrong is None else wrong

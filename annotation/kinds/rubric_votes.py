"""An answer on a rubric as votes: a facet for each criterion, or one for all where items bring their own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotation.kinds.base import Asked
from annotation.kinds.votes import SIDES, YES_NO, Facet, Scale, Vote, one_of, side

YES_NO_NA = (*YES_NO, "na")


def facets(criteria: Sequence[Mapping[str, Any]], question: Asked) -> tuple[Facet, ...]:
    """“Does not apply” is an answer about yes and no; among levels it has no place and is no vote.

    Where items have criteria of their own there is one facet, of those that are answered yes or no, or by comparing:
    no two items share a criterion, so what is asked of all is whether the annotator judges criteria as others do.
    """
    if question.settings.get("source") == "item":
        return (_facet("", question.title, "yes_no", question),)
    return tuple(_facet(one["key"], one["title"], one["scale"], question) for one in criteria)


def votes(values: Mapping[str, Any], asked: Sequence[Facet]) -> Iterator[Vote]:
    """`values` are those of `rubric.values_of`. Places are `response`, or `response.criterion` on an item's own."""
    by_key = {facet.key: facet for facet in asked}
    for criterion, said in values.items():
        facet = by_key.get(criterion, by_key.get(""))
        if facet is None:
            continue
        for place, value in enumerate(said) if isinstance(said, list) else [("", said)]:
            if vote := _vote(facet, _joined(place, "" if facet.key else criterion), value):
                yield vote


def _vote(facet: Facet, place: str, value: Any) -> Vote | None:
    if facet.scale == "sides":
        return side(facet.key, place, str(value))
    return None if value is None else one_of(facet, place, value)


def _facet(key: str, title: str, levels: Any, question: Asked) -> Facet:
    if question.target == "item":
        return Facet(key, title, "sides", SIDES)
    if levels == "yes_no":
        return Facet(key, title, "names", YES_NO_NA)
    scale: Scale = "levels"
    return Facet(key, title, scale, tuple(str(level) for level in range(1, levels + 1)))


def _joined(place: object, criterion: str) -> str:
    return ".".join(part for part in (str(place), criterion) if part)

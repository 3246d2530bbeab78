"""What an answer says, taken apart into votes that can be counted: one value about one place of an item.

Two annotators who voted on the same facet at the same place said something about the same thing, so agreement,
consensus and reliability are the same code for every kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Scale = Literal["sides", "names", "levels", "first_error"]

SIDES = ("a", "tie", "b")
YES_NO = ("no", "yes")


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that a question asks: the question itself, a dimension, a criterion, an option.

    `values` are all that can be voted, in order. Of the scales, `sides` says who of two is better and is mirrored when
    the two change places, `names` has no order, `levels` has one with equal distances. `first_error` has no fixed
    values: a vote is the number of the first wrong step from 0, or the number of all steps where none is wrong.
    """

    key: str
    title: str
    scale: Scale
    values: tuple[str, ...] = ()


class Vote(NamedTuple):
    """One value at one place of an item, in the item's own response order.

    `place` tells things of an item apart: empty for the item itself, else numbers and names between dots, responses
    first. `value` is the number of the facet's value.
    """

    facet: str
    place: str
    value: int
    degree: int | None = None
    """On sides: how much better, above zero for a, where the annotator said so."""
    out_of: int | None = None
    """On first errors: how many steps there are."""


def side(facet: str, place: str, winner: str, degree: int | None = None) -> Vote | None:
    """A vote on two responses. “Both bad” is a tie, as neither is better; “unsure” is no vote."""
    if winner == "both_bad":
        return Vote(facet, place, SIDES.index("tie"))
    if winner not in SIDES:
        return None
    value = SIDES.index(winner)
    return Vote(facet, place, value, None if degree is None else (1 - value) * degree)


def one_of(facet: Facet, place: str, value: object) -> Vote | None:
    """A vote for a value by its name; None for what an older form offered and this one does not."""
    name = str(value)
    return Vote(facet.key, place, facet.values.index(name)) if name in facet.values else None


def yes_no(facets: Sequence[Facet], place: str, chosen: object) -> list[Vote]:
    """A vote on each option of a list of which several may be chosen."""
    picked = chosen if isinstance(chosen, list) else [chosen]
    return [Vote(facet.key, place, int(facet.key in picked)) for facet in facets]

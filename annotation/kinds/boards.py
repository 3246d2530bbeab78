"""What several annotators said about one question, side by side: parts that the kinds' boards are made of.

A board is read for where people differ, so everything on it knows whether it is disputed.
"""

import dataclasses
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Origin = Literal["", "imported", "model"]
"""Where an answer comes from: a member said it here, it came with an import, or a run asked a model for it."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One annotator with a stored answer."""

    name: str
    value: Any
    origin: Origin = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """An opinion in a few words, for the row of the control that it is about.

    `field` is that row's field as `Kind.draw` names it, `letter` the response's where the row is about one. `takes` are
    the form fields that give this answer to the row, some of those of `Kind.fields`: a key fills them in. Empty where
    there is more to it than the words say, which nobody should take unread.
    """

    field: str
    words: str
    letter: str = ""
    title: str = ""
    takes: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer in words: the board of kinds that have no better one."""

    voice: Voice
    words: str
    details: tuple[str, ...] = ()


def usual(values: Iterable[Hashable]) -> Hashable | None:
    """What most said, more than said anything else; None where nothing is."""
    counted = Counter(values).most_common(2)
    if not counted or (len(counted) == 2 and counted[0][1] == counted[1][1]):
        return None
    return counted[0][0]


def is_split(values: Iterable[Hashable]) -> bool:
    """Whether not all of them are the same."""
    return len(set(values)) > 1

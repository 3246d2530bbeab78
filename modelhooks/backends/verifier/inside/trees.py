"""What a formula is once it has been read."""

from dataclasses import dataclass
from typing import TypeAlias

from sympy import Expr

NO_FORMULA = "is no formula that can be read"


class Unreadable(ValueError):
    """It is no formula that is known here; the text says why, as the end of a sentence."""


@dataclass(frozen=True)
class Sequence:
    """Several things. Round and square brackets keep their order; curly ones, none at all and unions have none."""

    opening: str
    closing: str
    items: tuple["Tree", ...]

    @property
    def is_ordered(self) -> bool:
        return self.opening in {"(", "["}


@dataclass(frozen=True)
class Relation:
    """Two expressions and what stands between them."""

    sign: str
    left: Expr
    right: "Tree"


@dataclass(frozen=True)
class Table:
    """A matrix."""

    rows: tuple[tuple[Expr, ...], ...]


@dataclass(frozen=True)
class Words:
    """An answer in words."""

    text: str


Tree: TypeAlias = "Expr | Sequence | Relation | Table | Words"

"""What every row of a recipe says alike: nulls where there must be values, and columns that teach nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from curation.gates import CONSTANT, NULLS, Result

FEWEST_ROWS = 100
"""So many rows may be alike by chance or because the project has just begun."""
TELLING = frozenset(
    {
        "answers",
        "chosen",
        "completion",
        "completions",
        "errors",
        "label",
        "labels",
        "rejected",
        "response",
        "verdicts",
        "winner",
    }
)
"""Columns of texts and lists that hold what is learned. Numbers, and yes or no, are such wherever they stand."""
COUNTING = frozenset(
    {
        "n_steps",
        "n_votes",
        "num_correct",
        "num_incorrect",
        "num_responses",
        "response_index",
        "total_completions",
        # What says where a row comes from: of one vote each, these are alike, and nothing is wrong.
        "agreement",
        "confidence",
        "p_chosen",
        "strength",
        "weight",
    }
)


class Columns:
    """Looks at rows one by one."""

    def __init__(self, schema: pa.Schema) -> None:
        self.rows = 0
        self.nulls: Counter[str] = Counter()
        self._needed = [field.name for field in schema if not field.nullable]
        self._first: dict[str, Any] = {}
        self._alike = {field.name for field in schema if _teaches(field)}

    def see(self, row: Mapping[str, Any]) -> None:
        """One row more."""
        if None in row.values():
            self.nulls.update(name for name in self._needed if row.get(name) is None)
        if not self.rows:
            self._first = {name: row.get(name) for name in self._alike}
        elif self._alike:
            self._alike = {name for name in self._alike if row.get(name) == self._first[name]}
        self.rows += 1

    @property
    def constant(self) -> list[str]:
        """Columns that say the same in every one of many rows."""
        return sorted(self._alike) if self.rows >= FEWEST_ROWS else []


def results(seen: Iterable[tuple[str, Columns]], limits: Mapping[str, Any]) -> Iterator[Result]:
    """What the columns of each recipe, by its name, come to."""
    held = list(seen)
    nulls = [(name, column, count) for name, columns in held for column, count in sorted(columns.nulls.items())]
    yield Result(
        NULLS,
        None,
        sum(count for _, _, count in nulls),
        not nulls,
        f"{_named(nulls[0])}, where a trainer wants a value." if nulls else "Every row has every value it must have.",
        [f"{_named(one)}." for one in nulls[:10]],
    )
    constant = [f"{name}.{column}" for name, columns in held for column in columns.constant]
    yield Result(
        CONSTANT.name,
        limits[CONSTANT.name],
        len(constant),
        not constant or limits[CONSTANT.name],
        f"{', '.join(constant[:3])} {'say' if len(constant) > 1 else 'says'} the same in every row, so nothing is "
        "learned from it."
        if constant
        else "No column says the same in every row.",
        [f"{one}." for one in constant[:10]],
    )


def _named(one: tuple[str, str, int]) -> str:
    recipe, column, count = one
    return f"{recipe}.{column} is null in {count:,} row{'' if count == 1 else 's'}"


def _teaches(field: pa.Field) -> bool:
    if field.name in COUNTING:
        return False
    number = pa.types.is_boolean(field.type) or pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
    return number or field.name in TELLING

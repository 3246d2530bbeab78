"""Finds text columns that readers of JSON lines would take for dates, which readers of Parquet never do."""

import re
from collections.abc import Iterable

import pyarrow as pa

from curation.recipes import Row
from curation.recipes.columns import MESSAGES

DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?")


class DateWatch:
    """Remembers which columns have held nothing but dates so far: almost always none, after the first row."""

    def __init__(self, schema: pa.Schema) -> None:
        self.suspects = {field.name for field in schema if field.type in (pa.string(), MESSAGES)}

    def see(self, row: Row) -> None:
        if self.suspects:
            self.suspects = {column for column in self.suspects if _is_all_dates(row[column])}


def _is_all_dates(value: str | list[dict[str, str]]) -> bool:
    texts: Iterable[str] = [value] if isinstance(value, str) else [turn["content"] for turn in value]
    return all(DATE.fullmatch(text) for text in texts)

"""Rows of several tables as models, by SQL that is written once: for the few look-ups behind every answer.

Django writes a query's SQL anew each time, which for these cost more than running it.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Model


class Joined:
    """`SELECT` the columns of models, each under its alias, from what `tail` joins.

    `tail` is what follows the columns, from FROM on; its values are bound by name.
    """

    def __init__(self, tail: str, models: Mapping[str, type[Model]]) -> None:
        self._tail, self._models = tail, models

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """One instance per model in the order of `models`, None where an outer join found none; None without a row."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, values)
            row = cursor.fetchone()
        if row is None:
            return None
        found: list[Any] = []
        start = 0
        for model, names, converters in self._shapes:
            cells = list(row[start : start + len(names)])
            start += len(names)
            for place, convert in converters:
                cells[place] = convert(cells[place], None, connection)
            is_there = cells[names.index(model._meta.pk.attname)] is not None
            found.append(model.from_db(connection.alias, names, cells) if is_there else None)
        return tuple(found)

    @cached_property
    def _sql(self) -> str:
        columns = [
            f'{alias}."{field.column}"'
            for alias, model in self._models.items()
            for field in model._meta.concrete_fields
        ]
        return f"SELECT {', '.join(columns)} {self._tail}"

    @cached_property
    def _shapes(self) -> list[tuple[type[Model], list[str], list[tuple[int, Any]]]]:
        return [(model, _names(model), _converters(model)) for model in self._models.values()]


def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _converters(model: type[Model]) -> list[tuple[int, Any]]:
    """What turns a cell into the field's value, for fields whose column does not say it all (JSON)."""
    found = enumerate(model._meta.concrete_fields)
    return [(place, field.from_db_value) for place, field in found if hasattr(field, "from_db_value")]

"""Bodies and query strings say only what was declared. Anything else is refused with the names that would do."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

HIGHEST_ID = 2**63 - 1
SHOWN = 40


def refuse_unknown(given: Iterable[object], known: Iterable[str], *, word: str) -> None:
    """Raise a 400 that names each undeclared name and all declared ones."""
    allowed = sorted(known)
    choices = f"Known: {', '.join(allowed)}." if allowed else "None are known here."
    unknown = [str(name)[:SHOWN] for name in given if name not in allowed]
    if unknown:
        raise ValidationError({name: [f"This {word} is not known. {choices}"] for name in unknown[:10]})


class StrictSerializer(serializers.Serializer[Any]):
    """A body: an object with declared fields only."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            writable = [name for name, field in self.fields.items() if not field.read_only]
            refuse_unknown(data, writable, word="field")
        return super().to_internal_value(data)


class Query(serializers.Serializer[Any]):
    """A query string: declared parameters only, each at most once unless its field is a list."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, QueryDict):
            data = self._plain(data)
        return super().to_internal_value(data)

    def _plain(self, given: QueryDict) -> dict[str, Any]:
        """As a mapping: to a QueryDict, a missing box would be an unticked one, whatever the default."""
        refuse_unknown(given, self.fields, word="parameter")
        lists = {name for name, field in self.fields.items() if isinstance(field, serializers.ListField)}
        for name in set(given) - lists:
            if len(given.getlist(name)) > 1:
                raise ValidationError({name: ["Give this parameter once."]})
        return {name: given.getlist(name) if name in lists else given[name] for name in given}


class IdField(serializers.IntegerField):
    """A row's number, within what the database can hold."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=HIGHEST_ID, **options)

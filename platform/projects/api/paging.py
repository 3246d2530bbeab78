"""Long lists, a page at a time, over `ui.pagination`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from projects.api.strict import Query
from ui.pagination import LARGEST_PAGE, LONGEST_CURSOR, PAGE_SIZE, Keyset


class PageQuery(Query):
    cursor = serializers.CharField(
        max_length=LONGEST_CURSOR, required=False, help_text="Where the page begins; `next` has it filled in."
    )
    page_size = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=PAGE_SIZE)


def page_of(
    request: Request,
    query: Mapping[str, Any],
    rows: QuerySet[Any],
    shape: Callable[[Any], dict[str, Any]],
    *,
    order: Sequence[str] = ("id",),
) -> Response:
    """One page as `results`, and the address of the next one or null. `query` is a validated `PageQuery`."""
    return page_together(request, query, rows, lambda found: list(map(shape, found)), order=order)


def page_together(
    request: Request,
    query: Mapping[str, Any],
    rows: QuerySet[Any],
    shapes: Callable[[Sequence[Any]], list[dict[str, Any]]],
    *,
    order: Sequence[str] = ("id",),
) -> Response:
    """The same where the database is asked something about all rows of a page at once."""
    found, cursor = Keyset.of(order, request.path).page(rows, query.get("cursor", ""), query["page_size"])
    following = replace_query_param(request.build_absolute_uri(), "cursor", cursor) if cursor else None
    return Response({"next": following, "results": shapes(found)})


def page_shape(row: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """A page of these rows, for OpenAPI."""
    fields = {"next": serializers.URLField(allow_null=True), "results": row(many=True)}
    return type(f"{row.__name__}Page", (serializers.Serializer,), fields)

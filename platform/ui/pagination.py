"""Rows in pages that stay as fast at the millionth row as at the first: keyset pagination with signed cursors.

A cursor holds the sort values of the last row shown. It is signed together with the order and the address of the
list, so that a cursor from elsewhere, or a made-up one, is refused instead of reaching a query.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from ui.problems import Refusal

Row = TypeVar("Row", bound=Model)

PAGE_SIZE = 50
LARGEST_PAGE = 200
LONGEST_CURSOR = 2_000
SALT = "ui.pagination"


class CursorRefused(Refusal):
    """This link to the next page is no longer valid. Start again at the first page."""

    status = HTTPStatus.BAD_REQUEST
    title = "No such page"


class PageSizeRefused(Refusal):
    """page_size must be a whole number between 1 and 200."""

    status = HTTPStatus.BAD_REQUEST
    title = "No such page size"


@dataclass(frozen=True)
class Keyset:
    """An order that never ties: `-created_at` is completed to `-created_at, -id`.

    Ordering fields must not be null, and must be columns of the model or annotations of the query.
    """

    order: tuple[str, ...]
    place: str  # the address of the list, which its cursors are bound to

    @classmethod
    def of(cls, order: Sequence[str], place: str) -> "Keyset":
        last = "-id" if order and order[-1].startswith("-") else "id"
        complete = tuple(order) if any(name.lstrip("-") in ("id", "pk") for name in order) else (*order, last)
        return cls(complete, place)

    def page(self, rows: "QuerySet[Row]", cursor: str, size: int) -> "tuple[list[Row], str]":
        """The rows after `cursor` (after nothing, where it is empty), and the cursor of the page behind them."""
        ordered = rows.order_by(*self.order)
        if cursor:
            ordered = ordered.filter(self.after(self.values(rows, cursor)))
        found = list(ordered[: size + 1])
        return found[:size], self.cursor(found[size - 1]) if len(found) > size else ""

    def after(self, values: Sequence[Any]) -> Q:
        """Rows behind these values: a > x, or a = x and b > y, and so on, each in its own direction."""
        condition, equal = Q(), Q()
        for name, value in zip(self.order, values, strict=True):
            column = name.lstrip("-")
            beyond = Q((f"{column}__{'lt' if name.startswith('-') else 'gt'}", value))
            condition |= equal & beyond
            equal &= Q((column, value))
        return condition

    def cursor(self, row: Model) -> str:
        values = [getattr(row, name.lstrip("-")) for name in self.order]
        return signing.dumps(values, salt=self._salt, serializer=_Serializer)

    def values(self, rows: "QuerySet[Row]", cursor: str) -> list[Any]:
        if len(cursor) > LONGEST_CURSOR:
            raise CursorRefused
        try:
            written = signing.loads(cursor, salt=self._salt, serializer=_Serializer)
            return [_read(rows.model, name, value) for name, value in zip(self.order, written, strict=True)]
        except (signing.BadSignature, ValueError, TypeError, ValidationError):
            raise CursorRefused from None

    @property
    def _salt(self) -> str:
        return ":".join((SALT, self.place, *self.order))


class _Serializer(signing.JSONSerializer):
    def dumps(self, obj: Any) -> bytes:
        return DjangoJSONEncoder(separators=(",", ":")).encode(obj).encode("latin-1")


def _read(model: type[Model], name: str, value: Any) -> Any:
    """A value as its column has it, so that a date is compared as a date."""
    try:
        field = model._meta.get_field(name.lstrip("-"))
    except FieldDoesNotExist:
        return value
    return field.to_python(value) if hasattr(field, "to_python") else value


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the address of the next ones ("" at the end)."""

    items: list[Row]
    next_url: str

    def __iter__(self) -> Iterator[Row]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def keyset_page(
    queryset: "QuerySet[Row]", request: HttpRequest, order: Sequence[str] = ("-id",), *, size: int = PAGE_SIZE
) -> Page[Row]:
    """One page of a list for a template; `?after=` carries the cursor and the other parameters are kept."""
    keyset = Keyset.of(order, request.path)
    items, cursor = keyset.page(queryset, request.GET.get("after", ""), size)
    return Page(items, _with(request, "after", cursor) if cursor else "")


def _with(request: HttpRequest, name: str, value: str) -> str:
    parameters = request.GET.copy()
    parameters[name] = value
    return f"{request.path}?{parameters.urlencode()}"


class CursorPagination(BasePagination):
    """REST framework's pagination: `?cursor=&page_size=`, answered as `{"next": address or null, "results": […]}`.

    The order is the view's `ordering`, by default the newest first.
    """

    page_size = PAGE_SIZE
    next_url: str | None = None

    def paginate_queryset(  # type: ignore[override]  # a keyset needs a query
        self, queryset: "QuerySet[Row]", request: Request, view: Any = None
    ) -> "list[Row]":
        keyset = Keyset.of(_ordering(view), request.path)
        items, cursor = keyset.page(queryset, request.query_params.get("cursor", ""), self.size_of(request))
        self.next_url = request.build_absolute_uri(_with(request._request, "cursor", cursor)) if cursor else None
        return items

    def size_of(self, request: Request) -> int:
        wanted = request.query_params.get("page_size", str(self.page_size))
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= 3 and 1 <= int(wanted) <= LARGEST_PAGE):
            raise PageSizeRefused
        return int(wanted)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_url, "results": data})

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": {"type": "string", "format": "uri", "nullable": True}, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": self.page_size}
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "page_size", "in": "query", "required": False, "schema": size},
        ]


def _ordering(view: Any) -> Sequence[str]:
    ordering = getattr(view, "ordering", None) or ("-id",)
    return (ordering,) if isinstance(ordering, str) else tuple(ordering)

"""Pages of rows: each row once, whatever is added meanwhile, and no cursor but our own."""

import json
from itertools import chain
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import signing
from django.test import RequestFactory
from rest_framework.generics import ListAPIView
from rest_framework.serializers import ModelSerializer
from rest_framework.test import APIRequestFactory

from ui.pagination import CursorPagination, CursorRefused, Keyset, keyset_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups() -> list[Group]:
    return Group.objects.bulk_create(Group(name=f"group {number:03}") for number in range(120))


def names_by_page(order: tuple[str, ...], size: int = 50) -> list[list[str]]:
    pages, url = [], "/groups/?q=x"
    while url:
        page = keyset_page(Group.objects.all(), RequestFactory().get(url), order, size=size)
        pages.append([group.name for group in page])
        url = page.next_url
    return pages


def test_pages_give_each_row_once_in_order(groups: list[Group]) -> None:
    pages = names_by_page(("-name",))

    assert [len(page) for page in pages] == [50, 50, 20]
    assert list(chain(*pages)) == sorted((group.name for group in groups), reverse=True)


@pytest.mark.parametrize("order", [("id",), ("-id",), ("name",), ("name", "-id"), ("-name", "id"), ()])
def test_every_order_gives_each_row_once(groups: list[Group], order: tuple[str, ...]) -> None:
    assert sorted(chain(*names_by_page(order, size=7))) == [group.name for group in groups]


def test_the_last_full_page_has_no_next_one(groups: list[Group]) -> None:
    assert [len(page) for page in names_by_page(("id",), size=60)] == [60, 60]


def test_no_rows_are_one_empty_page() -> None:
    assert names_by_page(("id",)) == [[]]


def test_other_parameters_of_the_list_are_kept(groups: list[Group]) -> None:
    page = keyset_page(Group.objects.all(), RequestFactory().get("/groups/?q=a%26b&after="), ("id",))

    assert page.next_url.startswith("/groups/?q=a%26b&after=")


def test_rows_added_meanwhile_shift_nothing(groups: list[Group]) -> None:
    first = keyset_page(Group.objects.all(), RequestFactory().get("/groups/"), ("-id",))
    Group.objects.create(name="new")

    second = keyset_page(Group.objects.all(), RequestFactory().get(first.next_url), ("-id",))

    assert second.items[0].name == "group 069"


def test_ties_are_broken_by_id(django_assert_num_queries: Any, groups: list[Group]) -> None:
    keyset = Keyset.of(("-name",), "/x/")

    with django_assert_num_queries(1):
        rows, cursor = keyset.page(Group.objects.all(), "", 10)

    assert keyset.order == ("-name", "-id")
    assert keyset.values(Group.objects.all(), cursor) == [rows[-1].name, rows[-1].id]


def test_a_cursor_of_another_list_order_or_maker_is_refused(groups: list[Group]) -> None:
    cursor = Keyset.of(("id",), "/groups/").page(Group.objects.all(), "", 10)[1]
    strangers = [
        (Keyset.of(("id",), "/others/"), cursor),
        (Keyset.of(("-id",), "/groups/"), cursor),
        (Keyset.of(("id",), "/groups/"), cursor[:-1]),
        (Keyset.of(("id",), "/groups/"), signing.dumps([1])),
        (Keyset.of(("id",), "/groups/"), "x" * 5_000),
        (Keyset.of(("id",), "/groups/"), "7"),
    ]

    for keyset, stranger in strangers:
        with pytest.raises(CursorRefused, match="no longer valid"):
            keyset.page(Group.objects.all(), stranger, 10)


class Named(ModelSerializer[Group]):
    class Meta:
        model = Group
        fields = ("name",)


class Groups(ListAPIView[Group]):
    queryset = Group.objects.all()
    serializer_class = Named
    pagination_class = CursorPagination
    authentication_classes = ()
    permission_classes = ()
    ordering = "name"


def get(query: str) -> Any:
    response = Groups.as_view()(APIRequestFactory().get(f"/api/v1/groups/{query}"))
    return response if response.status_code != 200 else response.data


def test_the_api_pages_through_everything(groups: list[Group]) -> None:
    names, query = [], "?page_size=50"
    while query:
        body = get(query)
        names += [row["name"] for row in body["results"]]
        query = "?" + body["next"].partition("?")[2] if body["next"] else ""

    assert names == [group.name for group in groups]


@pytest.mark.parametrize("size", ["0", "-1", "201", "1e3", "x", "", "٣", "99999999999999999999"])
def test_a_page_size_out_of_bounds_is_refused(groups: list[Group], size: str) -> None:
    response = get(f"?page_size={size}")

    assert response.status_code == 400
    assert "between 1 and 200" in json.loads(response.content)["detail"]


def test_a_made_up_cursor_is_a_problem(groups: list[Group]) -> None:
    assert get("?cursor=abc").status_code == 400


def test_the_largest_page_has_two_hundred_rows(groups: list[Group]) -> None:
    assert len(get("?page_size=200")["results"]) == 120
    assert len(get("")["results"]) == 50

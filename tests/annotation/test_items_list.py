"""The list of items: declared filters only, whole pages, states as the queue has them."""

import uuid
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db.models import Model
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as some

from annotation.models import Item
from annotation.queries import items as queries
from annotation.queries.items import Filters
from annotation.services import annotations, queue
from projects.access import Place
from projects.models import Project, Role

AddItems = Callable[..., list[Item]]
ADDRESS = "/projects/answers/items/"
ANSWERS = {"better": {"winner": "a", "strength": 2}}
LOOKUPS = ("", "__exact", "__regex", "__iregex", "__startswith", "__contains", "__gt", "__isnull", "__in")


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", Role.OWNER)


@pytest.fixture
def owner(olga: Place) -> Client:
    client = Client()
    client.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ids(project: Project, **filters: object) -> list[int]:
    return [line.id for line in queries.page(project, Filters(**filters)).lines]  # type: ignore[arg-type]


def paths(model: type[Model], depth: int = 3) -> set[str]:
    """Every path of fields from a model, three relations deep."""
    found: set[str] = set()
    for field in model._meta.get_fields():
        found.add(field.name)
        related = getattr(field, "related_model", None)
        if related and depth > 1 and related is not model:
            found |= {f"{field.name}__{rest}" for rest in paths(related, depth - 1)}
    return found


UNDECLARED = sorted(paths(Item) - set(queries.ALLOWED))


def test_ab_01_there_are_many_paths_to_try() -> None:
    assert {"project__memberships__role", "leases__annotator__password", "annotations__answers"} <= set(UNDECLARED)


@given(some.sampled_from(UNDECLARED), some.sampled_from(LOOKUPS), some.text(max_size=12))
def test_ab_01_no_path_into_the_models_is_a_filter(path: str, lookup: str, value: str) -> None:
    query = QueryDict(mutable=True)
    query[f"{path}{lookup}"] = value

    with pytest.raises(queries.FiltersRefused) as refused:
        queries.read_filters(query)

    assert "Known: state, tag, key, import;" in str(refused.value)
    assert path not in str(refused.value).split()


@pytest.mark.parametrize(
    "query",
    [
        "ordering=leases__annotator__password",
        "author__password__regex=^argon2",
        "search=x",
        "filter=%7B%22_connector%22%3A%22OR+1%3D1%22%7D",
        "key__startswith=a",
        "page_size=1",
        "State=open",
    ],
)
def test_ab_01_an_undeclared_filter_is_refused_before_any_item_is_read(
    owner: Client, add_items: AddItems, django_assert_max_num_queries: Callable[..., CaptureQueriesContext], query: str
) -> None:
    add_items(1)

    with django_assert_max_num_queries(3) as seen:  # session, person, membership
        response = owner.get(f"{ADDRESS}?{query}")

    assert response.status_code == 400
    assert "Known: state, tag, key, import" in response.content.decode()
    assert not any("annotation_item" in one["sql"] for one in seen.captured_queries)


@pytest.mark.parametrize(
    "query",
    [
        "state=BANANA",
        "state=open&state=done",
        "tag=a%00b",
        "key=%0d%0aFAKE",
        "tag=" + "x" * 201,
        "import=1",
        "import=' OR 1=1 --",
        "after=-1",
        "after=1e9",
        "after=" + "9" * 30,
        "after=٣",
    ],
)
def test_ab_02_a_value_that_is_not_declared_is_refused(owner: Client, query: str) -> None:
    response = owner.get(f"{ADDRESS}?{query}")

    assert response.status_code == 400


@given(some.text(max_size=30), some.text(max_size=30), some.integers(0, 10**18 - 1))
def test_ab_02_filters_are_read_as_written_or_refused(tag: str, key: str, after: int) -> None:
    query = QueryDict(mutable=True)
    query.update({"tag": tag, "key": key, "after": str(after)})

    try:
        filters = queries.read_filters(query)
    except queries.FiltersRefused:
        assert queries.CONTROL.search(tag + key)
    else:
        assert (filters.tag, filters.key, filters.after) == (tag, key, after)
        assert queries.read_filters(QueryDict(filters.address()[1:])) == filters


def test_quotes_and_wildcards_in_a_value_are_only_text(olga: Place, add_items: AddItems) -> None:
    items = add_items(3)
    Item.objects.filter(pk=items[0].pk).update(tags=["50 %_'; --"])

    assert ids(olga.project, tag="50 %_'; --") == [items[0].pk]
    assert ids(olga.project, key="%") == []
    assert ids(olga.project, key="_") == []


def test_pages_join_without_a_gap_or_a_double(olga: Place, add_items: AddItems) -> None:
    items = add_items(120)

    seen: list[int] = []
    filters: Filters | None = Filters()
    while filters:
        page = queries.page(olga.project, filters)
        seen += [line.id for line in page.lines]
        filters = page.next

    assert seen == [item.pk for item in items]


@pytest.mark.parametrize("count", [0, 1, 50, 51])
def test_the_last_page_offers_no_more(olga: Place, add_items: AddItems, count: int) -> None:
    add_items(count)

    page = queries.page(olga.project, Filters())

    assert len(page.lines) == min(count, 50)
    assert (page.next is not None) == (count > 50)


def test_each_state_is_what_the_queue_says(olga: Place, place: Callable[..., Place], add_items: AddItems) -> None:
    items = add_items(4, overlap=2)
    for name, count in (("Ana", 2), ("Ben", 1)):
        for _ in range(count):
            lease = queue.claim(place(name))
            assert lease is not None
            annotations.submit(place(name), lease_id=lease.pk, answers=ANSWERS, request_key=uuid.uuid4())
    for name in ("Chen", "Dora"):
        lease = queue.claim(place(name))
        assert lease is not None
        if name == "Dora":
            queue.skip(place(name), lease.pk, reason="No.")

    done, *rest = [item.pk for item in items]
    by_state = {state: ids(olga.project, state=state) for state in queries.STATES}

    assert by_state["done"] == [done]
    assert set(by_state["open"]) | set(by_state["in-progress"]) == set(rest)
    assert not set(by_state["open"]) & set(by_state["in-progress"])
    assert len(by_state["skipped"]) == 1
    lines = queries.page(olga.project, Filters()).lines
    assert all(line.id in by_state[line.state] for line in lines)


@pytest.mark.parametrize("state", queries.STATES)
def test_a_state_joins_with_every_other_filter(olga: Place, add_items: AddItems, state: str) -> None:
    items = add_items(2)
    Item.objects.filter(pk=items[1].pk).update(tags=["maths"])

    found = ids(olga.project, state=state, tag="maths", key=items[1].key[:4])

    assert found == ([items[1].pk] if state == "open" else [])
    assert queries.count(olga.project, Filters(state=state, tag="maths")) == len(found)
    assert [item.pk for item in queries.matching(olga.project, Filters(state=state, tag="maths"))] == found


def test_items_of_another_project_never_show(olga: Place, add_items: AddItems, person: Callable[[str], object]) -> None:
    add_items(1)
    other = Project.objects.create(slug="other", name="Other", created_by=olga.user)

    for state in ("", *queries.STATES):
        assert ids(other, state=state) == []


def test_the_empty_fields_of_the_form_leave_the_address(owner: Client, add_items: AddItems) -> None:
    response = owner.get(f"{ADDRESS}?state=open&key=&tag=maths&import=")

    assert response["Location"] == f"{ADDRESS}?state=open&tag=maths"


def test_more_comes_as_rows_alone(owner: Client, add_items: AddItems) -> None:
    items = add_items(51)

    page = owner.get(ADDRESS).content.decode()
    more = owner.get(f"{ADDRESS}?after={items[49].pk}", headers={"HX-Request": "true"}).content.decode()

    assert f'href="?after={items[49].pk}"' in page
    assert more.strip().startswith("<tr")
    assert f"/items/{items[50].pk}/" in more


def test_an_empty_list_offers_the_one_next_step(owner: Client) -> None:
    html = owner.get(ADDRESS).content.decode()

    assert "There are no items yet" in html
    assert "/projects/answers/imports/" in html


def test_an_annotator_never_sees_the_list(place: Callable[..., Place], add_items: AddItems) -> None:
    add_items(1)
    client = Client()
    client.force_login(place("Ana").user, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(ADDRESS).status_code == 404


def test_every_model_is_known_to_the_test() -> None:
    assert apps.get_model("annotation", "Item") is Item


def beside(project: Project, item: Item, **filters: object) -> tuple[int | None, int | None]:
    found = queries.neighbors(project, Filters(**filters), item.pk)  # type: ignore[arg-type]
    return found.before, found.after


def test_an_item_stands_between_its_neighbors_in_the_list(project: Project, add_items: AddItems) -> None:
    first, second, third = add_items(3)

    assert beside(project, first) == (None, second.pk)
    assert beside(project, second) == (first.pk, third.pk)
    assert beside(project, third) == (second.pk, None)


def test_neighbors_are_those_that_the_filter_lets_through(
    project: Project, add_items: AddItems, place: Callable[..., Place]
) -> None:
    one, two, three, four = add_items(4)
    Item.objects.filter(pk__in=[one.pk, four.pk]).update(tags=["maths"])
    lease = queue.claim(place("Ana"))
    assert lease is not None
    assert lease.item_id == one.pk
    annotations.submit(place("Ana"), lease_id=lease.pk, answers=ANSWERS, request_key=uuid.uuid4())

    assert beside(project, two, tag="maths") == (one.pk, four.pk)
    assert beside(project, three, state="done") == (one.pk, None)
    assert beside(project, two, state="open") == (None, three.pk)
    assert beside(project, three, state="open") == (two.pk, four.pk)


def test_an_items_page_leads_on_within_the_filtered_list(project: Project, add_items: AddItems, owner: Client) -> None:
    one, _, three = add_items(3)
    Item.objects.filter(pk__in=[one.pk, three.pk]).update(tags=["a&b"])

    listed = owner.get(f"{ADDRESS}?tag=a%26b&after=0").content.decode()
    html = owner.get(f"{ADDRESS}{one.pk}/?tag=a%26b").content.decode()

    assert f'href="{ADDRESS}{one.pk}/?tag=a%26b"' in listed
    assert f'href="{ADDRESS}{three.pk}/?tag=a%26b"' in html
    assert 'rel="prev"' not in html
    assert f'href="{ADDRESS}?tag=a%26b"' in html


def test_an_items_page_refuses_filters_as_the_list_does(add_items: AddItems, owner: Client) -> None:
    (item,) = add_items(1)

    assert owner.get(f"{ADDRESS}{item.pk}/?project__name=x").status_code == 400
    assert owner.get(f"{ADDRESS}{item.pk}/?state=lost").status_code == 400


def test_neighbors_cost_one_query(
    project: Project, add_items: AddItems, django_assert_num_queries: Callable[..., object]
) -> None:
    (item,) = add_items(1)

    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        beside(project, item, state="open")

"""AB-01 and AB-02: nobody reaches a column through a filter, an order or a lookup that was not declared."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from annotation.models import Annotation, Item, RefusedRow
from curation.models import Release
from projects.models import Membership
from tests.world import World

LISTS = {
    "/api/v1/projects/": Membership,
    "/api/v1/projects/answers/items/": Item,
    "/api/v1/projects/answers/annotations/": Annotation,
    "/api/v1/projects/answers/releases/": Release,
    "/api/v1/imports/{import}/refused/": RefusedRow,
}
SAVED = ("ordering", "search", "order_by", "fields", "filter", "is_gold", "sort", "include", "expand", "format")
DECLARED = {"item", "author", "imported_name", "current", "state", "tag", "key", "import", "cursor", "page_size"}
LOOKUPS = ("", "__regex", "__startswith")


def paths(model: type[Model], depth: int = 3) -> Iterator[str]:
    """Every way along the relations of a model, at most three steps long."""
    for field in model._meta.get_fields():
        yield field.name
        if depth > 1 and field.is_relation and isinstance(field.related_model, type):
            for rest in paths(field.related_model, depth - 1):
                yield f"{field.name}__{rest}"


def sample(model: type[Model]) -> list[str]:
    """The secrets by name, and every sixtieth of all other paths."""
    chosen = sorted({path for path in paths(model) if path.endswith(("password", "digest", "salt", "email"))})
    return [*chosen, *sorted(set(paths(model)))[::60]]


@pytest.mark.parametrize("address", LISTS)
def test_ab_01_no_path_to_a_column_is_a_filter(address: str, world: World) -> None:
    client, here = world.api("olga"), address.replace("{import}", str(world.imported.pk))
    tried = {f"{name}{lookup}" for name in (*SAVED, *sample(LISTS[address])) for lookup in LOOKUPS} - DECLARED
    client.get(here)  # the first use of a token is noted
    counts, statuses = set(), set()

    for name in sorted(tried):
        with CaptureQueriesContext(connection) as queries:
            refused = client.get(here, {name: "^pbkdf2"})
        counts.add(len(queries))
        statuses.add(refused.status_code)

    assert len(tried) > 40
    assert (statuses, len(counts)) == ({400}, 1)


def test_ab_01_a_refusal_names_what_would_be_taken_and_nothing_else(world: World) -> None:
    refused = world.api("olga").get("/api/v1/projects/answers/items/?author__password__regex=^argon2")

    (sentence,) = refused.json()["errors"]["author__password__regex"]
    assert sentence.endswith("Known: cursor, import, key, page_size, state, tag.")


@pytest.mark.parametrize("name", ["author__password__regex", "ordering", "source__dataset", "project", "is_gold"])
def test_ab_01_a_page_takes_declared_filters_only(name: str, world: World) -> None:
    refused = world.browser("olga").get("/projects/answers/items/", {name: "x"})

    assert refused.status_code == 400
    assert b"state" in refused.content


@pytest.mark.parametrize(
    "parameters", [{"filter": {"author__password__regex": "^a"}}, {"order_by": "author__password"}, {"where": "1=1"}]
)
def test_ab_01_a_recipe_takes_declared_parameters_only(parameters: dict[str, Any], world: World) -> None:
    wish = {"recipes": [{"name": "raw", "parameters": parameters}]}

    refused = world.api("olga").post("/api/v1/projects/answers/releases/", wish, content_type="application/json")

    assert refused.status_code in {400, 422}
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {"_connector": "OR 1=1 OR", "_negated": 1}},
        {"_connector": "OR 1=1 OR"},
        {"name": "x", 'description" OR 1=1 --': "y"},
        {"name\x01": "x"},
        {"overlap__gt": 1},
        {"slug": "others"},
        {"created_by": 1},
    ],
)
def test_ab_02_a_body_names_declared_fields_only(body: dict[str, Any], world: World) -> None:
    refused = world.api("olga").patch("/api/v1/projects/answers/", body, content_type="application/json")

    assert refused.status_code == 400


@pytest.mark.parametrize("name", ['a"b', "a.b", "a%b", "\x00", "\x1f", "a;--", "(select 1)", "_connector", "é" * 500])
def test_ab_02_a_parameter_with_a_strange_name_is_refused(name: str, world: World) -> None:
    for address in ("/api/v1/projects/answers/items/", "/projects/answers/items/"):
        client = world.api("olga") if "api" in address else world.browser("olga")

        assert client.get(f"{address}?{quote(name)}=1").status_code == 400


@pytest.mark.parametrize("value", ["' OR 1=1 --", '"', "%", "_", "\\", "{}", "x'); DROP TABLE annotation_item; --"])
def test_ab_02_a_strange_value_finds_nothing_and_breaks_nothing(value: str, world: World) -> None:
    for name in ("tag", "key"):
        found = world.api("olga").get("/api/v1/projects/answers/items/", {name: value})

        assert (found.status_code, found.json()["results"]) == (200, [])


@pytest.mark.parametrize(
    "options",
    [
        '{"prompt": "question", "responses": ["one", "two"], "_connector": "OR"}',
        '{"prompt": {"_connector": "OR"}, "responses": ["one", "two"]}',
        '{"prompt": "question\\u0000", "responses": ["one", "two"]}',
    ],
)
def test_ab_02_a_column_mapping_names_columns_only(options: str, world: World) -> None:
    refused = world.api("olga").post(
        f"/api/v1/projects/answers/imports/?format=mapping&options={quote(options)}",
        b"question,one,two\nWhy?,Because.,So.\n",
        content_type="text/csv",
    )

    assert refused.status_code in {400, 422}

"""The OpenAPI document says enough to write a client from, and names what the product has."""

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from tests.access.doors import doors
from tests.architecture.source_tree import ROOT


@pytest.fixture(scope="module")
def document() -> Any:
    """As the endpoint gives it to anybody with a token."""
    GENERATOR_STATS.reset()
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def operations(document: Any) -> list[tuple[str, str, Any]]:
    """Every method of every path."""
    return [(path, method, each) for path, methods in document["paths"].items() for method, each in methods.items()]


def test_the_document_is_made_without_a_warning(document: Any) -> None:
    assert not GENERATOR_STATS


def test_every_endpoint_is_in_the_document(document: Any) -> None:
    described = {path.replace("{", "<").replace("}", ">") for path in document["paths"]}

    routes = {
        f"/{door.route}".replace("<slug:", "<").replace("<int:", "<").replace("<uuid:", "<").replace("<path:", "<")
        for door in doors()
        if door.kind == "endpoint"
    }

    assert routes - described == {"/api/v1/schema/"}


def test_every_method_says_what_it_is_for_and_how_it_fails(document: Any) -> None:
    for path, method, each in operations(document):
        problems = {"400", "401"} <= set(each["responses"])

        assert each["summary"], (path, method)
        assert each["description"], (path, method)
        assert problems, (path, method)
        assert each["security"] == [{"token": []}], (path, method)
        assert "404" in each["responses"] or "{" not in path, (path, method)


def test_the_page_about_the_api_names_every_endpoint(document: Any) -> None:
    page = (ROOT / "docs" / "api.md").read_text()

    missing = [
        path
        for path in document["paths"]
        if (last := path.removeprefix("/api/v1/").split("}/")[-1].replace("{path}", "")) and last not in page
    ]

    assert missing == []

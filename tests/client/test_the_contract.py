"""The OpenAPI document is the contract: what the client calls, sends and reads stands in it."""

import ast
import inspect
import subprocess
import sys
from typing import Any, get_type_hints

import pytest
from drf_spectacular.generators import SchemaGenerator

from goldpan.client import endpoints, shapes
from goldpan.client.endpoints import Operation
from tests.architecture.source_tree import ROOT, called

ENDPOINTS = {name: one for name, one in vars(endpoints).items() if isinstance(one, Operation)}
SOURCES = {path: ast.parse(path.read_text()) for path in sorted((ROOT / "goldpan").rglob("*.py"))}
COMPONENTS = {
    "Project": "ProjectSummary",
    "Annotator": "AnnotatorShape",
    "Checkpoint": "CheckpointShape",
    "Failure": "FailureShape",
    "Item": "ItemShape",
    "Annotation": "AnnotationShape",
    "Import": "ImportShape",
    "RefusedRow": "RefusedRowShape",
    "Work": "Work",
    "Submitted": "SubmittedShape",
    "Run": "RunShape",
    "RunReport": "RunReport",
    "Draft": "CreatedShape",
    "Attempt": "AttemptShape",
    "Line": "RubricLineShape",
    "ListedReport": "ListedRubricReportShape",
    "Report": "RubricReportShape",
    "Release": "ReleaseShape",
    "ReleaseFile": "FileShape",
    "ReleaseWithFiles": "ReleaseWithFiles",
}
# What a machine that trains has to have: httpx2 and what that needs, or uses where it happens to be there (brotli).
NEEDED = {"goldpan", "httpx2", "httpcore2", "anyio", "idna", "truststore", "h11", "typing_extensions", "sniffio"}
NEEDED |= {"brotli", "_brotli"}
LOADED = """
import sys
before = set(sys.modules)
import goldpan.client
print(sorted({name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)))
"""


@pytest.fixture(scope="module")
def document() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_endpoint_is_in_the_document_with_what_is_sent(document: Any, name: str) -> None:
    one = ENDPOINTS[name]
    operation = document["paths"][one.path][one.method.lower()]
    takes = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"}

    assert set(one.query) == takes - ({"ahead_of"} if one is endpoints.NEXT else set())
    if one.body:
        content = operation["requestBody"]["content"]["application/json"]["schema"]
        body = document["components"]["schemas"][content["$ref"].rpartition("/")[2]]
        assert set(one.body) == set(body["properties"])


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_field_of_a_shape_is_always_sent(document: Any, name: str) -> None:
    """A server may send more; nothing that a program reads here may be missing."""
    component = document["components"]["schemas"][COMPONENTS[name]]
    fields = set(get_type_hints(getattr(shapes, name)))

    assert fields <= set(component["properties"])
    assert fields <= set(component["required"])


def test_every_shape_is_compared() -> None:
    declared = {
        name for name, one in vars(shapes).items() if inspect.isclass(one) and one.__module__ == shapes.__name__
    }

    assert declared == set(COMPONENTS)


def test_every_call_names_an_endpoint_and_what_it_sends() -> None:
    """So that no method can leave the document: an address, a parameter or a field stands beside its endpoint."""
    used = set()
    for tree in SOURCES.values():
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            named = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)} & set(ENDPOINTS)
            sent = {
                key.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("body", "query")
                for key in (node.value.keys if isinstance(node.value, ast.Dict) else ())
                if isinstance(key, ast.Constant)
            }
            used |= named
            if len(named) == 1:
                one = ENDPOINTS[named.pop()]
                assert sent <= {*one.query, *one.body}, (function.name, sent)

    assert used == set(ENDPOINTS)


def test_no_address_stands_anywhere_else() -> None:
    for path, tree in SOURCES.items():
        texts = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert path.name == "endpoints.py" or not [text for text in texts if "/api/" in text], path


def test_one_place_makes_connections() -> None:
    makers = {
        path.name
        for path, tree in SOURCES.items()
        for node in ast.walk(tree)
        if called(node) in {"httpx2.Client", "httpx2.get", "httpx2.post", "httpx2.stream", "httpx2.request"}
    }

    assert makers == {"connection.py"}


def test_it_needs_httpx2_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True, env={"PATH": "/usr/bin"}
    )

    assert set(ast.literal_eval(done.stdout)) <= NEEDED

"""AB-25: one line per event, whatever the event contains, and no secret in it."""

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from ui import logs
from ui.logs import RequestLogMiddleware


@pytest.fixture
def written() -> Any:
    """Everything logged, in the very lines that an operator would read."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keep, root = Keep(), logging.getLogger()
    keep.setFormatter(logs.formatter())
    root.addHandler(keep)
    yield lines
    root.removeHandler(keep)


def event(lines: list[str]) -> dict[str, Any]:
    assert "\n" not in lines[-1]
    assert re.fullmatch(r"[\x20-\x7e]*", lines[-1])
    return dict(json.loads(lines[-1]))


def serve(request: HttpRequest, view: Callable[[HttpRequest], HttpResponse]) -> Any:
    return RequestLogMiddleware(view)(request)


def test_ab_25_a_path_cannot_write_a_line_of_its_own(written: list[str]) -> None:
    serve(RequestFactory().get("/%0a%0dFAKE%20LOG%1b[31m%e2%80%ae"), lambda request: HttpResponse())

    assert len(written) == 1
    assert event(written)["path"] == "/\n\rFAKE LOG\x1b[31m\u202e"


def test_ab_25_a_name_cannot_write_a_line_of_its_own(written: list[str]) -> None:
    structlog.get_logger("test").info("signed in", name="Sam\r\n\x1b[2J\u202e{}", deep={"who": ["a\nb"]})
    logging.getLogger("old").warning("user %s", "Sam\nFAKE")

    assert len(written) == 2
    assert event(written)["event"] == "user Sam\nFAKE"
    assert json.loads(written[0])["name"] == "Sam\r\n\x1b[2J\u202e{}"


def insert() -> None:
    raise ValueError("duplicate key\nDETAIL: Failing row contains (7, the whole secret answer)")


def test_ab_25_an_exception_is_one_line_without_the_row_that_caused_it(written: list[str]) -> None:
    try:
        insert()
    except ValueError:
        structlog.get_logger("test").exception("failed")
        logging.getLogger("old").exception("failed")

    for line in written:
        found = event([line])
        assert found["error"] == "builtins.ValueError"
        assert found["message"] == "duplicate key"
        assert "test_logs.py" in found["trace"][-1]
        assert "secret answer" not in line


@pytest.mark.parametrize(
    "key",
    ["password", "new_password", "token", "Authorization", "cookie", "set-cookie", "answers", "text", "secret_key",
     "csrfmiddlewaretoken", "response_text", "draft", "body", "sessionid"],
)  # fmt: skip
def test_values_under_telling_names_are_dropped_at_any_depth(written: list[str], key: str) -> None:
    structlog.get_logger("test").info("x", **{key: "s3cr3t"}, request={"headers": [{key: "s3cr3t"}]})

    assert "s3cr3t" not in written[-1]
    assert event(written)[key] == "[not logged]"


def test_ordinary_values_stay_and_long_ones_are_cut(written: list[str]) -> None:
    structlog.get_logger("test").info("x", rows=12, share=0.5, ok=True, nothing=None, long="a" * 5_000, context="kept")

    found = event(written)
    assert (found["rows"], found["share"], found["ok"], found["nothing"]) == (12, 0.5, True, None)
    assert len(found["long"]) == 2_001
    assert found["context"] == "kept"


def test_a_number_of_tokens_is_no_token(written: list[str]) -> None:
    structlog.get_logger("test").info("x", tokens=200_000, tokens_computed=7, api_token="s3cr3t")

    assert (event(written)["tokens"], event(written)["tokens_computed"]) == (200_000, 7)
    assert "s3cr3t" not in written[-1]


def test_a_value_that_contains_itself_ends(written: list[str]) -> None:
    loop: list[Any] = []
    loop.append(loop)

    structlog.get_logger("test").info("x", loop=loop)

    assert event(written)["loop"] == [[[["[list]"]]]]


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_cost(written: list[str]) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        structlog.get_logger("inside").info("working")
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        return HttpResponse(status=418)

    response = serve(RequestFactory().post("/x/", {"text": "the whole response"}), view)

    inside, request = (json.loads(line) for line in written)
    assert (request["method"], request["path"], request["status"], request["queries"]) == ("POST", "/x/", 418, 1)
    assert request["milliseconds"] >= 0
    assert request["request_id"] == inside["request_id"] == response.headers["X-Request-ID"]
    assert "the whole response" not in "".join(written)
    assert structlog.contextvars.get_contextvars() == {}


@pytest.mark.parametrize(
    ("offered", "kept"), [("abc-123_XYZ.0", True), ("short", False), ("a" * 65, False), ("a b\nc" * 3, False)]
)
def test_a_callers_request_id_is_kept_where_it_is_harmless(written: list[str], offered: str, kept: bool) -> None:
    response = serve(RequestFactory().get("/", headers={"X-Request-ID": offered}), lambda request: HttpResponse())

    assert (response.headers["X-Request-ID"] == offered) is kept
    assert logs.REQUEST_ID.fullmatch(response.headers["X-Request-ID"])


def test_the_log_asks_the_database_nothing_of_its_own(written: list[str]) -> None:
    serve(RequestFactory().get("/p/opal/"), lambda request: HttpResponse())

    assert event(written)["actor"] is None
    assert event(written)["queries"] == 0


@pytest.mark.django_db
def test_the_line_names_who_asked_and_about_which_project(written: list[str], django_user_model: Any) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        request.user = django_user_model(id=42)
        request.resolver_match = type("Match", (), {"kwargs": {"slug": "opal"}, "view_name": "projects:overview"})()
        return HttpResponse()

    serve(RequestFactory().get("/p/opal/"), view)

    found = event(written)
    assert (found["actor"], found["project"], found["view"]) == (42, "opal", "projects:overview")

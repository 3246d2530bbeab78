"""A refusal is a sentence to a person and problem+json to a program."""

import json
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from psycopg import errors as postgres
from rest_framework import exceptions as rest
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from ui import problems
from ui.problems import Refusal, RefusalMiddleware, exception_handler, flat, problem_from


class LeaseLost(Refusal):
    """The item was given to somebody else."""

    title = "Too late"


class Gone(Refusal):
    status = HTTPStatus.GONE


def answer(error: Exception) -> tuple[HttpResponse, dict[str, Any]]:
    response = exception_handler(error, {"request": RequestFactory().get("/api/v1/items/7/")})
    assert isinstance(response, HttpResponse)
    return response, json.loads(response.content)


def database(cause: Exception) -> OperationalError:
    error = OperationalError("connection refused to host db.internal")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Http404("Item 7 of project secret"), 404),
        (PermissionDenied("because"), 403),
        (ValidationError("no"), 400),
        (SuspiciousOperation("x"), 400),
        (RequestDataTooBig("x"), 413),
        (rest.NotAuthenticated(), 401),
        (rest.NotFound(), 404),
        (rest.MethodNotAllowed("PUT"), 405),
        (rest.ParseError("x"), 400),
        (rest.UnsupportedMediaType("text/csv"), 415),
        (LeaseLost(), 409),
        (Gone("It is gone."), 410),
        (OperationalError("x"), 503),
        (InterfaceError("x"), 503),
        (database(postgres.DeadlockDetected()), 409),
        (database(postgres.SerializationFailure()), 409),
    ],
)
def test_every_refusal_is_a_problem_with_its_status(error: Exception, status: int) -> None:
    response, body = answer(error)

    assert response.status_code == status == body["status"]
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body["type"] == "about:blank"
    assert body["instance"] == "/api/v1/items/7/"
    assert body["title"]
    assert body["detail"]


def test_a_refusal_speaks_its_own_sentence_or_its_docstring() -> None:
    assert answer(LeaseLost())[1]["detail"] == "The item was given to somebody else."
    assert answer(LeaseLost("Ben has it now."))[1] == {
        "type": "about:blank",
        "title": "Too late",
        "status": 409,
        "detail": "Ben has it now.",
        "instance": "/api/v1/items/7/",
    }


def test_a_missing_object_does_not_say_what_is_missing() -> None:
    assert "secret" not in json.dumps(answer(Http404("Item 7 of project secret"))[1])


def test_our_own_mistakes_are_nobodys_problem() -> None:
    assert problem_from(KeyError("x")) is None
    assert exception_handler(KeyError("x"), {}) is None


def test_errors_are_listed_by_field() -> None:
    error = rest.ValidationError({"answers": [{}, {"winner": ["Choose one."]}], "slug": ["Taken.", "Too short."]})

    _, body = answer(error)

    assert body["errors"] == {"answers.1.winner": ["Choose one."], "slug": ["Taken.", "Too short."]}
    assert body["detail"] == "answers.1.winner: Choose one."


def test_errors_of_a_django_form_or_model_are_listed_by_field() -> None:
    assert answer(ValidationError({"name": ["Needed."]}))[1]["errors"] == {"name": ["Needed."]}
    assert answer(ValidationError(["One.", "Two."]))[1]["errors"] == {"__all__": ["One.", "Two."]}
    assert answer(LeaseLost("No.", errors={"name": ["Taken."]}))[1]["errors"] == {"name": ["Taken."]}


def test_flat_errors_of_nothing_are_nothing() -> None:
    assert flat({}) == {}
    assert flat("Plain.") == {"__all__": ["Plain."]}


def test_a_throttled_caller_is_told_when_to_come_back() -> None:
    response, body = answer(rest.Throttled(wait=11.2))

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "12"
    assert body["status"] == 429


def test_a_database_that_is_away_is_not_the_callers_fault_and_not_described() -> None:
    response, body = answer(database(postgres.ConnectionFailure("db.internal")))

    assert response.headers["Retry-After"] == "5"
    assert "db.internal" not in json.dumps(body)


class Doors(APIView):
    authentication_classes = ()
    permission_classes = ()
    raises: Exception = LeaseLost()

    def get(self, request: Any) -> Response:
        raise self.raises

    def post(self, request: Any) -> Response:
        Serializer(data=request.data).is_valid(raise_exception=True)
        return Response({})


@pytest.mark.parametrize(("error", "status"), [(LeaseLost(), 409), (OperationalError("x"), 503), (Http404(), 404)])
def test_the_api_shows_the_problem_whatever_the_view_raised(error: Exception, status: int) -> None:
    response = Doors.as_view(raises=error)(APIRequestFactory().get("/api/v1/x/"))

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"


def test_broken_json_is_a_problem() -> None:
    response = Doors.as_view()(APIRequestFactory().generic("POST", "/api/v1/x/", b"{", content_type="application/json"))

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was rendered: template, context and status, without the look of it."""
    seen: list[Any] = []

    def render(request: Any, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        seen.append((template, context, status))
        return HttpResponse(status=status)

    monkeypatch.setattr(problems, "render", render)
    return seen


def page(error: Exception, path: str = "/p/opal/label/") -> HttpResponse | None:
    return RefusalMiddleware(lambda request: HttpResponse()).process_exception(RequestFactory().get(path), error)


def test_a_refused_page_says_what_was_kept_and_where_to_go_on(shown: list[Any]) -> None:
    response = page(LeaseLost(kept="Your words are kept.", next_url="/p/opal/", next_label="Back to the project"))

    assert response is not None
    assert response.status_code == 409
    assert shown == [
        (
            "errors/refused.html",
            {
                "title": "Too late",
                "detail": "The item was given to somebody else.",
                "kept": "Your words are kept.",
                "next_url": "/p/opal/",
                "next_label": "Back to the project",
            },
            409,
        )
    ]


def test_a_page_without_its_database_asks_to_come_back(shown: list[Any]) -> None:
    response = page(OperationalError("x"))

    assert response is not None
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"


def test_a_plain_view_below_the_api_answers_a_problem(shown: list[Any]) -> None:
    response = page(LeaseLost(), "/api/v1/x/")

    assert response is not None
    assert response.headers["Content-Type"] == "application/problem+json"
    assert shown == []


def test_other_exceptions_of_a_page_are_left_to_django(shown: list[Any]) -> None:
    assert page(Http404()) is None
    assert page(KeyError("x")) is None


def test_the_page_of_a_refusal_exists_and_escapes_its_words() -> None:
    response = page(LeaseLost("<script>alert(1)</script>"))

    assert response is not None
    assert response.status_code == 409
    assert b"<script>alert(1)" not in response.content
    assert b"&lt;script&gt;alert(1)" in response.content

"""How we say no: a sentence to a person, problem+json (RFC 9457) to a program.

A service that cannot do what was asked raises a subclass of Refusal that is defined beside it. Pages show it through
RefusalMiddleware, the API through `exception_handler`; neither knows the rule behind it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.core.exceptions import ValidationError as FieldsRefused
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from psycopg import errors as postgres
from rest_framework import exceptions as rest

CONTENT_TYPE = "application/problem+json"
PAGE = "errors/refused.html"
RETRY_SECONDS = 5

Answer = TypeVar("Answer", bound=HttpResponse)
log = structlog.get_logger("goldpan.problems")


class Refusal(Exception):
    """Something that cannot be done; its text is a sentence to the person who asked.

    `kept` says what was not lost, `next_url` and `next_label` where to go on, `errors` which field is to blame.
    """

    status: int = HTTPStatus.CONFLICT
    title = "This cannot be done"
    retry_after: int | None = None  # seconds, where waiting helps
    errors: Mapping[str, str | list[str]]

    def __init__(
        self,
        sentence: str = "",
        *,
        kept: str = "",
        next_url: str = "",
        next_label: str = "",
        errors: Mapping[str, list[str]] | None = None,
    ) -> None:
        super().__init__(sentence or str(self.__doc__ or self.title).strip())
        self.kept = kept
        self.next_url = next_url
        self.next_label = next_label
        self.errors = dict(errors or {})


@dataclass(frozen=True)
class Problem:
    """What went wrong, before anybody decides how to show it."""

    status: int
    title: str
    detail: str
    errors: dict[str, list[str]] = field(default_factory=dict)
    retry_after: int | None = None
    kept: str = ""
    next_url: str = ""
    next_label: str = ""
    authenticate: str = ""

    def as_json(self, instance: str) -> dict[str, Any]:
        body = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
        }
        return {**body, "errors": self.errors} if self.errors else body


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponseBase | None:
    """REST framework's EXCEPTION_HANDLER; None for what is our own mistake."""
    problem = problem_from(error)
    request = context.get("request")
    return None if problem is None else problem_response(problem, request.path if request is not None else "")


def problem_response(problem: Problem, instance: str) -> JsonResponse:
    body = problem.as_json(instance)
    return _with_headers(JsonResponse(body, status=problem.status, content_type=CONTENT_TYPE), problem)


def problem_from(error: Exception) -> Problem | None:
    """What this exception says to whoever caused it, or None where nobody but us did."""
    return next((answer(error) for kinds, answer in ANSWERS if isinstance(error, kinds)), None)


def _from_refusal(error: Refusal) -> Problem:
    return Problem(
        status=int(error.status),
        title=error.title,
        detail=str(error),
        errors={name: [text] if isinstance(text, str) else list(text) for name, text in error.errors.items()},
        kept=error.kept,
        next_url=error.next_url,
        next_label=error.next_label,
        retry_after=error.retry_after,
    )


def _from_fields(error: FieldsRefused) -> Problem:
    by_field = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    return Problem(400, "Some values do not fit", _first(by_field), by_field)


def _from_rest(error: rest.APIException) -> Problem:
    title = HTTPStatus(error.status_code).phrase.capitalize()
    if isinstance(error, rest.ValidationError):
        by_field = flat(error.detail)
        return Problem(error.status_code, "Some values do not fit", _first(by_field), by_field)
    wait = getattr(error, "wait", None)
    return Problem(
        status=error.status_code,
        title=title,
        detail=str(error.detail),
        retry_after=None if wait is None else max(1, int(wait + 0.999)),
        authenticate=str(getattr(error, "auth_header", "") or ""),
    )


def flat(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors of a serializer by dotted field: {"answers.2.winner": ["…"]}."""
    if isinstance(detail, Mapping):
        pairs = [flat(value, f"{path}.{key}" if path else str(key)) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(value, Mapping | list) for value in detail):
        pairs = [flat(value, f"{path}.{index}" if path else str(index)) for index, value in enumerate(detail)]
    else:
        return {path or "__all__": [str(value) for value in (detail if isinstance(detail, list) else [detail])]}
    return {key: value for pair in pairs for key, value in pair.items() if value}


def _first(by_field: Mapping[str, list[str]]) -> str:
    """The first error as a sentence."""
    for name, sentences in by_field.items():
        for sentence in sentences:
            return sentence if name in ("__all__", "non_field_errors") else f"{name}: {sentence}"
    return "Some values do not fit."


def _from_database(error: Exception) -> Problem:
    if isinstance(error.__cause__, postgres.SerializationFailure | postgres.DeadlockDetected):
        return Problem(409, "Changed meanwhile", "Somebody changed the same thing at the same moment. Try again.")
    log.error("database unavailable", exc_info=error)
    sentence = "The database cannot be reached at the moment. Nothing was changed; try again in a few seconds."
    return Problem(503, "Not available", sentence, retry_after=RETRY_SECONDS)


def _with_headers(response: Answer, problem: Problem) -> Answer:
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    if problem.authenticate:
        response.headers["WWW-Authenticate"] = problem.authenticate
    return response


NOT_FOUND = Problem(404, "Not found", "There is nothing here, or nothing that you may see.")
NOT_ALLOWED = Problem(403, "Not allowed", "You may not do this here.")
TOO_LARGE = Problem(413, "Too large", "The request is larger than this server accepts.")
BAD_REQUEST = Problem(400, "Bad request", "The request could not be understood.")

ANSWERS: tuple[tuple[tuple[type[Exception], ...], Callable[[Any], Problem]], ...] = (
    ((Refusal,), _from_refusal),
    ((Http404,), lambda error: NOT_FOUND),
    ((PermissionDenied,), lambda error: NOT_ALLOWED),
    ((FieldsRefused,), _from_fields),
    ((rest.APIException,), _from_rest),
    ((RequestDataTooBig, TooManyFieldsSent), lambda error: TOO_LARGE),
    ((SuspiciousOperation,), lambda error: BAD_REQUEST),
    ((OperationalError, InterfaceError), _from_database),
)


class RefusalMiddleware:
    """Shows a Refusal, and a database that is away, as a page of our own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal | OperationalError | InterfaceError):
            return None  # Django has pages for the others
        problem = problem_from(error)
        return None if problem is None else problem_page(request, problem)


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as JSON below /api/, as a page elsewhere."""
    if request.path.startswith("/api/"):
        return problem_response(problem, request.path)
    shown = {
        "title": problem.title,
        "detail": problem.detail,
        "kept": problem.kept,
        "next_url": problem.next_url,
        "next_label": problem.next_label,
    }
    return _with_headers(render(request, PAGE, shown, status=problem.status), problem)

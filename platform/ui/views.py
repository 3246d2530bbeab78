"""Pages for what went wrong: a sentence to a person, problem+json to a program."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from ui.problems import BAD_REQUEST, NOT_ALLOWED, NOT_FOUND, Problem, problem_response

FAULT = Problem(500, "A fault of ours", "Something failed on our side and has been written down. Nothing was changed.")
OLD_PAGE = Problem(
    403, "The page is too old", "It was opened before you signed in or out. Nothing was changed; load it anew."
)
BARE = "<!doctype html><title>A fault of ours</title><h1>Something failed on our side</h1><p>Try again in a moment.</p>"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, BAD_REQUEST, "errors/400.html")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, NOT_ALLOWED, "errors/403.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same for what does not exist and for what this person may not see."""
    return _answer(request, NOT_FOUND, "errors/404.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, OLD_PAGE, "errors/csrf.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """Leans on as little as it can: whatever broke may break again."""
    if _wants_json(request):
        return problem_response(FAULT, request.path)
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    try:
        page: str = render_to_string("errors/500.html", {"request_id": request_id})
    except Exception:  # the page for faults must not have one
        page = BARE
    return HttpResponse(page, status=FAULT.status)


def _answer(request: HttpRequest, problem: Problem, template: str) -> HttpResponse:
    if _wants_json(request):
        return problem_response(problem, request.path)
    return render(request, template, status=problem.status)


def _wants_json(request: HttpRequest) -> bool:
    """Programs, and the scripts of our own pages."""
    return request.path.startswith("/api/") or request.headers.get("X-Requested-With") == "goldpan"

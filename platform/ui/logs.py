"""Logs that a machine can read and nobody can forge: JSON, one line per event, never the text of a response.

Everything outside printable ASCII is escaped, line breaks and colors of a terminal among it, so a path or a user name
cannot write a second line. Values under telling names are dropped; a traceback keeps places and types, and of the
message only its first line, because databases quote whole rows below it.
"""

import json
import logging
import logging.config
import re
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, cast

import structlog
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET = re.compile(
    r"password|passwd|secret|token(?!s\b|s_)|authorization|cookie|session|csrf|api_?key|answers?|\btext\b|_text|draft|body|prompt"
    r"|response_text|rationale|justification|comment",
    re.IGNORECASE,
)
GONE = "[not logged]"
LONGEST_VALUE = 2_000  # characters of one value
DEEPEST = 4
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(options: Mapping[str, Any]) -> None:
    """Django's LOGGING_CONFIG. Options: `level`, a name of the logging module."""
    level = str(options.get("level", "INFO")).upper()
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": formatter}},
            "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "line"}},
            "root": {"handlers": ["out"], "level": level},
            "loggers": {
                "django": {"handlers": [], "level": level, "propagate": True},
                "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
                "django.request": {"level": "ERROR"},  # the request line says the same of every 4xx
                "gunicorn.access": {"level": "WARNING"},
                # They write down what is asked and where, texts of people among it.
                "openai": {"level": "WARNING"},
                "httpx2": {"level": "WARNING"},
                "httpcore2": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[*shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def formatter() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, failure, scrub, line],
    )


def shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]


def scrub(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Drop what must not be in a log, at any depth."""
    return {key: GONE if SECRET.search(key) else _bounded(value, DEEPEST) for key, value in event.items()}


def _bounded(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth == 0:
        return f"[{type(value).__name__}]"
    if isinstance(value, Mapping):
        return {str(k): GONE if SECRET.search(str(k)) else _bounded(v, depth - 1) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_bounded(item, depth - 1) for item in list(value)[:100]]
    return _bounded(str(value), depth)


def failure(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """An exception as its type, the first line of its message and the places it came through."""
    found = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = _exception(found)
    if error is not None:
        kind, value, trace = error
        event["error"] = f"{kind.__module__}.{kind.__qualname__}"
        event["message"] = str(value).partition("\n")[0][:300]
        event["trace"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)[-30:]]
    return event


def _exception(found: Any) -> ExceptionInfo | None:
    if isinstance(found, BaseException):
        return type(found), found, found.__traceback__
    if found is True:
        found = sys.exc_info()
    if isinstance(found, tuple) and found[0] is not None:
        return cast(ExceptionInfo, found)
    return None


def line(logger: WrappedLogger, method: str, event: EventDict) -> str:
    return json.dumps(event, ensure_ascii=True, default=str)


class QueryCount:
    """Counts the statements of one request."""

    def __init__(self) -> None:
        self.total = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.total += 1
        return execute(*arguments)


class RequestLogMiddleware:
    """One line per request; its id is in every other line of the request and in the answer's X-Request-ID."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.log = structlog.get_logger("goldpan.request")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id, started, queries = request_id_of(request), time.perf_counter(), QueryCount()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        with counted(queries):
            response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        self.log.info(
            "request",
            method=request.method,
            path=shown_path(request),
            status=response.status_code,
            milliseconds=round(1000 * (time.perf_counter() - started), 1),
            queries=queries.total,
            **whereabouts(request),
        )
        structlog.contextvars.clear_contextvars()
        return response


def counted(queries: QueryCount) -> AbstractContextManager[None]:
    return connection.execute_wrapper(queries)


def request_id_of(request: HttpRequest) -> str:
    """The caller's id where it is harmless, else a new one."""
    offered = request.headers.get("X-Request-ID", "")
    return offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex


def shown_path(request: HttpRequest) -> str:
    """The path without the secret that opens something, where a link carries one."""
    secret = request.resolver_match.kwargs.get("token") if request.resolver_match else None
    return request.path.replace(str(secret), GONE) if secret else request.path


def whereabouts(request: HttpRequest) -> dict[str, Any]:
    """Who asked about what, as far as answering the request has told already: the log makes no query of its own."""
    match = request.resolver_match
    arguments = match.kwargs if match else {}
    user = getattr(request, "_cached_user", None) or request.__dict__.get("user")
    return {
        "actor": user.__dict__.get("id") if hasattr(user, "is_authenticated") and "id" in vars(user) else None,
        "project": arguments.get("slug") or arguments.get("project"),
        "view": match.view_name if match else None,
    }

"""Who may see how the machine is doing: someone on it, or a program with the operators' token."""

import hmac

from django.conf import settings
from django.http import HttpRequest

HERE = frozenset({"127.0.0.1", "::1"})


def is_operator(request: HttpRequest) -> bool:
    """True for a call from this machine that no proxy passed on, and for `Authorization: Bearer <METRICS_TOKEN>`."""
    return _is_from_here(request) or _has_token(request)


def _is_from_here(request: HttpRequest) -> bool:
    passed_on = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    return request.META.get("REMOTE_ADDR") in HERE and not passed_on


def _has_token(request: HttpRequest) -> bool:
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, expected)

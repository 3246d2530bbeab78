"""The site as a WSGI application inside a test's own transaction."""

from collections.abc import Callable, Iterable
from typing import Any

from django.test.client import ClientHandler


class InProcess:
    """What a server would call, without the server: the database connection stays the test's."""

    def __init__(self) -> None:
        self._handler = ClientHandler(enforce_csrf_checks=True)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        response = self._handler(environ)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return list(response)

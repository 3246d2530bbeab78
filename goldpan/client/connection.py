"""The one place that speaks HTTP: time-outs, another try where that is harmless, and problems as exceptions."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2

from goldpan.client.endpoints import Operation
from goldpan.client.errors import Problem, Unreachable, problem_of

Answer = TypeVar("Answer")
AWAY = frozenset({502, 503, 504})  # a proxy without a server, or a server without its database
TOO_MANY = 429
# Seconds. Freezing fixes what a release holds while it is asked for, and an upload is stored before it is answered.
TIMES = httpx2.Timeout(60.0, connect=5.0, write=60.0, pool=5.0)


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a call is tried, and how long it waits in between: doubling from `first`, in seconds.

    A server that names a longer pause than `longest` is taken at its word, and asked no more.
    """

    attempts: int = 5
    first: float = 0.5
    longest: float = 30.0

    def pause(self, attempt: int, asked_for: float | None) -> float:
        """Seconds after this attempt (from 1); spread out, so that many clients do not come back at one moment."""
        if asked_for is not None:
            return asked_for
        return min(self.longest, self.first * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311


class Connection:
    """A server and a token. May be used by several threads."""

    def __init__(self, base_url: str, token: str, *, retries: Retries, timeout: httpx2.Timeout) -> None:
        self._retries = retries
        self._http = httpx2.Client(
            base_url=base_url.rstrip("/"),
            headers={"Authorization": f"Token {token}", "Accept": "application/json", "User-Agent": "goldpan-client"},
            timeout=timeout,
            follow_redirects=False,  # which would show the token to whoever is led to
        )

    def close(self) -> None:
        self._http.close()

    def call(
        self,
        endpoint: Operation,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **names: Any,
    ) -> Any:
        """The JSON that the endpoint answers, None where it has nothing to say. Raises Problem and Unreachable."""

        def once() -> Any:
            answer = self._http.request(
                endpoint.method,
                endpoint.address(**names),
                params=_said(query),
                json=None if body is None else {name: value for name, value in body.items() if value is not None},
                headers=dict(headers or {}),
            )
            if not answer.is_success:
                raise _problem(answer)
            return answer.json() if answer.content else None

        return self._patiently(once, repeats=endpoint.repeats)

    def upload(self, endpoint: Operation, content: Any, size: int, *, query: Mapping[str, Any], **names: Any) -> Any:
        """Send a file's bytes as the body. It is tried again only where nothing of it can have been taken."""

        def once() -> Any:
            content.seek(0)
            answer = self._http.request(
                endpoint.method,
                endpoint.address(**names),
                params=_said(query),
                content=iter(lambda: content.read(2**18), b""),
                headers={"Content-Type": "application/octet-stream", "Content-Length": str(size)},
            )
            if not answer.is_success:
                raise _problem(answer)
            return answer.json()

        return self._patiently(once, repeats=endpoint.repeats)

    @contextmanager
    def stream(self, endpoint: Operation, *, headers: Mapping[str, str], **names: Any) -> Iterator[httpx2.Response]:
        """One try at an answer whose body is read in pieces, as it was sent. Raises Problem for one that says no."""
        asked = {"Accept": "*/*", "Accept-Encoding": "identity", **headers}
        with self._http.stream(endpoint.method, endpoint.address(**names), headers=asked) as answer:
            if not answer.is_success:
                raise _problem(answer)
            yield answer

    def patiently(self, once: Callable[[], Answer], *, reached: Callable[[], int]) -> Answer:
        """Do what may be repeated, again where the server was away; tries that got further than the one before are not
        counted. Raises what the last one raised."""
        return self._patiently(once, repeats=True, reached=reached)

    def _patiently(
        self, once: Callable[[], Answer], *, repeats: bool, reached: Callable[[], int] = lambda: 0
    ) -> Answer:
        attempt, before = 1, reached()
        while True:
            try:
                return once()
            except (httpx2.TransportError, Problem) as error:
                if (now := reached()) > before:
                    attempt, before = 1, now
                pause = self._retries.pause(attempt, error.retry_after if isinstance(error, Problem) else None)
                is_over = attempt >= self._retries.attempts or pause > self._retries.longest
                if is_over or not _is_worth_another_try(error, repeats=repeats):
                    raise _in_words(error, attempt) from error
            time.sleep(pause)
            attempt += 1


def _is_worth_another_try(error: httpx2.TransportError | Problem, *, repeats: bool) -> bool:
    """Whether another try may help and can do no harm: where something may have been done, only if doing it twice is
    doing it once."""
    if isinstance(error, Problem):
        return error.status == TOO_MANY or (repeats and error.status in AWAY)
    was_never_sent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    is_our_mistake = isinstance(error, httpx2.LocalProtocolError | httpx2.UnsupportedProtocol)
    return (was_never_sent or repeats) and not is_our_mistake


def _in_words(error: httpx2.TransportError | Problem, attempts: int) -> Exception:
    if isinstance(error, Problem):
        return error
    times = "once" if attempts == 1 else f"{attempts} times"
    return Unreachable(f"The server did not answer, tried {times}: {error or type(error).__name__}.")


def _problem(answer: httpx2.Response) -> Problem:
    try:
        answer.read()
        body = answer.json()
    except (ValueError, httpx2.TransportError):
        body = None
    return problem_of(answer.status_code, body, _seconds(answer.headers.get("Retry-After")))


def _seconds(said: str | None) -> float | None:
    return float(said) if said and said.isascii() and said.isdigit() and len(said) < 9 else None


def _said(query: Mapping[str, Any] | None) -> dict[str, str]:
    """Parameters as the API reads them; what is None is not sent."""
    given = {name: value for name, value in (query or {}).items() if value is not None}
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}

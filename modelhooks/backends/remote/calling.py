"""Requests sent together: at most so many at once, each tried again where that helps, all of them over in time.

Each request ends in an outcome: a value, or a reason and a sentence. Nothing a server says is quoted in a sentence,
since what it says may hold anything.
"""

import asyncio
import email.utils
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import httpx2

from modelhooks.backends.remote.breaker import Breaker
from modelhooks.backends.remote.endpoint import Endpoint
from modelhooks.backends.remote.purse import Entry, Purse, Spent
from modelhooks.backends.remote.transport import TooLarge, client
from modelhooks.contracts import Usage
from modelhooks.errors import Unavailable

# busy: it asked us to wait; broken: no whole answer came; late: a deadline passed; resting: the breaker is open;
# spent: the cap; refused: it will not answer this; too_large, unreadable: what came is no answer.
Reason = Literal["", "busy", "broken", "late", "resting", "spent", "refused", "too_large", "unreadable"]
Value = TypeVar("Value")

# What is the server's doing and not the question's: asked again later, it may answer.
AWAY: frozenset[Reason] = frozenset({"busy", "broken", "late", "resting"})

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
NOTHING = Usage()


class Unreadable(Exception):
    """What came back is not what such a server answers."""


@dataclass(frozen=True)
class Outcome(Generic[Value]):
    """What one request came to. `value` is None exactly where `reason` says why; `usage` counts every attempt."""

    value: Value | None
    usage: Usage = NOTHING
    reason: Reason = ""
    error: str = ""


@dataclass(frozen=True)
class Request(Generic[Value]):
    """How it is sent, what is made of the bytes of its answer (raises Unreadable), and the most that it can use."""

    send: Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]]
    read: Callable[[bytes], tuple[Value, Usage | None]]
    most: Usage = NOTHING


class _Failed(Exception):
    def __init__(self, reason: Reason, said: str, *, again: bool = False, wait: float | None = None) -> None:
        super().__init__(said)
        self.reason = reason
        self.said = said
        self.again = again
        self.wait = wait


class Caller:
    """Calls one endpoint. Breaker and purse are kept from call to call.

    With `raises_away` a call of which nothing came back, for no fault of the questions, raises Unavailable: a run waits
    then, instead of giving up item after item.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        purse: Purse | None = None,
        breaker: Breaker | None = None,
        raises_away: bool = False,
    ) -> None:
        self.raises_away = raises_away
        self.endpoint = endpoint
        self.purse = purse or Purse(endpoint.prices)
        self.breaker = breaker or Breaker(endpoint.limits.failures, endpoint.limits.rest_seconds)
        self._limits = endpoint.limits

    def paying_from(self, purse: Purse) -> "Caller":
        """The same caller, which spends no more than this purse holds."""
        return Caller(self.endpoint, purse=purse, breaker=self.breaker, raises_away=self.raises_away)

    def call(self, requests: Sequence[Request[Value]]) -> list[Outcome[Value]]:
        """One outcome for each, in their order, within `call_seconds`. Not to be called where an event loop runs."""
        outcomes = asyncio.run(self._call(requests)) if requests else []
        if self.raises_away and outcomes and all(one.reason in AWAY for one in outcomes):
            raise Unavailable(outcomes[0].error)
        return outcomes

    async def _call(self, requests: Sequence[Request[Value]]) -> list[Outcome[Value]]:
        ends = asyncio.get_running_loop().time() + self._limits.call_seconds
        slots = asyncio.Semaphore(self._limits.at_once)
        async with client(self.endpoint) as web:
            return await asyncio.gather(*(self._outcome(one, web, slots, ends) for one in requests))

    async def _outcome(
        self, request: Request[Value], web: httpx2.AsyncClient, slots: asyncio.Semaphore, call_ends: float
    ) -> Outcome[Value]:
        spent: list[Entry] = []
        try:
            async with asyncio.timeout_at(call_ends), slots:
                ends = min(call_ends, asyncio.get_running_loop().time() + self._limits.request_seconds)
                async with asyncio.timeout_at(ends):
                    value = await self._tries(request, web, spent, ends)
            return Outcome(value, _sum(spent))
        except TimeoutError:
            return Outcome(None, _sum(spent), "late", self._sentence("did not answer in time"))
        except _Failed as failed:
            return Outcome(None, _sum(spent), failed.reason, self._sentence(failed.said))

    async def _tries(self, request: Request[Value], web: httpx2.AsyncClient, spent: list[Entry], ends: float) -> Value:
        for number in range(self._limits.retries + 1):
            try:
                return await self._try(request, web, spent)
            except _Failed as failed:
                pause = _pause(number) if failed.wait is None else failed.wait
                is_last = number == self._limits.retries
                if not failed.again or is_last or asyncio.get_running_loop().time() + pause >= ends:
                    raise
            await asyncio.sleep(pause)
        raise AssertionError("The last attempt returns or raises.")

    async def _try(self, request: Request[Value], web: httpx2.AsyncClient, spent: list[Entry]) -> Value:
        """One attempt. Its line in the purse is the most it could use until it is known what it did."""
        try:
            with self.purse.set_aside(request.most) as entry:
                spent.append(entry)
                response = await self._sent(request, web, entry)
                return _read(request, response.content, entry)
        except Spent:
            raise _Failed("spent", "is not asked any more: the rest of what may be spent is too little") from None

    async def _sent(self, request: Request[Value], web: httpx2.AsyncClient, entry: Entry) -> httpx2.Response:
        """A whole answer with status 200. Tells the breaker how it went, however it went."""
        if not self.breaker.admits():
            entry.usage = NOTHING
            raise _Failed("resting", "is left alone for a while, because it failed too often in a row")
        entry.usage += Usage(requests=1)
        has_answered = False
        try:
            async with asyncio.timeout(self._limits.attempt_seconds):
                response = await request.send(web)
            has_answered = response.status_code < 500
        except TooLarge:
            has_answered = True
            raise _Failed("too_large", "answered with more than is read") from None
        except (TimeoutError, httpx2.TimeoutException):
            raise _Failed("late", "did not answer in time", again=True) from None
        except httpx2.ConnectError:
            entry.usage = Usage(requests=1)
            raise _Failed("broken", "cannot be reached", again=True) from None
        except httpx2.HTTPError:
            raise _Failed("broken", "broke off before its answer was whole", again=True) from None
        finally:
            (self.breaker.answered if has_answered else self.breaker.failed)()
        if response.status_code != httpx2.codes.OK:
            entry.usage = Usage(requests=1)
            raise _refusal(response)
        return response

    def _sentence(self, said: str) -> str:
        return f"The server “{self.endpoint.name}” {said}."


def _read(request: Request[Value], content: bytes, entry: Entry) -> Value:
    try:
        value, usage = request.read(content)
    except Unreadable as error:
        raise _Failed("unreadable", str(error) or "answered with something else than was asked for") from None
    if usage is not None:
        entry.usage = usage + Usage(requests=1)
    return value


def _refusal(response: httpx2.Response) -> _Failed:
    status = response.status_code
    if status in {httpx2.codes.TOO_MANY_REQUESTS, httpx2.codes.SERVICE_UNAVAILABLE}:
        return _Failed("busy", "had no time for this", again=True, wait=_asked_to_wait(response.headers))
    if status in {httpx2.codes.REQUEST_TIMEOUT, httpx2.codes.CONFLICT} or status >= 500:
        return _Failed("broken", f"failed with status {status}", again=True, wait=_asked_to_wait(response.headers))
    if 300 <= status < 400:
        return _Failed("refused", "points to another address, where nobody follows")
    return _Failed("refused", f"refused the request with status {status}")


def _asked_to_wait(headers: httpx2.Headers) -> float | None:
    """Seconds that Retry-After asks for, as a number or as a date; None where it asks for nothing readable."""
    said = headers.get("retry-after", "").strip()
    if said.replace(".", "", 1).isdecimal() and len(said) <= 12:
        return float(said)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _pause(number: int) -> float:
    """Twice as long each time, and somewhere between half of it and all, so that many do not come back at once."""
    longest: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2**number)
    return longest * (0.5 + secrets.randbelow(1000) / 2000)


def _sum(entries: Sequence[Entry]) -> Usage:
    return sum((entry.usage for entry in entries), NOTHING)

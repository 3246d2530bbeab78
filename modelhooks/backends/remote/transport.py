"""An HTTP client that reads no more than it was told to, follows nobody elsewhere and takes no advice from the
environment.
"""

from collections.abc import AsyncIterator

import httpx2

from modelhooks.backends.remote.endpoint import Endpoint

# A body that is packed can be a thousand times as large as what was counted.
UNPACKED = "identity"


class TooLarge(Exception):
    """The answer has more bytes than are read."""


class Bounded(httpx2.AsyncBaseTransport):
    """The usual transport, with answers cut off at a number of bytes."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, most: int) -> None:
        self._inner = inner
        self._most = most

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, its body still to be read. Raises TooLarge for one that says so, or that is packed."""
        response = await self._inner.handle_async_request(request)
        if self._is_refused(response.headers):
            await response.aclose()
            raise TooLarge
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        return httpx2.Response(
            status_code=response.status_code,
            headers=response.headers,
            stream=_Counted(stream, self._most),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()

    def _is_refused(self, headers: httpx2.Headers) -> bool:
        said = headers.get("content-length", "")
        is_packed = headers.get("content-encoding", UNPACKED).strip().lower() != UNPACKED
        return is_packed or (said.isdecimal() and int(said) > self._most)


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, most: int) -> None:
        self._inner = inner
        self._left = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            self._left -= len(piece)
            if self._left < 0:
                raise TooLarge
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


def client(endpoint: Endpoint) -> httpx2.AsyncClient:
    """A client for this endpoint. It has no timeouts of its own: whoever sends holds the deadline over all of it."""
    limits = httpx2.Limits(max_connections=endpoint.limits.at_once)
    inner = httpx2.AsyncHTTPTransport(trust_env=False, limits=limits)
    return httpx2.AsyncClient(
        transport=Bounded(inner, endpoint.limits.response_bytes),
        headers={"accept-encoding": UNPACKED},
        timeout=None,
        follow_redirects=False,
        trust_env=False,
    )

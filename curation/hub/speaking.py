"""The one door to the Hub: it says the token to the Hub's own origin alone, reads a bounded answer, follows nobody.

Nothing that the Hub answers is quoted: only its status is told, in our own words.
"""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

TIMES = httpx2.Timeout(30.0, connect=10.0)  # seconds for one connection, one read, one write
LONGEST = 120.0  # seconds until an answer has to be read
MOST_READ = 8 * 2**20  # bytes of one answer
PIECE = 2**20
UNPACKED = "identity"


class Away(Exception):
    """It does not answer, or answers that it cannot now. Trying again may help."""


class Refused(Exception):
    """It answered no; the text says what to do."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Hub:
    """Connections to one Hub with one token."""

    def __init__(self, endpoint: str, token: str) -> None:
        self._endpoint = endpoint
        self._token = token
        inner = httpx2.HTTPTransport(trust_env=False)
        self._client = httpx2.Client(
            transport=inner,
            headers={"accept-encoding": UNPACKED},
            timeout=TIMES,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str) -> Any:
        """What stands at this path. Raises Away and Refused."""
        return self._asked("GET", self._endpoint + path)

    def post(self, path: str, said: Any) -> Any:
        """What it answers to this, sent as JSON. Raises Away and Refused."""
        return self._asked("POST", self._endpoint + path, json=said)

    def post_form(self, path: str, said: Mapping[str, Any]) -> Any:
        """The same, sent as a form."""
        return self._asked("POST", self._endpoint + path, data=dict(said))

    def post_lines(self, path: str, lines: Iterator[dict[str, Any]]) -> Any:
        """The same, sent as one JSON object a line."""
        content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        return self._asked(
            "POST", self._endpoint + path, content=content, headers={"content-type": "application/x-ndjson"}
        )

    def post_large(self, path: str, said: Any) -> Any:
        """The same in the words of git's large files."""
        kind = "application/vnd.git-lfs+json"
        headers = {"accept": kind, "content-type": kind}
        return self._asked("POST", self._endpoint + path, content=json.dumps(said).encode(), headers=headers)

    def verify(self, address: str, said: Any) -> None:
        """Ask whether a large file arrived, where the Hub said to ask. The token goes to its own origin alone."""
        if _origin(address) != _origin(self._endpoint):
            raise Refused("The Hub names another host to ask whether a file arrived. Nothing was sent there.", 0)
        self._asked("POST", address, json=said)

    def put(self, address: str, file: Path, size: int) -> None:
        """Send a large file where the Hub said, without the token: https, or the Hub's own origin."""
        if urlsplit(address).scheme != "https" and _origin(address) != _origin(self._endpoint):
            raise Refused("The Hub names an address for a file that is not https. Nothing was sent there.", 0)
        self._asked("PUT", address, is_known=False, content=_pieces(file), headers={"content-length": str(size)})

    def _asked(self, method: str, address: str, *, is_known: bool = True, **options: Any) -> Any:
        headers = dict(options.pop("headers", {}))
        if is_known:
            headers["authorization"] = f"Bearer {self._token}"
        try:
            with self._client.stream(method, address, headers=headers, **options) as response:
                if not is_known and response.status_code in range(400, 500):
                    raise Away(f"The store of large files answered {response.status_code}.")  # its address ran out
                _require_good(response.status_code)
                body = _read(response)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Away(f"The Hub could not be reached, or did not answer in time ({type(error).__name__}).") from None
        return _parsed(body) if is_known else None


def _require_good(status: int) -> None:
    if status in range(200, 300):
        return
    if status == 429 or status >= 500:
        raise Away(f"The Hub answered {status}.")
    if status in range(300, 400):
        raise Refused(
            f"The Hub answered {status}: the repository has moved, and nobody is followed. Name its new place.", status
        )
    if status in (401, 403):
        raise Refused(
            f"The Hub answered {status}: the token of this deployment is wrong, or may not write there. "
            "Whoever runs it sets GOLDPAN_HUB_TOKEN.",
            status,
        )
    if status == 404:
        raise Refused("The Hub answered 404: there is no such repository, or the token may not see it.", status)
    raise Refused(f"The Hub answered {status} and took nothing.", status)


def _read(response: httpx2.Response) -> bytes:
    if response.headers.get("content-encoding", UNPACKED) != UNPACKED:
        raise Away("The Hub packed its answer, which was not asked for.")
    end, body = time.monotonic() + LONGEST, b""
    for piece in response.iter_raw():
        body += piece
        if len(body) > MOST_READ or time.monotonic() > end:
            raise Away("The answer of the Hub has no end.")
    return body


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body) if body.strip() else None
    except ValueError:
        return None  # such as the OK of a tag; whoever needs more says that it is missing


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece


def _origin(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)

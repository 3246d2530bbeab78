"""The one door through which files leave, for pages and programs alike: stored ones whole, in parts, or not again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import structlog
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)

from ui.conditions import Part, names, part_of

log = structlog.get_logger(__name__)

BLOCK = 2**18
YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that never changes: where it lies, how large it is in bytes, and its digest, which is its entity tag.

    `content_type` is ours and never the sender's; `name` is what a browser calls it, of signs that a header can hold.
    `address` is where it is fetched for a short while, if it does not lie here; such a file has no `path` to read.
    """

    path: Path
    size: int
    digest: str
    content_type: str
    name: str
    address: str = ""


def download(request: HttpRequest, file: Stored, *, keeps: bool) -> HttpResponseBase:
    """A file, a part of it, or the news that it has not changed. It never does: its address names its content.

    Answers 304, 206, 412 and 416 as RFC 9110 has them; several ranges at once get the whole file. A browser that is
    led to the address saves the file and runs nothing in it; a page may show it as a picture, sound or film.

    `keeps` lets the receiver keep it for good. What a page shows stays as little on a shared computer as the page
    itself (AB-27): without `keeps` nothing is stored, and every request asks anew who may see it.
    """
    etag = f'"{file.digest}"'
    response = _answer(request, file, etag)
    if response.status_code == HTTPStatus.FOUND:  # the address is a key for a few minutes, and nobody may keep it
        response.headers["Cache-Control"] = "private, no-store"
        return response
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    if keeps:
        response.headers["Cache-Control"] = f"private, immutable, max-age={YEAR}"
    if response.status_code in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        response.headers["Content-Type"] = file.content_type
        response.headers["Content-Encoding"] = "identity"  # packed on the way, no part of it could be asked for
        response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _answer(request: HttpRequest, file: Stored, etag: str) -> HttpResponseBase:
    wanted = request.headers.get("If-Match")
    if wanted is not None and not names(wanted, etag, weakly=False):
        return HttpResponse(status=HTTPStatus.PRECONDITION_FAILED)
    known = request.headers.get("If-None-Match")
    if known is not None and names(known, etag, weakly=True):
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    part = _part(request, file, etag)
    if part is Part.OUTSIDE:
        unsatisfied = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        unsatisfied.headers["Content-Range"] = f"bytes */{file.size}"
        return unsatisfied
    return _body(request, file, part if isinstance(part, range) else None)


def _part(request: HttpRequest, file: Stored, etag: str) -> range | Part:
    asked = request.headers.get("Range")
    if asked is None or request.method != "GET":
        return Part.WHOLE
    unless = request.headers.get("If-Range")
    return Part.WHOLE if unless is not None and unless.strip() != etag else part_of(asked, file.size)


def _body(request: HttpRequest, file: Stored, part: range | None) -> HttpResponseBase:
    if file.address and request.method != "HEAD":  # which we answer: an address signed for GET takes nothing else
        return HttpResponseRedirect(file.address)
    wanted = range(file.size) if part is None else part
    if not file.address and not file.path.is_file():
        log.error("file.gone", digest=file.digest)
        raise Http404("This file is gone from the server.")
    status = HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(status=status)
    else:
        response = StreamingHttpResponse(_blocks(file.path, wanted), status=status)
    response.headers["Content-Length"] = str(len(wanted))
    if part is not None:
        response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{file.size}"
    return response


def _blocks(path: Path, wanted: range) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(wanted.start)
        left = len(wanted)
        while left and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block


def written(lines: Iterable[str], *, name: str, content_type: str) -> HttpResponseBase:
    """What is no stored file, written while it is read. `name` is of signs that a header can hold."""
    response = StreamingHttpResponse(lines, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

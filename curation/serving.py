"""The one door through which files of releases leave, for pages and programs alike."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import structlog
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from curation import store
from curation.conditions import Part, names, part_of
from curation.models import Release, ReleaseFile

log = structlog.get_logger(__name__)

BLOCK = 2**18
YEAR = 31_536_000


def download(request: HttpRequest, release: Release, file: ReleaseFile) -> HttpResponseBase:
    """A file, a part of it, or the news that it has not changed. It never does: its address names one release.

    Answers 304, 206, 412 and 416 as RFC 9110 has them; several ranges at once get the whole file.
    """
    etag = f'"{file.digest}"'
    response = _answer(request, file, etag)
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = f"private, immutable, max-age={YEAR}"
    if response.status_code in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        response.headers["Content-Type"] = file.media_type
        response.headers["Content-Encoding"] = "identity"  # packed on the way, no part of it could be asked for
        response.headers["Content-Disposition"] = f'attachment; filename="{_name(release, file)}"'
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _answer(request: HttpRequest, file: ReleaseFile, etag: str) -> HttpResponseBase:
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


def _part(request: HttpRequest, file: ReleaseFile, etag: str) -> range | Part:
    asked = request.headers.get("Range")
    if asked is None or request.method != "GET":
        return Part.WHOLE
    unless = request.headers.get("If-Range")
    return Part.WHOLE if unless is not None and unless.strip() != etag else part_of(asked, file.size)


def _body(request: HttpRequest, file: ReleaseFile, part: range | None) -> HttpResponseBase:
    wanted = range(file.size) if part is None else part
    path = store.path_of(file)
    if not path.is_file():
        log.error("release.file_gone", file=file.pk)
        raise Http404("This file is gone from the server.")
    status = HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(status=status)
    else:
        response = StreamingHttpResponse(_blocks(path, wanted), status=status)
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


def _name(release: Release, file: ReleaseFile) -> str:
    """What a browser calls the file. Slug, number and our own paths hold no sign that a header could not."""
    return f"{release.project.slug}-{release.number}-{file.path.replace('/', '-')}"

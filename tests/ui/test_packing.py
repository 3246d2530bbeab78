"""Pages leave compressed, and nothing else does."""

import gzip
from collections.abc import Callable

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from ui.packing import PackPagesMiddleware

LONG = "<p>The same again.</p>" * 100


def answered(response: HttpResponse | StreamingHttpResponse, accepts: str = "gzip") -> HttpResponse:
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepts})
    found: Callable[..., HttpResponse] = PackPagesMiddleware(lambda _: response)
    return found(request)


def test_a_page_leaves_compressed_and_says_that_it_depends() -> None:
    answer = answered(HttpResponse(LONG))

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert gzip.decompress(answer.content).decode() == LONG


def test_a_browser_that_does_not_take_it_gets_the_page_as_it_is() -> None:
    assert answered(HttpResponse(LONG), accepts="identity").content.decode() == LONG


@pytest.mark.parametrize("kind", ["application/octet-stream", "application/json", "image/png", "text/plain", ""])
def test_nothing_but_pages_is_compressed(kind: str) -> None:
    assert "Content-Encoding" not in answered(HttpResponse(LONG, content_type=kind)).headers


def test_what_streams_is_left_alone() -> None:
    assert "Content-Encoding" not in answered(StreamingHttpResponse(iter([LONG]), content_type="text/html")).headers


def test_the_site_does_it(db: None) -> None:
    answer = Client().get("/accounts/login/", headers={"Accept-Encoding": "gzip"}, follow=True)

    assert answer.headers["Content-Encoding"] == "gzip"

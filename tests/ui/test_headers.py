"""AB-27: no page is kept, neither in the browser nor on the way."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from ui.headers import PRIVATE, PrivateMiddleware


@pytest.mark.parametrize("path", ["/sign-in/", "/livez", "/api/v1/projects/", "/nowhere/", "/me/"])
def test_ab_27_every_answer_of_a_view_is_private(db: None, path: str) -> None:
    answer = Client().get(path)

    assert answer.headers["Cache-Control"] == PRIVATE


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("public, max-age=600", PRIVATE),
        ("private, max-age=31536000, immutable", "private, max-age=31536000, immutable"),
    ],
)
def test_only_what_never_changes_may_be_kept(said: str, kept: str) -> None:
    middleware = PrivateMiddleware(lambda request: HttpResponse(headers={"Cache-Control": said}))

    assert middleware(RequestFactory().get("/")).headers["Cache-Control"] == kept


def test_every_page_tells_the_browser_what_it_never_needs(db: None) -> None:
    headers = Client().get("/sign-in/").headers

    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]

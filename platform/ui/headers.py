"""What every answer tells the browser, whatever the view forgot."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

PRIVATE = "private, no-store"
POLICY = {
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class PrivateMiddleware:
    """No answer of a view is kept by a cache, neither in the browser nor on the way, unless it can never change.

    So the back button after signing out shows nothing, and nobody's page is served to somebody else. Static files do
    not come by here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "immutable" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = PRIVATE
        for name, value in POLICY.items():
            response.headers.setdefault(name, value)
        return response

"""Pages leave compressed where the browser takes that: half of them is markup that repeats itself.

Only pages. A release's files answer ranges, which a compressed answer cannot, and media are compressed already. What a
page repeats of its address says nothing of its secrets: the CSRF token is masked anew in every answer, and Django pads
the answer by a random length.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PackPagesMiddleware(GZipMiddleware):
    """GZip for HTML that is whole."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        packed: HttpResponseBase = super().process_response(request, response)
        return packed

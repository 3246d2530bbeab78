"""The files that items show."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from annotation import access, serving
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest


@in_project(Right.BELONG)
@require_safe
def media(request: HtmxRequest, place: Place, sha256: str) -> HttpResponseBase:
    """A picture, sound or film, whole or in parts."""
    return serving.download(request, access.media(place, sha256))


@in_project(Right.BELONG)
@require_safe
def thumbnail(request: HtmxRequest, place: Place, sha256: str) -> HttpResponseBase:
    """A picture made small."""
    return serving.thumbnail(request, access.media(place, sha256))

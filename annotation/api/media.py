"""The files that items show."""

from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.urls import reverse
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from annotation import access, serving
from annotation.api.bodies import file_of
from annotation.api.shapes.media import MediaShape
from annotation.media.inside.table import TYPES
from annotation.models import Media
from annotation.services import media
from projects.access import Place, Right
from projects.api.files import AsItIs, file_operation
from projects.api.operations import operation
from projects.api.views import TokenView

BINARY = {"type": "string", "format": "binary"}
BODY = {
    "application/octet-stream": BINARY,
    "multipart/form-data": {"type": "object", "properties": {"file": BINARY}, "required": ["file"]},
}


class MediaUpload(TokenView):
    access_rule = {"POST": Right.OWN}
    scopes = {"POST": Scope.WRITE}
    parser_classes = [MultiPartParser]

    @operation(
        summary="Take a file that items will show",
        name="media_create",
        body=BODY,
        answers={201: MediaShape},
        problems=(404, 411, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Takes one picture, sound or film as the body or as a form's `file`; what it is, its bytes say.

        Kept is a cleaned copy, once per project; a file that no item shows is removed a day after it was last sent.
        """
        place = self.place(slug)
        upload, _ = file_of(request, settings.MAX_MEDIA_BYTES)
        kept = media.upload(place, source=upload)
        shown = media_of(place, kept)
        return Response(shown, status=201, headers={"Location": shown["url"]})


class MediaFile(TokenView):
    access_rule = {"GET": Right.BELONG}
    content_negotiation_class = AsItIs

    @file_operation("A file that items show", "media_file", sorted({one.content_type for one in TYPES.values()}))
    def get(self, request: Request, slug: str, sha256: str) -> HttpResponseBase:
        """The bytes as kept, whole or in parts. An annotator gets those of items that they have held."""
        return serving.download(request._request, access.media(self.place(slug), sha256))


def media_of(place: Place, one: Media) -> dict[str, Any]:
    """A file as JSON."""
    return {
        "sha256": one.sha256,
        "kind": one.kind,
        "type": one.type,
        "size": one.size,
        "width": one.width,
        "height": one.height,
        "seconds": one.seconds,
        "url": reverse("api-media-file", args=[place.project.slug, one.sha256]),
    }

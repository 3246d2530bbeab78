"""Pictures, sound and films on their way to the pages and programs that show them."""

from django.http import Http404, HttpRequest, HttpResponseBase

from annotation.media import files
from annotation.media.inside.table import TYPES
from annotation.models import Media
from ui import downloads


def download(request: HttpRequest, media: Media) -> HttpResponseBase:
    """The file as kept, under the type of our table."""
    known = TYPES[media.type]
    path = files.path_of(media.project_id, media.sha256)
    name = f"{media.sha256[:12]}.{known.ending}"
    stored = downloads.Stored(path, media.size, media.sha256, known.content_type, name)
    return downloads.download(request, stored, keeps=False)


def thumbnail(request: HttpRequest, media: Media) -> HttpResponseBase:
    """The small version of a picture; sound and films have none, which is a 404."""
    path = files.thumbnail_of(media.project_id, media.sha256)
    size = files.size_of(path)
    if size is None:
        raise Http404
    stored = downloads.Stored(path, size, f"{media.sha256}-small", "image/webp", f"{media.sha256[:12]}-small.webp")
    return downloads.download(request, stored, keeps=False)

"""Files of releases on their way out."""

from django.http import HttpRequest, HttpResponseBase

from curation import store
from curation.models import Release, ReleaseFile
from ui import downloads


def download(request: HttpRequest, release: Release, file: ReleaseFile) -> HttpResponseBase:
    """A file of a frozen release, as `ui.downloads` sends it: its address names one release, which never changes."""
    stored = downloads.Stored(store.path_of(file), file.size, file.digest, file.media_type, _name(release, file))
    return downloads.download(request, stored, keeps=True)


def _name(release: Release, file: ReleaseFile) -> str:
    """What a browser calls the file. Slug, number and our own paths hold no sign that a header could not."""
    return f"{release.project.slug}-{release.number}-{file.path.replace('/', '-')}"

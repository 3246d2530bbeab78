"""Files of releases on their way out."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase

from curation import store
from curation.models import Release, ReleaseFile
from curation.queries.releases import instead_of
from ui import downloads
from ui.problems import Refusal


class Withdrawn(Refusal):
    """The release was withdrawn, because something was removed from it."""

    status = HTTPStatus.GONE
    title = "This release was withdrawn"


def require_files(release: Release) -> None:
    """Raise Withdrawn where its files were taken away."""
    if release.withdrawn_at:
        instead = instead_of(release)
        named = f" Release {instead.number} ({instead.pk}) stands in its place." if instead else ""
        raise Withdrawn(f"Something was removed from release {release.number}, and its files are gone.{named}")


def download(request: HttpRequest, release: Release, file: ReleaseFile) -> HttpResponseBase:
    """A file of a frozen release that stands, as `ui.downloads` sends it: its address names one release, which never
    changes. Raises Withdrawn."""
    require_files(release)
    name = _name(release, file)
    address = store.elsewhere(file, name)
    stored = downloads.Stored(store.path_of(file), file.size, file.digest, file.media_type, name, address)
    return downloads.download(request, stored, keeps=True)


def _name(release: Release, file: ReleaseFile) -> str:
    """What a browser calls the file. Slug, number and our own paths hold no sign that a header could not."""
    return f"{release.project.slug}-{release.number}-{file.path.replace('/', '-')}"

"""Objects of this floor, found only through their project. Each function returns one or raises 404."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from curation.models import Release, ReleaseFile
from projects.access import Place


def release(place: Place, release_id: UUID) -> Release:
    """A release of this project, with its job."""
    return get_object_or_404(Release.objects.select_related("job", "created_by"), pk=release_id, project=place.project)


def numbered(place: Place, number: int) -> Release:
    """The same by its number in the project, as pages name it."""
    return get_object_or_404(Release.objects.select_related("job", "created_by"), number=number, project=place.project)


def file(found: Release, path: str) -> ReleaseFile:
    """A file of a release, by the path that its row has; the path is compared, never opened."""
    if "\x00" in path:  # which the database would not even compare
        raise Http404
    return get_object_or_404(ReleaseFile, release=found, path=path)

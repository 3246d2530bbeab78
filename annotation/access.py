"""Objects of the annotation floor, found only through their project. Each function returns one or raises 404."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from annotation.models import Annotation, Import, Item, Lease
from projects.access import Place, Right


def item(place: Place, item_id: int) -> Item:
    """An item of this project, for those who may view items. Annotators meet items through their leases only."""
    _require(place, Right.VIEW)
    return get_object_or_404(Item, pk=item_id, project=place.project)


def lease(place: Place, lease_id: UUID) -> Lease:
    """This person's own lease in this project, whatever became of it, with its item."""
    return get_object_or_404(
        Lease.objects.select_related("item"), pk=lease_id, project=place.project, annotator=place.user
    )


def import_(place: Place, import_id: UUID) -> Import:
    """An import of this project with its job, for those who may import."""
    _require(place, Right.OWN)
    return get_object_or_404(Import.objects.select_related("job"), pk=import_id, project=place.project)


def annotation(place: Place, annotation_id: int) -> Annotation:
    """An annotation of this project: one's own, or anybody's for those who may view."""
    found = Annotation.objects.filter(project=place.project).select_related("item", "form")
    if not place.may_view:
        found = found.filter(author=place.user)
    return get_object_or_404(found, pk=annotation_id)


def _require(place: Place, right: Right) -> None:
    if not place.may(right):
        raise Http404

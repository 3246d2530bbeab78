"""Objects of the annotation floor, found only through their project. Each function returns one or raises 404."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404

from annotation.media.files import is_digest
from annotation.models import (
    Annotation,
    CriterionProposal,
    Discard,
    Form,
    Import,
    Item,
    Lease,
    Media,
    Note,
    Rubric,
    RubricVersion,
)
from projects.access import Place, Right


def item(place: Place, item_id: int) -> Item:
    """An item of this project, for those who may view items. Annotators meet items through their leases only."""
    _require(place, Right.VIEW)
    return get_object_or_404(Item.objects.select_related("project"), pk=item_id, project=place.project)


class ToRead(NamedTuple):
    """An item, whether it was ever taken out, and the newest version of the project's form, if there is any."""

    item: Item
    was_discarded: bool
    form_id: int | None


def item_to_read(place: Place, item_id: int) -> ToRead:
    """The same with what its page asks beside it, for the price of one query."""
    _require(place, Right.VIEW)
    told = Exists(Discard.objects.filter(item=OuterRef("pk")))
    form = Form.objects.filter(project=OuterRef("project")).order_by("-version").values("pk")[:1]
    items = Item.objects.select_related("project").annotate(was_discarded=told, form_in_force=Subquery(form))
    found = get_object_or_404(items, pk=item_id, project=place.project)
    beside = vars(found)  # which its type does not know
    return ToRead(found, bool(beside["was_discarded"]), beside["form_in_force"])


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


def note(place: Place, note_id: int) -> Note:
    """A note that somebody left for this person in this project."""
    return get_object_or_404(Note, pk=note_id, project=place.project, to=place.user)


def media(place: Place, sha256: str) -> Media:
    """A file of this project: any, for those who may view items, else one that an item shows which they have held."""
    if not is_digest(sha256):
        raise Http404
    found = Media.objects.filter(project=place.project, sha256=sha256)
    if not place.may_view:
        held = Lease.objects.filter(annotator=place.user, item__media_shown__media=OuterRef("pk"))
        found = found.filter(Exists(held))
    return get_object_or_404(found)


def rubric(place: Place, number: int) -> Rubric:
    """A rubric of this project's library. Annotators meet what is published where they label."""
    _require(place, Right.VIEW)
    found = Rubric.objects.filter(project=place.project, number=number)
    return get_object_or_404(found.select_related("item", "created_by"))


def rubric_version(place: Place, number: int, version: int) -> RubricVersion:
    """A version of a rubric, with its rubric and what it was made from."""
    _require(place, Right.VIEW)
    found = RubricVersion.objects.filter(rubric__project=place.project, rubric__number=number, number=version)
    return get_object_or_404(found.select_related("rubric__item", "rubric__project", "created_by", "parent__rubric"))


def proposal(place: Place, proposal_id: int) -> CriterionProposal:
    """A criterion that somebody of this project proposed."""
    _require(place, Right.CURATE)
    found = CriterionProposal.objects.select_related("by", "decided_by", "version__rubric")
    return get_object_or_404(found, pk=proposal_id, project=place.project)


def _require(place: Place, right: Right) -> None:
    if not place.may(right):
        raise Http404

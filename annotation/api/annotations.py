"""Annotations: reading them, and adding those that were made elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from annotation import acceptances, access, numbering
from annotation.acceptances import Accepted
from annotation.api.shapes import items as shapes
from annotation.kinds import KINDS
from annotation.models import Annotation
from annotation.queries.forms import questions_of
from annotation.services import annotations
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import page_shape, page_together
from projects.api.views import TokenView


class Annotations(TokenView):
    access_rule = {"GET": Right.VIEW, "POST": Right.OWN}
    scopes = {"POST": Scope.WRITE}

    @operation(
        summary="The annotations",
        name="annotations_list",
        query=shapes.AnnotationQuery,
        answers={200: page_shape(shapes.AnnotationShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Everybody's, people's and imported ones, in the order in which they were stored."""
        place = self.place(slug)
        return page_together(request, self.query, self._found(place), lambda found: annotations_of(place, found))

    @operation(
        summary="Add an annotation made elsewhere",
        name="annotations_create",
        body=shapes.AnnotationBody,
        answers={201: shapes.AnnotationShape},
        problems=(404, 413, 415, 422),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Kept under the name it came with, never as a person's of this installation. Whole files: `imports/`.

        A second one of the same name for the same item supersedes the first.
        """
        place = self.place(slug)
        body = self.body()
        added = annotations.add_imported(
            place,
            item=_item(place, body["item"]),
            imported_name=body["imported_name"],
            answers=body["answers"],
            source=body.get("source", {}),
        )
        address = reverse("api-annotation", kwargs={"annotation_id": added.pk})
        return Response(annotation_of(place, added), status=201, headers={"Location": address})

    def _found(self, place: Place) -> Any:
        found = Annotation.objects.filter(project=place.project).select_related("author", "form")
        if self.query["current"]:
            found = found.current()
        if "item" in self.query:
            found = found.filter(item_id=self.query["item"])
        if "author" in self.query:
            found = found.filter(author_id=self.query["author"])
        if "imported_name" in self.query:
            found = found.filter(imported_name=self.query["imported_name"])
        return found


class OneAnnotation(TokenView):
    access_rule = {"GET": Right.BELONG}

    @operation(summary="An annotation", answers={200: shapes.AnnotationShape}, problems=(404,))
    def get(self, request: Request, annotation_id: int) -> Response:
        """Anybody's for those who may view; to an annotator, one's own and in the order that was shown."""
        place = self.place_of(Annotation.objects.filter(pk=annotation_id).values("project_id"))
        found = access.annotation(place, annotation_id)
        return Response(annotations_of(place, [found])[0] if place.may_view else own_annotation_of(place, found))


def annotations_of(place: Place, found: Sequence[Annotation]) -> list[dict[str, Any]]:
    """Annotations as JSON, and which of them stand without a person."""
    accepted = acceptances.by_annotation(place.project, {one.item_id for one in found if one.run_id})
    return [annotation_of(place, one, accepted.get(one.pk)) for one in found]


def annotation_of(place: Place, one: Annotation, accepted: Accepted | None = None) -> dict[str, Any]:
    """An annotation as JSON, in the item's own response order."""
    return {
        "id": one.pk,
        "project": place.project.slug,
        "item": one.item_id,
        "form_version": one.form.version,
        "annotator": {"person": one.author_id, "run": one.run_id, "name": one.annotator},
        "answers": one.answers,
        "order": "item",
        "shown": one.shown,
        "seconds": one.seconds,
        "guideline_version": one.guideline_version,
        "source": one.source,
        "supersedes": one.supersedes_id,
        "reason": one.reason,
        "accepted": accepted._asdict() if accepted else None,
        "created_at": one.created_at,
    }


def own_annotation_of(place: Place, one: Annotation) -> dict[str, Any]:
    """The same for an annotator. The item's order would tell which response came first in the file."""
    first = {"first": _as_shown(one, one.source["first"])} if "first" in one.source else {}
    return {
        **annotation_of(place, one),
        "item": numbering.number_of(place, one.item_id),
        "answers": _as_shown(one, one.answers),
        "order": "shown",
        "shown": None,
        "source": {**one.source, **first},
    }


def _as_shown(one: Annotation, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        question.key: KINDS[question.kind].to_shown_order(answers[question.key], one.shown)
        for question in questions_of(one.form_id)
        if question.key in answers
    }


def _item(place: Place, item_id: int) -> Any:
    try:
        return access.item(place, item_id)
    except Http404:
        raise ValidationError({"item": ["The project has no item with this number."]}) from None

"""Asking models about the items of a project."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.queries.items import STATES, Filters
from annotation.services import prelabels
from annotation.services.prelabels import MOST, Wishes
from modelhooks import access
from modelhooks.api.runs import listed_run_of, queued
from modelhooks.api.shapes import RunReport, RunShape
from modelhooks.models import Run
from modelhooks.queries.usage import with_cost
from projects.access import Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.strict import IdField, StrictSerializer
from projects.api.views import TokenView


class FiltersBody(StrictSerializer):
    """As the list of items takes them."""

    state = serializers.ChoiceField(STATES, required=False)
    tag = serializers.CharField(max_length=200, required=False, allow_blank=True)
    key = serializers.CharField(max_length=200, required=False, allow_blank=True)
    import_id = serializers.UUIDField(required=False)


class RunBody(StrictSerializer):
    checkpoint = IdField(help_text="The id of a checkpoint that can answer the question.")
    question = serializers.CharField(max_length=40, help_text="The key of a question of the form in force.")
    filters = FiltersBody(required=False)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=MOST)
    wishes = serializers.DictField(
        required=False,
        help_text="What may be chosen about the answers: "
        + "; ".join(f"{name}: {one.title}" for name, one in Wishes.model_fields.items()),
    )


class Runs(TokenView):
    access_rule = {"GET": Right.VIEW, "POST": Right.CURATE}

    @operation(summary="List runs", query=PageQuery, answers={200: page_shape(RunShape)}, problems=(404,))
    def get(self, request: Request, slug: str) -> Response:
        """The newest first."""
        found = Run.objects.filter(project=self.place(slug).project).select_related("job", "checkpoint", "project")
        return page_of(request, self.query, with_cost(found), listed_run_of, order=("-id",))

    @operation(
        summary="Ask a model about items",
        body=RunBody,
        answers={202: RunReport},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str) -> Response:
        """The checkpoint answers the question about every item that the filters let through, in its own name.

        What the same weights said about the same item before is not computed again.
        """
        place = self.place(slug)
        body = self.body()
        run = prelabels.start(
            place,
            checkpoint=access.checkpoint(self.person, body["checkpoint"], bound_to=place.project.pk),
            question=body["question"],
            filters=_filters(body.get("filters", {})),
            limit=body["limit"],
            wishes=body.get("wishes"),
        )
        return queued(run)


def _filters(said: dict[str, Any]) -> Filters:
    return Filters(**said)

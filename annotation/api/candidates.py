"""New items by a generator, for programs."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.api.runs import FiltersBody
from annotation.queries.items import Filters
from annotation.services import candidates
from annotation.services.candidates import MOST, Wishes
from modelhooks import access
from modelhooks.api.runs import queued
from modelhooks.api.shapes import RunReport
from projects.access import Right
from projects.api.operations import operation
from projects.api.strict import IdField, StrictSerializer
from projects.api.views import TokenView


class CandidatesBody(StrictSerializer):
    checkpoint = IdField(help_text="The id of a checkpoint that writes responses.")
    filters = FiltersBody(required=False)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=MOST)
    wishes = serializers.DictField(
        required=False,
        help_text="How responses are drawn, and what items they make: "
        + "; ".join(f"{name}: {one.title}" for name, one in Wishes.model_fields.items()),
    )


class Candidates(TokenView):
    access_rule = {"POST": Right.OWN}

    @operation(
        summary="Make new items by a generator",
        name="candidates_create",
        body=CandidatesBody,
        answers={202: RunReport},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str) -> Response:
        """It writes several responses to the prompt of every item that the filters let through.

        They become pairs, or one item for each prompt, in the groups of the items whose prompts they answer. The same
        wish a second time asks nothing and makes nothing.
        """
        place = self.place(slug)
        body: dict[str, Any] = self.body()
        run = candidates.start(
            place,
            checkpoint=access.checkpoint(self.person, body["checkpoint"], bound_to=place.project.pk),
            filters=Filters(**body.get("filters", {})),
            limit=body["limit"],
            wishes=body.get("wishes"),
        )
        return queued(run)

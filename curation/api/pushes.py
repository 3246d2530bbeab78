"""Pushing releases to the Hub, and where they were pushed to."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from curation import access
from curation.api import shapes
from curation.hub.names import tag_of
from curation.models import HubPush, Release
from curation.queries import hub_pushes as queries
from curation.services import hub_pushes
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import TokenView


class Pushes(TokenView):
    access_rule = {"GET": Right.OWN, "POST": Right.OWN}

    @operation(
        summary="List pushes of a release",
        query=PageQuery,
        answers={200: page_shape(shapes.PushShape)},
        problems=(404,),
    )
    def get(self, request: Request, release_id: UUID) -> Response:
        """The newest first."""
        _place, release = self._found(release_id)
        return page_of(request, self.query, queries.newest(release), push_of, order=("-created_at", "pk"))

    @operation(
        summary="Push a release to the Hub",
        body=shapes.PushBody,
        answers={202: shapes.PushShape, 200: shapes.PushShape},
        problems=(404, 409, 410, 413, 415, 422),
    )
    def post(self, request: Request, release_id: UUID) -> Response:
        """A job brings it there as one commit with a tag (202). While it is on its way, the same push again answers
        with that one (200). Where the deployment names no Hub, 409."""
        place, release = self._found(release_id)
        made, is_repeat = hub_pushes.push(place, release, **self.body())
        return Response(push_of(made), status=200 if is_repeat else 202)

    def _found(self, release_id: UUID) -> tuple[Place, Release]:
        place = self.place_of(Release.objects.filter(pk=release_id).values("project_id"))
        return place, access.release(place, release_id)


def push_of(one: HubPush) -> dict[str, Any]:
    """A push as JSON."""
    return {
        "id": one.pk,
        "repository": one.repository,
        "tag": tag_of(one.release.number),
        "state": one.job.state,
        "message": one.job.message,
        "done": one.job.done,
        "total": one.job.total,
        "commit": one.commit,
        "created_at": one.created_at,
    }

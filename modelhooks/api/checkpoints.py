"""Checkpoints for programs."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from modelhooks import access
from modelhooks.api import shapes
from modelhooks.models import Checkpoint
from modelhooks.queries.checkpoints import standing
from modelhooks.services import checkpoints
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import STAFF, VIEW_SOMEWHERE, TokenView


class CheckpointView(TokenView):
    """Shows the installation's, and those of projects that person and token may view."""

    def seen(self) -> QuerySet[Checkpoint]:
        return access.checkpoints_seen_by(self.person, bound_to=self.token.project_id)

    def one(self, checkpoint_id: int) -> Checkpoint:
        return access.checkpoint(self.person, checkpoint_id, bound_to=self.token.project_id)


class Checkpoints(CheckpointView):
    access_rule = {"GET": VIEW_SOMEWHERE, "POST": STAFF}

    @operation(
        summary="List checkpoints",
        name="checkpoints_list",
        query=PageQuery,
        answers={200: page_shape(shapes.CheckpointShape)},
        problems=(404,),
    )
    def get(self, request: Request) -> Response:
        """All of the installation and of the projects that one may view, retired ones too, the oldest first."""
        return page_of(request, self.query, self.seen().select_related("check_job"), checkpoint_of)

    @operation(
        summary="Add a checkpoint",
        body=shapes.CheckpointBody,
        answers={201: shapes.CheckpointShape},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request) -> Response:
        """For those who run the installation. It is checked at once: ask its address what the check found."""
        body = self.body()
        made = checkpoints.add(
            self.person,
            name=body["name"],
            backend=body["backend"],
            contract=body["contract"],
            options=body.get("options", {}),
            licence=body.get("licence", ""),
            commercial_use=body["commercial_use"],
        )
        made.refresh_from_db()
        address = reverse("api-checkpoint", kwargs={"checkpoint_id": made.pk})
        return Response(checkpoint_of(made), status=201, headers={"Location": address})


class OneCheckpoint(CheckpointView):
    access_rule = {"GET": VIEW_SOMEWHERE}

    @operation(summary="A checkpoint", answers={200: shapes.CheckpointShape}, problems=(404,))
    def get(self, request: Request, checkpoint_id: int) -> Response:
        """What it is and whether it works."""
        return Response(checkpoint_of(self.one(checkpoint_id)))


class Check(CheckpointView):
    access_rule = {"POST": STAFF}

    @operation(
        summary="Check a checkpoint", name="checkpoints_check", answers={202: shapes.CheckpointShape},
        problems=(404, 422, 429),
    )  # fmt: skip
    def post(self, request: Request, checkpoint_id: int) -> Response:
        """Loads it anew and asks something with a known answer. While a check runs, another one is the same."""
        checkpoint = self.one(checkpoint_id)
        checkpoints.check(self.person, checkpoint)
        return Response(checkpoint_of(self.one(checkpoint.pk)), status=202)


class Retire(CheckpointView):
    access_rule = {"POST": STAFF}

    @operation(
        summary="Retire a checkpoint", name="checkpoints_retire", answers={200: shapes.CheckpointShape}, problems=(404,)
    )
    def post(self, request: Request, checkpoint_id: int) -> Response:
        """No run is started with it any more; for good. What it said stays."""
        checkpoint = self.one(checkpoint_id)
        checkpoints.retire(self.person, checkpoint)
        return Response(checkpoint_of(self.one(checkpoint.pk)))


def checkpoint_of(one: Checkpoint) -> dict[str, Any]:
    """A checkpoint as JSON; select `check_job` with it."""
    return {
        "id": one.pk,
        "name": one.name,
        "backend": one.backend,
        "contract": one.contract,
        "options": one.options,
        "licence": one.licence,
        "commercial_use": one.commercial_use,
        "fingerprint": one.fingerprint,
        "is_healthy": one.is_healthy,
        "health": one.health,
        "is_being_checked": standing(one).is_waiting,
        "checked_at": one.checked_at,
        "created_at": one.created_at,
        "retired_at": one.retired_at,
    }

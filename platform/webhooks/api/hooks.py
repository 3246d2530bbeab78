"""Webhooks for programs."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import TokenView
from webhooks import access
from webhooks.api import shapes
from webhooks.models import Delivery, Event, Hook
from webhooks.services import hooks
from webhooks.services.hooks import Made


class Hooks(TokenView):
    access_rule = {"GET": Right.OWN, "POST": Right.OWN}

    @operation(
        summary="List webhooks",
        name="webhooks_list",
        query=PageQuery,
        answers={200: page_shape(shapes.HookShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """In the order in which they were added."""
        place = self.place(slug)
        found = Hook.objects.filter(project=place.project)
        return page_of(request, self.query, found, lambda one: hook_of(place, one))

    @operation(
        summary="Add a webhook",
        name="webhooks_create",
        body=shapes.HookBody,
        answers={201: shapes.HookWithSecret},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Its secret is in this answer and in no other."""
        place = self.place(slug)
        body = self.body()
        made = hooks.add(place, url=body["url"], events=body.get("events", Event.values))
        address = reverse("api-webhook", kwargs={"slug": slug, "hook_id": made.hook.pk})
        return Response(_with_secret(place, made), status=201, headers={"Location": address})


class OneHook(TokenView):
    access_rule = {"GET": Right.OWN, "DELETE": Right.OWN}

    @operation(summary="A webhook", name="webhooks_retrieve", answers={200: shapes.HookShape}, problems=(404,))
    def get(self, request: Request, slug: str, hook_id: int) -> Response:
        """Whether it is told anything at the moment."""
        place = self.place(slug)
        return Response(hook_of(place, access.hook(place, hook_id)))

    @operation(summary="Remove a webhook", name="webhooks_destroy", answers={204: None}, problems=(404,))
    def delete(self, request: Request, slug: str, hook_id: int) -> Response:
        """For good, with its history. What waits is not sent."""
        place = self.place(slug)
        hooks.remove(place, access.hook(place, hook_id))
        return Response(status=204)


class Secret(TokenView):
    access_rule = {"POST": Right.OWN}

    @operation(
        summary="A new secret for a webhook",
        name="webhooks_secret",
        answers={200: shapes.HookWithSecret},
        problems=(404, 429),
    )
    def post(self, request: Request, slug: str, hook_id: int) -> Response:
        """The old one signs nothing from now on."""
        place = self.place(slug)
        return Response(_with_secret(place, hooks.renew_secret(place, access.hook(place, hook_id))))


class Pause(TokenView):
    access_rule = {"POST": Right.OWN}

    @operation(summary="Pause a webhook", name="webhooks_pause", answers={200: shapes.HookShape}, problems=(404,))
    def post(self, request: Request, slug: str, hook_id: int) -> Response:
        """It is told nothing until it is resumed."""
        place = self.place(slug)
        hooks.pause(place, access.hook(place, hook_id))
        return Response(hook_of(place, access.hook(place, hook_id)))


class Resume(TokenView):
    access_rule = {"POST": Right.OWN}

    @operation(summary="Resume a webhook", name="webhooks_resume", answers={200: shapes.HookShape}, problems=(404,))
    def post(self, request: Request, slug: str, hook_id: int) -> Response:
        """It is told what happens from now on."""
        place = self.place(slug)
        hooks.resume(place, access.hook(place, hook_id))
        return Response(hook_of(place, access.hook(place, hook_id)))


class Test(TokenView):
    access_rule = {"POST": Right.OWN}

    @operation(
        summary="Test a webhook",
        name="webhooks_test",
        answers={202: shapes.DeliveryShape},
        problems=(404, 422, 429),
    )
    def post(self, request: Request, slug: str, hook_id: int) -> Response:
        """Sends an event that means nothing; `deliveries/` tells what came of it."""
        place = self.place(slug)
        return Response(delivery_of(hooks.test(place, access.hook(place, hook_id))), status=202)


class Deliveries(TokenView):
    access_rule = {"GET": Right.OWN}

    @operation(
        summary="What a webhook was told",
        name="webhooks_deliveries_list",
        query=PageQuery,
        answers={200: page_shape(shapes.DeliveryShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str, hook_id: int) -> Response:
        """The newest first; the last hundred are kept."""
        place = self.place(slug)
        found = Delivery.objects.filter(hook=access.hook(place, hook_id)).select_related("job")
        return page_of(request, self.query, found, delivery_of, order=("-created_at",))


class SendAgain(TokenView):
    access_rule = {"POST": Right.OWN}

    @operation(
        summary="Send an event again",
        name="webhooks_send_again",
        answers={202: shapes.DeliveryShape},
        problems=(404, 422, 429),
    )
    def post(self, request: Request, slug: str, hook_id: int, delivery_id: UUID) -> Response:
        """One that nobody took, with the same id."""
        place = self.place(slug)
        hooks.send_again(place, access.delivery(place, hook_id, delivery_id))
        return Response(delivery_of(access.delivery(place, hook_id, delivery_id)), status=202)


def hook_of(place: Place, one: Hook) -> dict[str, Any]:
    """A webhook as JSON, without its secret."""
    return {
        "id": one.pk,
        "project": place.project.slug,
        "url": one.url,
        "events": one.events,
        "is_paused": one.is_paused,
        "pause_reason": one.pause_reason,
        "created_at": one.created_at,
    }


def delivery_of(one: Delivery) -> dict[str, Any]:
    """A delivery as JSON; select `job` with it."""
    return {
        "id": one.pk,
        "event": one.event,
        "state": one.job.state,
        "message": one.job.message,
        "tries": one.tries,
        "status": one.status,
        "created_at": one.created_at,
        "tried_at": one.tried_at,
        "delivered_at": one.delivered_at,
    }


def _with_secret(place: Place, made: Made) -> dict[str, Any]:
    made.hook.refresh_from_db()  # the database's clock set the time
    return {**hook_of(place, made.hook), "secret": made.secret}

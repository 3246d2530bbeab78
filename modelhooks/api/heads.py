"""The reward head of a project for programs: its versions, training another one, and stopping that."""

from django.urls import reverse
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from modelhooks import access
from modelhooks.api import shapes
from modelhooks.queries.heads import described, versions
from modelhooks.services import heads
from projects.access import Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import TokenView


class Heads(TokenView):
    access_rule = {"GET": Right.CURATE, "POST": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(
        summary="List versions of the reward head",
        name="heads_list",
        query=PageQuery,
        answers={200: page_shape(shapes.HeadShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Of all questions, the newest first."""
        return page_of(request, self.query, versions(self.place(slug).project), described, order=("-id",))

    @operation(
        summary="Train a reward head",
        name="heads_train",
        body=shapes.HeadBody,
        answers={202: shapes.HeadShape},
        problems=(404, 413, 415, 422, 429),
    )
    def post(self, request: Request, slug: str) -> Response:
        """From people's current answers to the question. It takes over only where the frozen pairs prove it better."""
        place, body = self.place(slug), self.body()
        head = heads.train(place, question=body.pop("question"), wishes=body)
        address = reverse("api-head", kwargs={"slug": slug, "number": head.number})
        return Response(described(access.head(place, head.number)), status=202, headers={"Location": address})


class OneHead(TokenView):
    access_rule = {"GET": Right.CURATE}
    scopes = {"GET": Scope.READ}

    @operation(summary="A version of the reward head", answers={200: shapes.HeadShape}, problems=(404,))
    def get(self, request: Request, slug: str, number: int) -> Response:
        """How its training stands, what it is worth, and why it took over or did not."""
        return Response(described(access.head(self.place(slug), number)))


class Cancel(TokenView):
    access_rule = {"POST": Right.CURATE}

    @operation(summary="Cancel a training", name="heads_cancel", answers={202: shapes.HeadShape}, problems=(404,))
    def post(self, request: Request, slug: str, number: int) -> Response:
        """It stops after what it embeds now. What was embedded is kept."""
        place = self.place(slug)
        head = access.head(place, number)
        if head.finished_at:
            raise NotFound
        heads.cancel(place, head)
        return Response(described(access.head(place, number)), status=202)

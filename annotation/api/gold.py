"""Items whose answer is known. Nothing of this is for those who are asked them."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from annotation import access
from annotation.api.shapes import gold as shapes
from annotation.models import Gold, Item
from annotation.queries import gold as queries
from annotation.services import gold
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import PageQuery, page_of, page_shape
from projects.api.views import TokenView


class Golds(TokenView):
    access_rule = {"GET": Right.CURATE}

    @operation(
        summary="The items whose answer is known",
        name="gold_list",
        query=PageQuery,
        answers={200: page_shape(shapes.GoldShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """What is known of each now, in the order in which it was said."""
        found = Gold.objects.current().filter(project=self.place(slug).project).select_related("created_by")
        return page_of(request, self.query, found, gold_of)


class GoldOfItem(TokenView):
    access_rule = {"GET": Right.CURATE, "PUT": Right.CURATE, "DELETE": Right.CURATE}

    @operation(summary="What is known of an item", answers={200: shapes.GoldShape}, problems=(404,))
    def get(self, request: Request, item_id: int) -> Response:
        """Version 0 with no answers where nothing is."""
        item = access.item(self._place(item_id), item_id)
        newest = queries.newest(item)
        return Response(gold_of(newest) if newest else {**NOTHING, "item": item.pk})

    @operation(
        summary="Say what is right about an item",
        body=shapes.GoldBody,
        answers={200: shapes.GoldShape},
        problems=(404, 409, 413, 415, 422),
    )
    def put(self, request: Request, item_id: int) -> Response:
        """The next version, or the newest one where nothing changed. Values are in the item's own response order."""
        place, body = self._place(item_id), self.body()
        return Response(gold_of(gold.mark(place, item_id=item_id, answers=body["answers"], note=body.get("note", ""))))

    @operation(summary="Know an item no longer", answers={200: shapes.GoldShape}, problems=(404, 409))
    def delete(self, request: Request, item_id: int) -> Response:
        """A version that says so; the item is labeled as any other from then on."""
        return Response(gold_of(gold.withdraw(self._place(item_id), item_id=item_id)))

    def _place(self, item_id: int) -> Place:
        return self.place_of(Item.objects.filter(pk=item_id).values("project_id"))


NOTHING: dict[str, Any] = {
    "version": 0,
    "answers": {},
    "note": "",
    "is_withdrawn": False,
    "created_by": None,
    "created_at": None,
}


def gold_of(one: Gold) -> dict[str, Any]:
    """One version as JSON."""
    return {
        "item": one.item_id,
        "version": one.version,
        "answers": one.answers,
        "note": one.note,
        "is_withdrawn": one.is_withdrawn,
        "created_by": str(one.created_by),
        "created_at": one.created_at,
    }

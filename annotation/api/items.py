"""Items, for those who may see model names."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from annotation import access
from annotation.api.shapes import items as shapes
from annotation.models import Item
from annotation.queries import items
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import page_of, page_shape
from projects.api.views import TokenView


class Items(TokenView):
    access_rule = {"GET": Right.VIEW}

    @operation(
        summary="The items",
        name="items_list",
        query=shapes.ItemQuery,
        answers={200: page_shape(shapes.ItemShape)},
        problems=(404,),
    )
    def get(self, request: Request, slug: str) -> Response:
        """In the order in which they came in."""
        place = self.place(slug)
        filters = items.Filters(
            state=self.query.get("state", ""),
            tag=self.query.get("tag", ""),
            key=self.query.get("key", ""),
            import_id=self.query.get("import"),
        )
        return page_of(request, self.query, items.matching(place.project, filters), lambda item: item_of(place, item))


class OneItem(TokenView):
    access_rule = {"GET": Right.VIEW}

    @operation(summary="An item", answers={200: shapes.ItemShape}, problems=(404,))
    def get(self, request: Request, item_id: int) -> Response:
        """What people and machines said about it: `annotations/?item=`."""
        place = self.place_of(Item.objects.filter(pk=item_id).values("project_id"))
        return Response(item_of(place, access.item(place, item_id)))


def item_of(place: Place, item: Item) -> dict[str, Any]:
    """An item as JSON, whole."""
    return {
        "id": item.pk,
        "project": place.project.slug,
        "key": item.key,
        "group": item.group,
        "messages": item.messages,
        "responses": item.responses,
        "principle": item.principle,
        "rubric": item.rubric,
        "language": item.language,
        "tags": item.tags,
        "source": item.source,
        "created_at": item.created_at,
    }

"""Items, for those who may see model names."""

from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from annotation import acceptances, access
from annotation.acceptances import Accepted
from annotation.api.shapes import items as shapes
from annotation.models import Item
from annotation.queries import items
from projects.access import Place, Right
from projects.api.operations import operation
from projects.api.paging import page_shape, page_together
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
        found = items.matching(place.project, filters)
        return page_together(request, self.query, found, lambda some: items_of(place, some))


class OneItem(TokenView):
    access_rule = {"GET": Right.VIEW}

    @operation(summary="An item", answers={200: shapes.ItemShape}, problems=(404,))
    def get(self, request: Request, item_id: int) -> Response:
        """What people and machines said about it: `annotations/?item=`."""
        place = self.place_of(Item.objects.filter(pk=item_id).values("project_id"))
        return Response(items_of(place, [access.item(place, item_id)])[0])


def items_of(place: Place, some: Sequence[Item]) -> list[dict[str, Any]]:
    """Items as JSON, whole, with the answers of models that stand without a person."""
    accepted = acceptances.about(place.project, [item.pk for item in some])
    return [_item(place, item, accepted.get(item.pk, ())) for item in some]


def _item(place: Place, item: Item, accepted: Sequence[Accepted]) -> dict[str, Any]:
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
        "accepted": [one._asdict() for one in accepted],
        "created_at": item.created_at,
    }

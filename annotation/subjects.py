"""Items as the kinds of question see them."""

from collections.abc import Sequence

from annotation.kinds import Judged, Subject
from annotation.models import Item

NO_ITEM = Subject((Judged(""), Judged("")))
"""Two empty responses, for a form that is looked at without an item."""


def of(item: Item, order: Sequence[int] | None = None) -> Subject:
    """The item with its responses in this order, or in its own."""
    places = range(len(item.responses)) if order is None else order
    found = (item.responses[index] for index in places)
    judged = tuple(Judged.from_turns(response["messages"], response.get("steps")) for response in found)
    return Subject(judged, rubric=item.rubric)

"""Items as the kinds of question see them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from annotation import splitting
from annotation.kinds import KINDS, Judged, Subject
from annotation.models import Item, Question

NO_ITEM = Subject((Judged(""), Judged("")))
"""Two empty responses, for a form that is looked at without an item."""


def of(item: Item, order: Sequence[int] | None = None, questions: Iterable[Question] = ()) -> Subject:
    """The item with its responses in this order, or in its own; cut into steps where one of the questions asks it."""
    places = range(len(item.responses)) if order is None else order
    found = (item.responses[index] for index in places)
    judged = tuple(Judged.from_turns(response["messages"], response.get("steps")) for response in found)
    if any(KINDS[question.kind].asks_steps for question in questions):
        judged = tuple(cut(one) for one in judged)
    return Subject(judged, reference=reference(item), rubric=item.rubric)


def cut(judged: Judged) -> Judged:
    """A response with its steps: those that it came with, else the splitter's."""
    if judged.cut_by:
        return judged
    return replace(judged, steps=splitting.split(judged.text), cut_by=splitting.VERSION)


def reference(item: Item) -> str:
    """The answer that the item's source gives as right; empty where it gives none, or more than one."""
    found = item.source.get("reference", item.source.get("answer"))
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return found if isinstance(found, str) else str(found) if is_number else ""

"""Items as the kinds of question see them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import connection

from annotation import splitting
from annotation.kinds import KINDS, Judged, Subject
from annotation.models import Item, Question, Segmentation
from annotation.references import reference_in

NO_ITEM = Subject((Judged(""), Judged("")))
"""Two empty responses, for a form that is looked at without an item."""


def of(item: Item, order: Sequence[int] | None = None, questions: Iterable[Question] = ()) -> Subject:
    """The item with its responses in this order, or in its own; cut into steps where one of the questions asks it."""
    places = range(len(item.responses)) if order is None else order
    found = (item.responses[index] for index in places)
    judged = tuple(Judged.from_turns(response["messages"], response.get("steps")) for response in found)
    if asks_steps(questions):
        judged = _in_steps(item, judged, places)
    return Subject(judged, reference=reference_in(item.source), rubric=item.rubric)


def in_steps(item: Item) -> tuple[Judged, ...]:
    """The responses in the item's own order, cut into steps whatever is asked."""
    return _in_steps(item, of(item).responses, range(len(item.responses)))


def asks_steps(questions: Iterable[Question]) -> bool:
    """Whether one of the questions is about steps of the text, so that the responses want cutting."""
    return any(KINDS[question.kind].asks_steps(question.settings) for question in questions)


def hold(item: Item) -> None:
    """Let nobody cut the item's steps anew until this transaction ends, as `services.segmentations` waits for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM annotation_item WHERE id = %s FOR KEY SHARE", [item.pk])


def _in_steps(item: Item, judged: Sequence[Judged], places: Sequence[int]) -> tuple[Judged, ...]:
    by_hand = cut_by_hand([item.pk])
    return tuple(cut(one, by_hand.get((item.pk, index))) for one, index in zip(judged, places, strict=True))


def cut(judged: Judged, by_hand: Segmentation | None) -> Judged:
    """A response with its steps: as a person cut it, as it came, or as the splitter cuts it."""
    if by_hand:
        return replace(judged, steps=by_hand.steps, cut_by=by_hand.cut_by)
    if judged.cut_by:
        return judged
    return replace(judged, steps=splitting.split(judged.text), cut_by=splitting.VERSION)


def cut_by_hand(items: Sequence[int]) -> dict[tuple[int, int], Segmentation]:
    """The newest of each response that a person cut, by the item's id and the response's place in it."""
    newest = (
        Segmentation.objects.filter(item__in=items).order_by("item", "response", "-pk").distinct("item", "response")
    )
    return {(one.item_id, one.response): one for one in newest}

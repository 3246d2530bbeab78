"""`{% advice block %}` and `{% advice block row.field %}`: what others say about a question, or about one row of it."""

import json
from collections.abc import Sequence
from typing import Any

from django import template

from annotation.advice import Advice, Opinion
from annotation.kinds import Hint
from annotation.models import Question
from annotation.views.dock import Block

register = template.Library()


@register.inclusion_tag("annotation/_advice.html")
def advice(block: Block, field: str = "") -> dict[str, Any]:
    """Nothing at all where nobody is asked for advice; a place for it where nobody has any on this item."""
    if block.advice is None:
        return {"advice": None}
    opinions = block.advice.rows.get(field, ()) if field else block.advice.whole
    return _place(block.question.key, field, opinions, block.advice, waits=block.advice.waits)


@register.inclusion_tag("annotation/_told.html")
def told(question: Question, advice: Advice) -> dict[str, Any]:
    """The same for every place that the question may have had for it, for the page's script to put it there."""
    said = {"": advice.whole, **advice.rows}
    return {"places": [_place(question.key, field, each, advice, waits=True) for field, each in said.items()]}


def _place(key: str, field: str, opinions: Sequence[Opinion], advice: Advice, *, waits: bool) -> dict[str, Any]:
    can_take = any(opinion.hint.takes for opinion in opinions)
    return {
        "advice": advice,
        "opinions": opinions,
        "is_row": bool(field),
        "can_take": can_take,
        "waits_for": f"{key}:{field}" if waits else "",  # what the place is called: a question's own, or a row's
    }


@register.filter
def taking(hint: Hint) -> str:
    """The form fields that it takes, as JSON for the page's script."""
    return json.dumps(dict(hint.takes))

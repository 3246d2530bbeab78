"""Answers of a person who has seen everybody else's: a reviewer's. Rows like any other, marked as what they are."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from annotation.models import Annotation, Item
from annotation.queries.label import own_answer
from annotation.services import annotations, slots
from projects.access import Place


@transaction.atomic
def answer(
    place: Place,
    *,
    item: Item,
    answers: Mapping[str, Any],
    request_key: uuid.UUID,
    reason: str = "",
    seconds: float | None = None,
) -> Annotation:
    """Record what this person answers, given in the item's own response order, in which a reviewer reads it.

    A first answer fills a slot that is free, or one more; a later one supersedes theirs. Raises AnswersRefused, NoForm
    and AlreadyChanged, and stores nothing then.
    """
    own, straight = own_answer(place, item.pk), list(range(len(item.responses)))
    if own is None:
        lease = slots.claim_item(place, item)
        return annotations.submit(
            place, lease_id=lease.pk, answers=answers, request_key=request_key, seconds=seconds, shown=straight
        ).annotation
    return annotations.revise(
        place,
        annotation_id=own.pk,
        answers=answers,
        request_key=request_key,
        reason=reason,
        seconds=seconds,
        shown=straight,
    ).annotation

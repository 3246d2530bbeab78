"""Showing a suggestion once its question is answered, and what an annotation says of those that were shown."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from annotation import sides, subjects
from annotation.kinds import KINDS, AnswerRefused
from annotation.models import Annotation, Lease, Slot
from annotation.queries.forms import questions_of
from annotation.queries.suggested import answers_of, beside, lease_behind
from annotation.refusals import LeaseLost
from annotation.services import queue
from annotation.suggestions import Suggested
from projects.access import Place


@transaction.atomic
def reveal(place: Place, lease_id: uuid.UUID, *, answers: Mapping[str, Any]) -> Lease:
    """Show what was suggested for the questions that these answers, in shown order, answer as they should.

    They are kept as the person's first; what they say later changes nothing of that. The lease as it is then, with its
    item and draft. Raises LeaseLost.
    """
    slot = queue.locked_slot(place, lease_id)
    if slot is None or slot.annotation_id is not None or slot.lease is None:
        raise LeaseLost
    suggested = beside(place.project, slot.lease)
    if suggested is not None:
        _show_after(slot.lease, suggested, _own(place, slot, suggested, answers))
    return queue.with_item(lease_id)


@transaction.atomic
def reveal_answered(place: Place, annotation: Annotation) -> Lease | None:
    """Show what was suggested for the questions that one's own stored annotation answers. The lease, where one says
    what was shown."""
    lease = lease_behind(annotation)
    suggested = beside(place.project, lease)
    if lease is not None and suggested is not None:
        _show_after(lease, suggested, annotation.answers)
    return lease


def source(lease: Lease | None, answers: Mapping[str, Any], taken: Collection[str]) -> dict[str, Any]:
    """What an annotation with these answers, in item order, says of the suggestions that were shown with it.

    `taken` is what the client says; it stands where the answer is indeed the one that was suggested.
    """
    suggested = Suggested.of(lease.suggested) if lease else None
    if lease is None or suggested is None:
        return {}
    said = answers_of(suggested) if not suggested.shown.keys().isdisjoint(taken) else {}
    kinds = {question.key: KINDS[question.kind] for question in questions_of(lease.form_id)}
    agreed = {key for key, value in said.items() if key in answers and kinds[key].same(answers[key], value)}
    return suggested.source(agreed & set(taken))


def _show_after(lease: Lease, suggested: Suggested, own: Mapping[str, Any]) -> None:
    shown = suggested.after(own)
    if shown == suggested:
        return
    lease.suggested = shown.stored
    Lease.objects.filter(pk=lease.pk).update(suggested=lease.suggested)


def _own(place: Place, slot: Slot, suggested: Suggested, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What of these answers stands as an answer to a question that waits, in item order."""
    assert slot.lease is not None
    questions = [one for one in questions_of(slot.lease.form_id) if one.key in suggested.waiting & answers.keys()]
    if not questions:
        return {}
    order = sides.order(
        salt=place.project.salt,
        annotator_id=place.user.pk,
        item_id=slot.item_id,
        responses=len(slot.item.responses),
    )
    subject = subjects.of(slot.item, order, questions)
    own = {}
    for question in questions:
        kind = KINDS[question.kind]
        try:
            own[question.key] = kind.to_item_order(kind.validate(answers[question.key], question, subject), order)
        except AnswerRefused:
            continue
    return own

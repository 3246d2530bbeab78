"""Operators see how submitting ends."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.http import Http404

from annotation.counting import count_rows
from annotation.models import Item, Slot
from annotation.refusals import AnswersRefused
from annotation.services import annotations, drafts, queue
from projects.access import Place
from ui import counters


def counted(outcome: str) -> float:
    return float(counters.submits.labels(outcome=outcome)._value.get())


def test_each_way_to_end_is_counted_by_its_name(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana = place("Ana")
    lease = queue.claim(ana)
    assert lease is not None
    before = {outcome: counted(outcome) for outcome in ("created", "replay", "invalid", "failed")}
    key, good = uuid.uuid4(), {"better": {"winner": "a", "strength": 1}}

    with pytest.raises(AnswersRefused):
        annotations.submit(ana, lease_id=lease.pk, answers={"better": "BANANA"}, request_key=uuid.uuid4())
    for _ in range(2):
        annotations.submit(ana, lease_id=lease.pk, answers=good, request_key=key)
    with pytest.raises(Http404):
        annotations.submit(ana, lease_id=uuid.uuid4(), answers=good, request_key=uuid.uuid4())

    assert {outcome: counted(outcome) - was for outcome, was in before.items()} == dict.fromkeys(before, 1.0)


def test_rows_of_an_import_are_counted_by_what_became_of_them() -> None:
    before = counters.import_rows.labels(result="refused")._value.get()

    count_rows(ok=3, refused=2)

    assert counters.import_rows.labels(result="refused")._value.get() == before + 2


def test_a_lease_that_went_to_someone_else_and_a_draft_that_came_back_are_counted(
    place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> None:
    add_items(1)
    ana, ben = place("Ana"), place("Ben")
    lease = queue.claim(ana)
    assert lease is not None
    drafts.save(ana, item_id=lease.item_id, fields={"why": "half a"})
    before = (counters.leases_expired._value.get(), counters.drafts_recovered._value.get())

    queue.claim(ana)
    Slot.objects.update(expires_at=Now() - timedelta(seconds=1))
    queue.claim(ben)

    assert (counters.leases_expired._value.get(), counters.drafts_recovered._value.get()) == (
        before[0] + 1,
        before[1] + 1,
    )

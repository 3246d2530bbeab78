"""Who answers what next. The database hands out slots; nothing here counts and then decides (docs/decisions/0008)."""

import uuid
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, Q
from django.db.models.functions import Now

from annotation.models import Draft, Form, Item, Lease, Slot
from annotation.refusals import LeaseLost, NoForm
from audit.services import record
from projects.access import Place
from projects.models import Project
from ui import counters
from ui.joined import Joined

# A slot is free for someone when nobody holds it and they have not answered, held or skipped its item, nor written it.
# `mine` remembers how far this person has come, so that what they finished at the head of the queue is not walked
# again; the last branch walks everything, for the items that came back behind them. It is asked by scalar subqueries,
# which bound the index scan; joined, they would only filter it.
# OFFSET 0 keeps each NOT EXISTS a look-up for the slot at hand; else the planner joins whole tables to find one slot.
FREE = """
    s.project_id = %(project)s AND s.annotation_id IS NULL AND (s.expires_at IS NULL OR s.expires_at < now())
    AND NOT EXISTS (
        SELECT 1 FROM annotation_slot o WHERE o.item_id = s.item_id AND o.holder_id = %(person)s OFFSET 0)
    AND NOT EXISTS (
        SELECT 1 FROM annotation_lease l WHERE l.item_id = s.item_id
            AND l.annotator_id = %(person)s AND l.outcome = 'skipped' OFFSET 0)
    AND NOT EXISTS (
        SELECT 1 FROM annotation_item i WHERE i.id = s.item_id AND i.author_id = %(person)s OFFSET 0)
"""
# What this person holds already comes first, its lease renewed; only without that is a free slot looked for.
CLAIM = f"""
WITH held AS (
    UPDATE annotation_slot SET expires_at = now() + make_interval(mins => %(minutes)s)
    WHERE annotation_id IS NULL AND holder_id = %(person)s AND id = (
        SELECT s.id FROM annotation_slot s
        WHERE s.project_id = %(project)s AND s.holder_id = %(person)s AND s.annotation_id IS NULL
            AND s.lease_id IS DISTINCT FROM %(ahead_of)s
        ORDER BY s.id LIMIT 1)
    RETURNING lease_id
), mine AS (
    SELECT s.priority, s.id FROM annotation_slot s
    WHERE s.project_id = %(project)s AND s.holder_id = %(person)s ORDER BY s.id DESC LIMIT 1
), free AS (
    SELECT id FROM (
        SELECT id FROM (
            SELECT s.id FROM annotation_slot s WHERE s.priority > (SELECT priority FROM mine) AND {FREE}
            ORDER BY s.priority DESC, s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED
        ) AS sooner
        UNION ALL
        SELECT id FROM (
            SELECT s.id FROM annotation_slot s
            WHERE s.priority = (SELECT priority FROM mine) AND s.id > (SELECT id FROM mine) AND {FREE}
            ORDER BY s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED
        ) AS further_on
        UNION ALL
        SELECT id FROM (
            SELECT s.id FROM annotation_slot s WHERE {FREE}
            ORDER BY s.priority DESC, s.id LIMIT 1 FOR UPDATE OF s SKIP LOCKED
        ) AS anywhere
    ) AS found WHERE NOT EXISTS (SELECT 1 FROM held) LIMIT 1
), overtaken AS (
    UPDATE annotation_lease SET outcome = 'lost', ended_at = now()
    WHERE outcome = 'open' AND id IN (SELECT s.lease_id FROM annotation_slot s JOIN free ON free.id = s.id)
    RETURNING id
), granted AS (
    INSERT INTO annotation_lease (id, project_id, item_id, annotator_id, form_id, guideline_version)
    SELECT gen_random_uuid(), s.project_id, s.item_id, %(person)s, form.id,
        (SELECT max(version) FROM projects_guideline WHERE project_id = %(project)s)
    FROM annotation_slot s JOIN free ON free.id = s.id,
        (SELECT id FROM annotation_form WHERE project_id = %(project)s ORDER BY version DESC LIMIT 1) AS form
    RETURNING id
), taken AS (
    UPDATE annotation_slot SET lease_id = granted.id, holder_id = %(person)s,
        expires_at = now() + make_interval(mins => %(minutes)s)
    FROM free, granted WHERE annotation_slot.id = free.id
    RETURNING annotation_slot.lease_id
)
SELECT lease_id, FALSE FROM held UNION ALL SELECT lease_id, EXISTS (SELECT 1 FROM overtaken) FROM taken
"""  # noqa: S608  (FREE is a constant; every value is bound)

WORK = Joined(
    """
    FROM annotation_lease l JOIN annotation_item i ON i.id = l.item_id
    LEFT JOIN annotation_slot s ON s.lease_id = l.id
    LEFT JOIN annotation_draft d ON d.author_id = l.annotator_id AND d.item_id = l.item_id
    WHERE l.id = %(lease)s
    """,
    {"l": Lease, "i": Item, "s": Slot, "d": Draft},
)
HELD = Joined(
    """
    FROM annotation_slot s JOIN annotation_lease l ON l.id = s.lease_id JOIN annotation_item i ON i.id = s.item_id
    WHERE s.project_id = %(project)s AND s.lease_id = %(lease)s AND s.holder_id = %(person)s
    FOR UPDATE OF s
    """,
    {"s": Slot, "l": Lease, "i": Item},
)

ADD_SLOTS = """
INSERT INTO annotation_slot (project_id, item_id, number, priority)
SELECT i.project_id, i.id, n, 0 FROM annotation_item i, generate_series(0, %(overlap)s - 1) n
WHERE i.project_id = %(project)s ON CONFLICT (item_id, number) DO NOTHING
"""

# Slots in use come first, so that exactly `overlap` of an item's slots stay, or all that are in use if those are more.
DROP_SLOTS = """
DELETE FROM annotation_slot s USING (
    SELECT id, row_number() OVER (
        PARTITION BY item_id ORDER BY annotation_id IS NULL, holder_id IS NULL, number
    ) AS rank FROM annotation_slot WHERE project_id = %(project)s
) ranked
WHERE ranked.id = s.id AND ranked.rank > %(overlap)s AND s.annotation_id IS NULL AND s.holder_id IS NULL
"""


def claim(place: Place, *, ahead_of: uuid.UUID | None = None) -> Lease | None:
    """The lease that this person should work on: one they hold already, else a new one; None when nothing waits.

    `ahead_of` names the lease in view and asks for another one, to be fetched ahead. Raises NoForm.
    """
    for _ in range(3):
        try:
            with transaction.atomic() if connection.in_atomic_block else nullcontext():  # alone, one statement is one
                lease_id = _take(place, ahead_of)
        except IntegrityError:
            continue  # another tab of the same person took a slot of the same item in this very moment
        return _found(lease_id) if lease_id else None
    return None


def _found(lease_id: uuid.UUID) -> Lease:
    lease = with_item(lease_id)
    if lease.draft:
        counters.drafts_recovered.inc()
    return lease


def with_item(lease_id: uuid.UUID) -> Lease:
    """The lease with its item and slot, and what its holder typed before as `draft`, in one query."""
    found = WORK.first(lease=lease_id)
    if found is None:
        raise Lease.DoesNotExist
    lease, item, slot, draft = found
    lease.item, lease.draft = item, draft and draft.answers
    if slot:
        lease.slot = slot
    return lease  # type: ignore[no-any-return]


def locked_slot(place: Place, lease_id: uuid.UUID) -> Slot | None:
    """The slot that this person holds under a lease, answered or not, with lease and item; locked until commit."""
    found = HELD.first(project=place.project.pk, lease=lease_id, person=place.user.pk)
    if found is None:
        return None
    slot, slot.lease, slot.item = found
    return slot  # type: ignore[no-any-return]


def _take(place: Place, ahead_of: uuid.UUID | None) -> uuid.UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "project": place.project.pk,
                "person": place.user.pk,
                "minutes": place.project.lease_minutes,
                "ahead_of": ahead_of,
            },
        )
        row = cursor.fetchone()
    if row is None and not Form.objects.filter(project=place.project).exists():
        raise NoForm
    lease_id, is_overtaken = row or (None, False)
    if is_overtaken:
        counters.leases_expired.inc()
    return lease_id


@transaction.atomic
def extend(place: Place, lease_id: uuid.UUID) -> Slot:
    """Push the end of a lease away while its holder is at work. Raises LeaseLost."""
    held = Slot.objects.filter(project=place.project, lease_id=lease_id, holder=place.user, annotation__isnull=True)
    if not held.update(expires_at=_end(place)):
        raise LeaseLost
    return held.get()


@transaction.atomic
def skip(place: Place, lease_id: uuid.UUID, *, reason: str) -> None:
    """Give an item back with a reason; it is not offered to this person again. Skipping twice is skipping once."""
    slot = (
        Slot.objects.select_for_update()
        .filter(project=place.project, lease_id=lease_id, holder=place.user, annotation__isnull=True)
        .first()
    )
    if slot is None:
        if Lease.objects.filter(pk=lease_id, annotator=place.user, outcome=Lease.Outcome.SKIPPED).exists():
            return
        raise LeaseLost
    Slot.objects.filter(pk=slot.pk).update(lease=None, holder=None, expires_at=None)
    Lease.objects.filter(pk=lease_id).update(outcome=Lease.Outcome.SKIPPED, reason=reason[:500], ended_at=Now())
    record(
        "item.skipped",
        subject=f"item:{slot.item_id}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"lease": str(lease_id)},
    )


def take_other_slot(place: Place, lease: Lease) -> Slot | None:
    """For a late answer: any slot of the same item that nobody holds now, under this person's old lease."""
    candidates = Slot.objects.select_for_update(skip_locked=True).filter(
        Q(expires_at__isnull=True) | Q(expires_at__lt=Now()), item=lease.item_id, annotation__isnull=True
    )
    slot = candidates.order_by("number").first()
    if slot is None:
        return None
    if slot.lease_id and slot.lease_id != lease.pk:
        Lease.objects.filter(pk=slot.lease_id).update(outcome=Lease.Outcome.LOST, ended_at=Now())
    Slot.objects.filter(pk=slot.pk).update(lease=lease, holder=place.user, expires_at=_end(place))
    Lease.objects.filter(pk=lease.pk).update(outcome=Lease.Outcome.OPEN, ended_at=None)
    return slot


@transaction.atomic
def set_overlap(place: Place, overlap: int) -> None:
    """Want more or fewer annotations per item. Answered and held slots stay; only free ones come and go."""
    project = Project.objects.select_for_update().get(pk=place.project.pk)
    with connection.cursor() as cursor:
        cursor.execute(ADD_SLOTS, {"project": project.pk, "overlap": overlap})
        cursor.execute(DROP_SLOTS, {"project": project.pk, "overlap": overlap})
    Project.objects.filter(pk=project.pk).update(overlap=overlap)
    place.project.overlap = overlap
    record(
        "project.overlap_changed",
        subject=f"project:{project.pk}",
        actor_id=place.user.pk,
        project_id=project.pk,
        detail={"from": project.overlap, "to": overlap},
    )


def _end(place: Place) -> "ExpressionWrapper[Any]":
    """When a lease granted now ends, by the database's clock."""
    return ExpressionWrapper(Now() + timedelta(minutes=place.project.lease_minutes), output_field=DateTimeField())

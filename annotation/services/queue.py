"""Who answers what next. The database hands out slots; nothing here counts and then decides (docs/decisions/0008)."""

import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, Q
from django.db.models.functions import Now

from annotation.models import Draft, Form, Item, Lease, Slot
from annotation.models.items import FIRST_EXTRA, LAST_EXTRA
from annotation.refusals import LeaseLost, NoForm
from annotation.services import screening
from audit.services import record
from projects.access import Place
from projects.models import Project, Suggestions
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
    AND NOT EXISTS (
        SELECT 1 FROM annotation_discard d WHERE d.item_id = s.item_id AND d.is_out AND NOT EXISTS (
            SELECT 1 FROM annotation_discard back WHERE back.item_id = d.item_id AND back.id > d.id) OFFSET 0)
"""
# Which answers of runs stand ready to be shown with an item: for each question the newest that still stands and was
# given to the very question that the form now asks.
OFFERED = """
    jsonb_build_object('mode', %(mode)s::text, 'offered', (
        SELECT coalesce(jsonb_object_agg(newest.question, newest.id), '{}') FROM (
            SELECT DISTINCT ON (r.question) r.question, a.id
            FROM annotation_annotation a JOIN modelhooks_run r ON r.id = a.run_id
            JOIN modelhooks_checkpoint c ON c.id = r.checkpoint_id
            JOIN annotation_question said ON said.form_id = a.form_id AND said.key = r.question
            JOIN annotation_question asked ON asked.form_id = form.id AND asked.key = r.question
            WHERE a.item_id = s.item_id AND (%(suggester)s::text = '' OR c.name = %(suggester)s::text)
                AND a.answers ? r.question
                AND (asked.kind, asked.target, asked.settings) = (said.kind, said.target, said.settings)
                AND NOT EXISTS (SELECT 1 FROM annotation_annotation later WHERE later.supersedes_id = a.id)
            ORDER BY r.question, a.id DESC
        ) AS newest
    ))
"""
# What this person holds already comes first, its lease renewed; only without that is a free slot looked for.
_CLAIM = """
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
    WHERE s.project_id = %(project)s AND s.holder_id = %(person)s AND s.number < 100 ORDER BY s.id DESC LIMIT 1
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
){MIXED}, overtaken AS (
    UPDATE annotation_lease SET outcome = 'lost', ended_at = now()
    WHERE outcome = 'open' AND id IN (SELECT s.lease_id FROM annotation_slot s JOIN {chosen} ON {chosen}.id = s.id)
    RETURNING id
), granted AS (
    INSERT INTO annotation_lease (id, project_id, item_id, annotator_id, form_id, guideline_version, suggested)
    SELECT gen_random_uuid(), %(project)s, s.item_id, %(person)s, form.id,
        (SELECT max(version) FROM projects_guideline WHERE project_id = %(project)s), {suggested}
    FROM (SELECT o.item_id FROM annotation_slot o JOIN {chosen} ON {chosen}.id = o.id{or_known}) AS s,
        (SELECT id FROM annotation_form WHERE project_id = %(project)s ORDER BY version DESC LIMIT 1) AS form
    RETURNING id
), taken AS (
    UPDATE annotation_slot SET lease_id = granted.id, holder_id = %(person)s,
        expires_at = now() + make_interval(mins => %(minutes)s)
    FROM {chosen}, granted WHERE annotation_slot.id = {chosen}.id
    RETURNING annotation_slot.lease_id
){ADDED}
SELECT lease_id, FALSE FROM held UNION ALL SELECT lease_id, EXISTS (SELECT 1 FROM overtaken) FROM taken{or_added}
"""
# With a project's share of chance an item whose answer is known takes the place of the free one: drawn by lot among
# those that this person has not met, has not made known and has not written. Both are looked for whatever falls, so
# that no clock tells them apart, and where nothing is free nothing is mixed in: it would be known for what it is.
# Forty are looked at from where the lot fell, so that it costs the same to have met many; who has met nearly all gets
# the rest more rarely. During a screening (`set`) nothing else is given, and all of it is looked at.
# docs/decisions/0021 says what else keeps the two alike.
NEAR = """
    SELECT g.item_id FROM (
        SELECT k.item_id, k.version, k.lot FROM annotation_gold k
        WHERE k.project_id = %(project)s AND NOT k.is_withdrawn
            AND (%(set)s::bigint[] IS NULL OR k.item_id = ANY(%(set)s)){behind}
        ORDER BY k.lot LIMIT CASE WHEN %(set)s::bigint[] IS NULL THEN 40 ELSE 200 END
    ) AS g WHERE {KNOWN} ORDER BY g.lot LIMIT 1
"""
KNOWN = """
    NOT EXISTS (
        SELECT 1 FROM annotation_gold n WHERE n.item_id = g.item_id AND n.version > g.version OFFSET 0)
    AND NOT EXISTS (
        SELECT 1 FROM annotation_discard d WHERE d.item_id = g.item_id AND d.is_out AND NOT EXISTS (
            SELECT 1 FROM annotation_discard back WHERE back.item_id = d.item_id AND back.id > d.id) OFFSET 0)
    AND NOT EXISTS (
        SELECT 1 FROM annotation_gold m WHERE m.item_id = g.item_id AND m.created_by_id = %(person)s OFFSET 0)
    AND NOT EXISTS (
        SELECT 1 FROM annotation_slot o WHERE o.item_id = g.item_id AND o.holder_id = %(person)s OFFSET 0)
    AND NOT EXISTS (
        SELECT 1 FROM annotation_lease l WHERE l.item_id = g.item_id
            AND l.annotator_id = %(person)s AND l.outcome = 'skipped' OFFSET 0)
    AND NOT EXISTS (
        SELECT 1 FROM annotation_item i WHERE i.id = g.item_id AND i.author_id = %(person)s OFFSET 0)
"""
MIXED = """, dice AS MATERIALIZED (
    SELECT random() AS lot, random() AS fallen
), known AS MATERIALIZED (
    SELECT item_id FROM (
        SELECT item_id FROM ({FURTHER_ON}) AS further_on
        UNION ALL
        SELECT item_id FROM ({ANYWHERE}) AS anywhere
    ) AS found WHERE NOT EXISTS (SELECT 1 FROM held) LIMIT 1
), mixed_in AS (
    SELECT known.item_id FROM known, dice
    WHERE dice.fallen < %(chance)s AND (%(set)s::bigint[] IS NOT NULL OR EXISTS (SELECT 1 FROM free))
), left_free AS (
    SELECT id FROM free WHERE %(set)s::bigint[] IS NULL AND NOT EXISTS (SELECT 1 FROM mixed_in)
)""".replace("{FURTHER_ON}", NEAR.replace("{behind}", " AND k.lot >= (SELECT lot FROM dice)"))
MIXED = MIXED.replace("{ANYWHERE}", NEAR.replace("{behind}", "")).replace("{KNOWN}", KNOWN)
ADDED = """, added AS (
    INSERT INTO annotation_slot (project_id, item_id, number, lease_id, holder_id, expires_at)
    SELECT %(project)s, mixed_in.item_id, %(first)s + floor(random() * %(numbers)s)::int, granted.id, %(person)s,
        now() + make_interval(mins => %(minutes)s)
    FROM mixed_in, granted
    RETURNING lease_id
)"""
PLAIN = {"{MIXED}": "", "{chosen}": "free", "{or_known}": "", "{ADDED}": "", "{or_added}": ""}
WITH_KNOWN = {
    "{MIXED}": MIXED,
    "{chosen}": "left_free",
    "{or_known}": " UNION ALL SELECT item_id FROM mixed_in",
    "{ADDED}": ADDED,
    "{or_added}": " UNION ALL SELECT lease_id, FALSE FROM added",
}


def _claim(parts: Mapping[str, str], suggested: str) -> str:
    text = _CLAIM.replace("{FREE}", FREE)
    for name, part in parts.items():
        text = text.replace(name, part)
    return text.replace("{suggested}", suggested)


STATEMENTS = {
    (is_mixed, is_advised): _claim(WITH_KNOWN if is_mixed else PLAIN, OFFERED if is_advised else "NULL")
    for is_mixed in (False, True)
    for is_advised in (False, True)
}
"""What claims an item, by whether known ones are mixed in and whether suggestions are shown."""

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

_ADD_SLOTS = """
INSERT INTO annotation_slot (project_id, item_id, number, priority)
SELECT i.project_id, i.id, n, 0 FROM annotation_item i, generate_series(0, %(overlap)s - 1) n
WHERE i.project_id = %(project)s AND NOT EXISTS (
    SELECT 1 FROM annotation_gold g WHERE g.item_id = i.id AND NOT g.is_withdrawn
        AND NOT EXISTS (SELECT 1 FROM annotation_gold n WHERE n.item_id = g.item_id AND n.version > g.version))
    AND NOT EXISTS (
        SELECT 1 FROM annotation_discard d WHERE d.item_id = i.id AND d.is_out AND NOT EXISTS (
            SELECT 1 FROM annotation_discard back WHERE back.item_id = d.item_id AND back.id > d.id)){item}
ON CONFLICT (item_id, number) DO NOTHING
"""
ADD_SLOTS = _ADD_SLOTS.replace("{item}", "")
ADD_SLOTS_OF_ITEM = _ADD_SLOTS.replace("{item}", " AND i.id = %(item)s")

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
    only = screening.only(place)
    for _ in range(3):
        try:
            with transaction.atomic() if connection.in_atomic_block else nullcontext():  # alone, one statement is one
                lease_id = _take(place, ahead_of, only)
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


def _take(place: Place, ahead_of: uuid.UUID | None, only: list[int] | None) -> uuid.UUID | None:
    """`only` are the known items that somebody new begins with; None lets them have any."""
    project = place.project
    values: dict[str, Any] = {
        "project": project.pk,
        "person": place.user.pk,
        "minutes": project.lease_minutes,
        "ahead_of": ahead_of,
    }
    is_mixed, is_advised = project.has_had_gold, project.suggestions != Suggestions.NEVER
    if is_mixed:
        numbers = {"first": FIRST_EXTRA, "numbers": LAST_EXTRA - FIRST_EXTRA + 1}
        values |= {"chance": project.gold_percent / 100 if only is None else 1.0, "set": only, **numbers}
    if is_advised:
        values |= {"mode": project.suggestions, "suggester": project.suggestions_by}
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS[is_mixed, is_advised], values)
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
    if not held.update(expires_at=lease_end(place)):
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
    Slot.objects.filter(pk=slot.pk).update(lease=lease, holder=place.user, expires_at=lease_end(place))
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


def lease_end(place: Place) -> "ExpressionWrapper[Any]":
    """When a lease granted now ends, by the database's clock."""
    return ExpressionWrapper(Now() + timedelta(minutes=place.project.lease_minutes), output_field=DateTimeField())

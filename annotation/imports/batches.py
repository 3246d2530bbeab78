"""One batch of rows into PostgreSQL: converted, checked, staged by COPY, and told apart from what is there already."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from annotation.imports.adapters import Convert
from annotation.imports.canonical import CanonicalItem, Refused, content_digest, group_key, validate
from annotation.imports.fitting import Fitted, fit
from annotation.imports.reading import Record, Unreadable
from annotation.models import Import, RefusedRow

EXCERPT = 500
OTHER_CONTENT = "This key belongs to another item whose text differs."

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS import_staging (
    number bigint, key text, digest bytea, "group" text, messages jsonb, responses jsonb, principle text,
    language text, tags text[], source jsonb
) ON COMMIT DELETE ROWS;
DELETE FROM import_staging
"""
COPY = "COPY import_staging FROM STDIN"

# A row that is not the first of its key, in this batch or in the project, becomes no item.
KNOWN = """
SELECT s.number, i.digest = s.digest FROM import_staging s
JOIN annotation_item i ON i.project_id = %(project)s AND i.key = s.key
UNION ALL
SELECT s.number, s.digest = s.leader FROM (
    SELECT number, key, digest, first_value(digest) OVER w AS leader, row_number() OVER w AS rank
    FROM import_staging WINDOW w AS (PARTITION BY key ORDER BY number)
) s WHERE s.rank > 1 AND NOT EXISTS (
    SELECT 1 FROM annotation_item i WHERE i.project_id = %(project)s AND i.key = s.key
)
"""
FORGET = "DELETE FROM import_staging WHERE number = ANY(%s)"
ADD = """
WITH added AS (
    INSERT INTO annotation_item (project_id, key, digest, "group", messages, responses, principle, language, tags,
        source, imported_by_id)
    SELECT %(project)s, key, digest, "group", messages, responses, principle, language, tags, source, %(run)s
    FROM import_staging ORDER BY number
    RETURNING id, key
), slots AS (
    INSERT INTO annotation_slot (project_id, item_id, number, priority)
    SELECT %(project)s, added.id, n, 0
    FROM added, (SELECT overlap FROM projects_project WHERE id = %(project)s FOR SHARE) p,
        generate_series(0, p.overlap - 1) n
    ORDER BY added.id, n
)
SELECT id, key FROM added WHERE key = ANY(%(labeled)s)
"""
COPY_LABELS = """
COPY annotation_annotation (project_id, item_id, form_id, imported_name, answers, shown, seconds, source) FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """What stays the same from batch to batch of one import."""

    run: Import
    convert: Convert
    questions: Sequence[Any]
    form_id: int | None


@dataclass(slots=True)
class Outcome:
    """What became of the rows of one batch: `ok + duplicate + refused` is their number."""

    ok: int = 0
    duplicate: int = 0
    refused: int = 0
    labels: int = 0
    labels_left_out: int = 0


@dataclass(slots=True)
class _Sorted:
    """A batch in Python: rows ready to be staged, labels by key, and refusals."""

    rows: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    labels: dict[int, tuple[list[Fitted], int]] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)


def write(batch: Batch, records: Sequence[Record]) -> Outcome:
    """Store a batch inside the caller's transaction."""
    found = _sort(batch, records)
    outcome = Outcome()
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy(COPY) as copy:
            for row in found.rows.values():
                copy.write_row(row)
        outcome.duplicate = _set_known_aside(cursor, batch, found)
        added = _add(cursor, batch, found)
        outcome.labels = _add_labels(cursor, batch, found, added)
    outcome.labels_left_out = sum(left_out for _, left_out in found.labels.values())
    outcome.ok, outcome.refused = len(found.rows), len(found.refused)
    RefusedRow.objects.bulk_create(found.refused)
    return outcome


def _sort(batch: Batch, records: Sequence[Record]) -> _Sorted:
    found = _Sorted()
    for number, value, _ in records:
        if isinstance(value, Unreadable):
            found.refused.append(_refusal(batch, number, value.reason, value.excerpt))
            continue
        try:
            item = batch.convert(value)
            validate(item)
            if item.labels:
                found.labels[number] = fit(item, batch.questions)
        except Refused as refusal:
            found.refused.append(_refusal(batch, number, refusal.reason, _excerpt(value)))
            continue
        found.rows[number] = _row(number, item)
    return found


def _row(number: int, item: CanonicalItem) -> tuple[Any, ...]:
    digest = content_digest(item)
    return (
        number,
        item.key or digest.hex(),
        digest,
        group_key(item),
        _json(item.messages),
        _json([_response(response) for response in item.responses]),
        item.principle or "",
        item.language or "",
        item.tags,
        _json(item.source),
    )


def _response(response: Any) -> dict[str, Any]:
    kept: dict[str, Any] = {"messages": response.messages}
    for name in ("model", "params", "key", "steps"):
        if value := getattr(response, name):
            kept[name] = value
    return kept


def _set_known_aside(cursor: Any, batch: Batch, found: _Sorted) -> int:
    """Take out of the batch what is no new item; returns how many of those are true duplicates."""
    cursor.execute(KNOWN, {"project": batch.run.project_id})
    known = cursor.fetchall()
    if not known:
        return 0
    cursor.execute(FORGET, [[number for number, _ in known]])
    for number, is_same in known:
        row = found.rows.pop(number)
        found.labels.pop(number, None)
        if not is_same:
            found.refused.append(_refusal(batch, number, OTHER_CONTENT, row[1][:EXCERPT]))
    return sum(is_same for _, is_same in known)


def _add(cursor: Any, batch: Batch, found: _Sorted) -> dict[str, int]:
    """Items and their slots. Raises IntegrityError where another import took a key in this very moment; the job's
    next attempt then finds it known."""
    labeled = [found.rows[number][1] for number, (fitted, _) in found.labels.items() if fitted]
    cursor.execute(ADD, {"project": batch.run.project_id, "run": batch.run.pk, "labeled": labeled})
    return {key: item_id for item_id, key in cursor.fetchall()}


def _add_labels(cursor: Any, batch: Batch, found: _Sorted, added: dict[str, int]) -> int:
    count = 0
    if not added:
        return count
    provenance = {"import": str(batch.run.pk)}
    with cursor.copy(COPY_LABELS) as copy:
        for number, (fitted, _) in found.labels.items():
            row = found.rows[number]
            shown = list(range(_responses_in(row)))
            for one in fitted:
                source = _json({**one.source, **provenance})
                copy.write_row(
                    (
                        batch.run.project_id,
                        added[row[1]],
                        batch.form_id,
                        one.annotator,
                        _json(one.answers),
                        shown,
                        one.seconds,
                        source,
                    )
                )
                count += 1
    return count


def _responses_in(row: tuple[Any, ...]) -> int:
    return len(json.loads(row[5]))


def _refusal(batch: Batch, number: int, reason: str, excerpt: str) -> RefusedRow:
    return RefusedRow(run=batch.run, number=number, reason=reason[:500], excerpt=excerpt[:EXCERPT])


def _excerpt(value: object) -> str:
    """How the row begins, as JSON without what PostgreSQL cannot keep."""
    text = json.dumps(value, ensure_ascii=True, default=str)[:EXCERPT]
    return text.replace("\x00", "")

"""One batch of rows into PostgreSQL: converted, checked, staged by COPY, and told apart from what is there already."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from pydantic_core import to_json

from annotation.imports import copying
from annotation.imports.adapters import Convert
from annotation.imports.canonical import (
    CanonicalItem,
    CanonicalResponse,
    Refused,
    content_digest,
    group_key,
    validate,
)
from annotation.imports.fitting import Fitted, fit
from annotation.imports.reading import Record, Unreadable
from annotation.models import Import, RefusedRow

EXCERPT = 500
OTHER_CONTENT = "This key belongs to another item whose text differs."

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


@dataclass(frozen=True, slots=True)
class Staged:
    """A row that may become an item: what tells it apart, its line for COPY, and the labels that came along."""

    key: str
    line: bytes
    responses: int
    labels: Sequence[Fitted] = ()
    left_out: int = 0


@dataclass(slots=True)
class Prepared:
    """A batch read and checked, with nothing written yet."""

    rows: int
    end: Record
    staged: dict[int, Staged] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)


def prepare(batch: Batch, records: Sequence[Record]) -> Prepared:
    """Convert and check rows. Touches no database, so that it can run while the batch before is being written."""
    found = Prepared(rows=len(records), end=records[-1])
    for number, value, _ in records:
        if isinstance(value, Unreadable):
            found.refused.append(_refusal(batch, number, value.reason, value.excerpt))
            continue
        try:
            item = batch.convert(value)
            validate(item)
            found.staged[number] = _stage(number, item, batch)
        except Refused as refusal:
            found.refused.append(_refusal(batch, number, refusal.reason, _excerpt(value)))
    return found


def write(batch: Batch, found: Prepared) -> Outcome:
    """Store a batch inside the caller's transaction."""
    outcome = Outcome()
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy(COPY) as copy:
            copy.write(b"".join(row.line for row in found.staged.values()))
        outcome.duplicate = _set_known_aside(cursor, batch, found)
        added = _add(cursor, batch, found)
        outcome.labels = _add_labels(cursor, batch, found, added)
    outcome.labels_left_out = sum(row.left_out for row in found.staged.values())
    outcome.ok, outcome.refused = len(found.staged), len(found.refused)
    RefusedRow.objects.bulk_create(found.refused)
    return outcome


def _stage(number: int, item: CanonicalItem, batch: Batch) -> Staged:
    labels, left_out = fit(item, batch.questions) if item.labels else ((), 0)
    digest = content_digest(item)
    key = item.key or digest.hex()
    line = copying.line(
        (
            str(number).encode(),
            copying.text(key),
            copying.binary(digest),
            copying.text(group_key(item)),
            copying.json(item.messages),
            copying.json([_response(response) for response in item.responses]),
            copying.text(item.principle or ""),
            copying.text(item.language or ""),
            copying.texts(item.tags),
            copying.json(item.source),
        )
    )
    return Staged(key, line, len(item.responses), labels, left_out)


def _response(response: CanonicalResponse) -> dict[str, Any]:
    kept: dict[str, Any] = {"messages": response.messages}
    for name in ("model", "params", "key", "steps"):
        if value := getattr(response, name):
            kept[name] = value
    return kept


def _set_known_aside(cursor: Any, batch: Batch, found: Prepared) -> int:
    """Take out of the batch what is no new item; returns how many of those are true duplicates."""
    cursor.execute(KNOWN, {"project": batch.run.project_id})
    known = cursor.fetchall()
    if not known:
        return 0
    cursor.execute(FORGET, [[number for number, _ in known]])
    for number, is_same in known:
        row = found.staged.pop(number)
        if not is_same:
            found.refused.append(_refusal(batch, number, OTHER_CONTENT, row.key))
    return sum(is_same for _, is_same in known)


def _add(cursor: Any, batch: Batch, found: Prepared) -> dict[str, int]:
    """Items and their slots; the ids of those that have labels, by key.

    Raises IntegrityError where another import took a key in this very moment: the job's next attempt finds it known.
    """
    labeled = [row.key for row in found.staged.values() if row.labels]
    cursor.execute(ADD, {"project": batch.run.project_id, "run": batch.run.pk, "labeled": labeled})
    return {key: item_id for item_id, key in cursor.fetchall()}


def _add_labels(cursor: Any, batch: Batch, found: Prepared, added: dict[str, int]) -> int:
    lines = [
        _label_line(batch, added[row.key], row.responses, label)
        for row in found.staged.values()
        for label in row.labels
    ]
    if lines:
        with cursor.copy(COPY_LABELS) as copy:
            copy.write(b"".join(lines))
    return len(lines)


def _label_line(batch: Batch, item_id: int, responses: int, label: Fitted) -> bytes:
    return copying.line(
        (
            str(batch.run.project_id).encode(),
            str(item_id).encode(),
            str(batch.form_id).encode(),
            copying.text(label.annotator),
            copying.json(label.answers),
            copying.whole_numbers(range(responses)),
            copying.number(label.seconds),
            copying.json({**label.source, "import": str(batch.run.pk)}),
        )
    )


def _refusal(batch: Batch, number: int, reason: str, excerpt: str) -> RefusedRow:
    return RefusedRow(run=batch.run, number=number, reason=reason[:500], excerpt=excerpt[:EXCERPT])


def _excerpt(value: object) -> str:
    """How the row begins, as JSON."""
    return to_json(value, fallback=str).decode("utf-8", "replace")[:EXCERPT].replace("\x00", "")

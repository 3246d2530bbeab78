"""One batch of rows into PostgreSQL: converted, checked, told apart from what is there, copied in."""

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

KNOWN = "SELECT key, digest FROM annotation_item WHERE project_id = %s AND key = ANY(%s)"
IDS = "SELECT nextval(pg_get_serial_sequence('annotation_item', 'id')) FROM generate_series(1, %s)"
OVERLAP = "SELECT overlap FROM projects_project WHERE id = %s FOR SHARE"
COPY_ITEMS = """
COPY annotation_item (id, project_id, imported_by_id, key, digest, "group", messages, responses, principle, rubric,
    language, tags, source) FROM STDIN
"""
COPY_SLOTS = "COPY annotation_slot (project_id, item_id, number) FROM STDIN"
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
    digest: bytes
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
            found.staged[number] = _stage(item, batch)
        except Refused as refusal:
            found.refused.append(_refusal(batch, number, refusal.reason, _excerpt(value)))
    return found


def write(batch: Batch, found: Prepared) -> Outcome:
    """Store a batch inside the caller's transaction."""
    with connection.cursor() as cursor:
        duplicate = _set_known_aside(cursor, batch, found)
        added = _add_items(cursor, batch, list(found.staged.values()))
        labels = _add_labels(cursor, batch, added)
    RefusedRow.objects.bulk_create(found.refused)
    return Outcome(
        ok=len(added),
        duplicate=duplicate,
        refused=len(found.refused),
        labels=labels,
        labels_left_out=sum(row.left_out for _, row in added),
    )


def _stage(item: CanonicalItem, batch: Batch) -> Staged:
    labels, left_out = fit(item, batch.questions) if item.labels else ((), 0)
    digest = content_digest(item)
    key = item.key or digest.hex()
    line = copying.line(
        (
            copying.text(key),
            copying.binary(digest),
            copying.text(group_key(item)),
            copying.json(item.messages),
            copying.json([_response(response) for response in item.responses]),
            copying.text(item.principle or ""),
            copying.json(item.rubric),
            copying.text(item.language or ""),
            copying.texts(item.tags),
            copying.json(item.source),
        )
    )
    return Staged(key, digest, line, len(item.responses), labels, left_out)


def _response(response: CanonicalResponse) -> dict[str, Any]:
    kept: dict[str, Any] = {"messages": response.messages}
    for name in ("model", "params", "key", "steps"):
        if value := getattr(response, name):
            kept[name] = value
    return kept


def _set_known_aside(cursor: Any, batch: Batch, found: Prepared) -> int:
    """Take out of the batch what is no new item, here or in the project; returns how many are true duplicates."""
    cursor.execute(KNOWN, [batch.run.project_id, [row.key for row in found.staged.values()]])
    seen = {key: bytes(digest) for key, digest in cursor.fetchall()}
    duplicates = 0
    for number, row in list(found.staged.items()):
        if seen.setdefault(row.key, row.digest) is row.digest:
            continue
        del found.staged[number]
        if seen[row.key] == row.digest:
            duplicates += 1
        else:
            found.refused.append(_refusal(batch, number, OTHER_CONTENT, row.key))
    return duplicates


def _add_items(cursor: Any, batch: Batch, rows: list[Staged]) -> list[tuple[int, Staged]]:
    """Items and their slots, under ids drawn beforehand; the rows come back with theirs.

    Raises IntegrityError where another import took a key in this very moment: the job's next attempt finds it known.
    """
    cursor.execute(IDS, [len(rows)])
    added = [(item_id, row) for (item_id,), row in zip(cursor.fetchall(), rows, strict=True)]
    cursor.execute(OVERLAP, [batch.run.project_id])
    numbers = range(cursor.fetchone()[0])
    owner = f"\t{batch.run.project_id}\t{batch.run.pk}\t".encode()
    with cursor.copy(COPY_ITEMS) as copy:
        copy.write(b"".join([b"%d%b%b" % (item_id, owner, row.line) for item_id, row in added]))
    project = batch.run.project_id
    with cursor.copy(COPY_SLOTS) as copy:
        copy.write(b"".join([b"%d\t%d\t%d\n" % (project, item_id, n) for item_id, _ in added for n in numbers]))
    return added


def _add_labels(cursor: Any, batch: Batch, added: list[tuple[int, Staged]]) -> int:
    lines = [_label_line(batch, item_id, row.responses, label) for item_id, row in added for label in row.labels]
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

"""One batch of rows into PostgreSQL: converted, checked, told apart from what is there, copied in."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from pydantic_core import to_json

from annotation.imports import copying
from annotation.imports.adapters import Convert
from annotation.imports.canonical import (
    CanonicalItem,
    CanonicalResponse,
    MediaRef,
    Refused,
    content_digest,
    group_key,
    name_of,
    validate,
)
from annotation.imports.fitting import Fitted, fit
from annotation.imports.known import Basis, Unsaid, held
from annotation.imports.reading import Record, Unreadable
from annotation.imports.shelf import Shelf, refs_of
from annotation.media.drafts import Drafted
from annotation.models import Import, Media, RefusedRow
from annotation.services import media

EXCERPT = 500
NOT_HERE = "The project has no file with the SHA-256 {}…. Send it first, or in an archive with the rows."
OTHER_CONTENT = "This key belongs to another item whose text differs."
OTHER_BASIS = "The labels speak of other steps or criteria than those of this item, which is there already."

KNOWN = "SELECT key, digest FROM annotation_item WHERE project_id = %s AND key = ANY(%s)"
IDS = "SELECT nextval(pg_get_serial_sequence('annotation_item', 'id')) FROM generate_series(1, %s)"
OVERLAP = "SELECT overlap FROM projects_project WHERE id = %s FOR SHARE"
COPY_ITEMS = """
COPY annotation_item (id, project_id, imported_by_id, key, digest, "group", messages, responses, principle, rubric,
    language, tags, source) FROM STDIN
"""
COPY_SLOTS = "COPY annotation_slot (project_id, item_id, number) FROM STDIN"
COPY_MEDIA = "COPY annotation_itemmedia (item_id, media_id) FROM STDIN"
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
    shelf: Shelf


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
    """A row that may become an item: what tells it apart, its line for COPY, and the labels that came along.

    What it shows is in `refs`, the same objects as in `item`; then there is no line until they are settled.
    """

    key: str
    digest: bytes
    item: CanonicalItem
    line: bytes
    labels: Sequence[Fitted] = ()
    left_out: int = 0
    basis: Basis | None = None
    """What the labels speak of; only where there are any."""
    refs: Sequence[MediaRef] = ()
    drafts: Sequence[Drafted] = ()


@dataclass(slots=True)
class Prepared:
    """A batch read and checked, with nothing written yet."""

    rows: int
    end: Record
    staged: dict[int, Staged] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)
    drafts: dict[str, Drafted] = field(default_factory=dict)

    def discard(self) -> None:
        """Remove the files that nobody placed."""
        for drafted in self.drafts.values():
            drafted.discard()


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
            found.staged[number] = _stage(item, batch, found.drafts)
        except Refused as refusal:
            found.refused.append(_refusal(batch, number, refusal.reason, _excerpt(value)))
    return found


def write(batch: Batch, found: Prepared) -> Outcome:
    """Store a batch inside the caller's transaction."""
    with connection.cursor() as cursor:
        here = _refuse_missing(batch, found)
        known = _set_known_aside(cursor, batch, found)
        shown = _settle_media(batch, found, here)
        added = _add_items(cursor, batch, list(found.staged.values()))
        _add_media(cursor, added, shown)
        labels = _add_labels(cursor, batch, added)
        labels += _add_labels(cursor, batch, _labels_of_known(cursor, batch, found, known))
    RefusedRow.objects.bulk_create(found.refused)
    return Outcome(
        ok=len(added),
        duplicate=len(known),
        refused=len(found.refused),
        labels=labels,
        labels_left_out=sum(row.left_out for row in (*found.staged.values(), *known.values())),
    )


def _stage(item: CanonicalItem, batch: Batch, drafts: dict[str, Drafted]) -> Staged:
    is_shown = any(True for _ in refs_of(item))
    made = batch.shelf.settle(item, drafts) if is_shown else ()
    labels, left_out = fit(item, batch.questions) if item.labels else ((), 0)
    digest = content_digest(item)
    key = name_of(item, digest)
    line = b"" if is_shown else _line(item, key, digest)
    return Staged(
        key,
        digest,
        item,
        line,
        labels,
        left_out,
        basis=Basis.of(item) if labels else None,
        refs=tuple(refs_of(item)) if is_shown else (),
        drafts=made,
    )


def _line(item: CanonicalItem, key: str, digest: bytes) -> bytes:
    return copying.line(
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


def _response(response: CanonicalResponse) -> dict[str, Any]:
    kept: dict[str, Any] = {"messages": response.messages}
    for name in ("model", "params", "key", "steps"):
        if value := getattr(response, name):
            kept[name] = value
    return kept


def _set_known_aside(cursor: Any, batch: Batch, found: Prepared) -> dict[int, Staged]:
    """Take out of the batch what is no new item, here or in the project; returns those that are true duplicates."""
    cursor.execute(KNOWN, [batch.run.project_id, [row.key for row in found.staged.values()]])
    seen = {key: bytes(digest) for key, digest in cursor.fetchall()}
    duplicates = {}
    for number, row in list(found.staged.items()):
        if seen.setdefault(row.key, row.digest) is row.digest:
            continue
        del found.staged[number]
        if seen[row.key] == row.digest:
            duplicates[number] = row
        else:
            found.refused.append(_refusal(batch, number, OTHER_CONTENT, row.key))
    return duplicates


def _labels_of_known(cursor: Any, batch: Batch, found: Prepared, known: dict[int, Staged]) -> list[tuple[int, Staged]]:
    """What more annotators say about items that are there already, in rows with these labels alone.

    A row whose new labels do not speak of the item as it stands is refused, and no duplicate any more.
    """
    labeled = {number: row for number, row in known.items() if row.basis}
    if not labeled:
        return []
    items = held(cursor, batch.run.project_id, {row.key for row in labeled.values()})
    unsaid = Unsaid(cursor, items.values())
    more = []
    for number, row in labeled.items():
        item = items[row.key]
        labels = unsaid.of(item, row.labels)
        if labels and row.basis and not item.is_spoken_of(row.basis):
            del known[number]
            found.refused.append(_refusal(batch, number, OTHER_BASIS, row.key))
        elif labels:
            unsaid.take(item, labels)
            more.append((item.id, replace(row, labels=labels)))
    return more


def _refuse_missing(batch: Batch, found: Prepared) -> dict[str, Media]:
    """Refuse rows that show by digest what the project does not have; the files that it has, by SHA-256."""
    named = {ref["sha256"] for row in found.staged.values() for ref in row.refs}
    here = media.known(batch.run.project_id, named) if named else {}
    for number, row in list(found.staged.items()):
        came = {one.sha256 for one in row.drafts}
        missing = next((ref["sha256"] for ref in row.refs if ref["sha256"] not in here.keys() | came), None)
        if missing:
            del found.staged[number]
            found.refused.append(_refusal(batch, number, NOT_HERE.format(missing[:12]), row.key))
    return here


def _settle_media(batch: Batch, found: Prepared, here: dict[str, Media]) -> dict[str, Media]:
    """Give the files of new items their names, and write the lines of what shows any; all files, by SHA-256."""
    showing = {number: row for number, row in found.staged.items() if row.refs}
    if not showing:
        return {}
    shown = {**here, **media.keep(batch.run.project_id, [one for row in showing.values() for one in row.drafts])}
    for number, row in showing.items():
        for ref in row.refs:
            ref["kind"], ref["type"] = shown[ref["sha256"]].kind, shown[ref["sha256"]].type
        found.staged[number] = replace(row, line=_line(row.item, row.key, row.digest))
    return shown


def _add_media(cursor: Any, added: list[tuple[int, Staged]], shown: dict[str, Media]) -> None:
    """Say which items show which files."""
    pairs = [
        (item_id, shown[sha256].pk)
        for item_id, row in added
        for sha256 in dict.fromkeys(ref["sha256"] for ref in row.refs)
    ]
    if pairs:
        with cursor.copy(COPY_MEDIA) as copy:
            copy.write(b"".join([b"%d\t%d\n" % pair for pair in pairs]))


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
    lines = [
        _label_line(batch, item_id, len(row.item.responses), label) for item_id, row in added for label in row.labels
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

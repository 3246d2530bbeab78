"""Reads the labeled items of a project as they stood at one annotation: a stream of plain records.

Annotations are only ever added, so `id <= last` is a snapshot that stays true for ever. No transaction is held open:
each batch is a query of its own, by item id.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.models import Max, Min
from pydantic_core import from_json

from annotation.models import Annotation, Form, Item
from curation.building import Labeled
from curation.recipes import AnnotationRecord, ItemRecord, QuestionRecord
from curation.recipes.records import IMPORTED, PEOPLE
from projects.models import Project

BATCH = 2_000  # annotations wanted per batch
NARROWEST, WIDEST = 64, 2_000_000  # item ids per batch
CHUNK = 100  # items that the driver holds at once

WITH_CIRCUMSTANCES = """
    SELECT item_id, id, author_id, imported_name, answers, supersedes_id, form_id, guideline_version,
           shown, seconds, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US "UTC"'), reason, source
    FROM annotation_annotation
    WHERE project_id = %s AND item_id >= %s AND item_id < %s AND id <= %s
    ORDER BY item_id, id
"""
ANSWERS_ALONE = """
    SELECT item_id, id, author_id, imported_name, answers, supersedes_id, form_id, guideline_version
    FROM annotation_annotation
    WHERE project_id = %s AND item_id >= %s AND item_id < %s AND id <= %s
    ORDER BY item_id, id
"""
ITEMS = """
    SELECT id, key, "group", messages, responses, source, tags, language, principle
    FROM annotation_item
    WHERE id = ANY(%s) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every annotation of a project up to and including `last_annotation`."""

    project: Project
    last_annotation: int
    with_circumstances: bool = True

    def batches(self) -> Iterator[Iterator[Labeled]]:
        """All labeled items, by id, about two thousand annotations at a time.

        Each batch must be read to its end before the next is asked for, and before any other query: its items come
        straight from the driver.
        """
        low, last = _bounds(self.project)
        reader = _Reader(self, _forms(self.project))
        width = NARROWEST
        while low <= last:
            annotations = reader.annotations(low, low + width)
            low += width
            width = _next_width(width, sum(map(len, annotations.values())))
            if annotations:
                yield ((item, annotations[item.id]) for item in _items(list(annotations)))

    def labeled(self) -> Iterator[Labeled]:
        """All labeled items, by id. No other query may run while this is read."""
        for batch in self.batches():
            yield from batch


def questions_of(project: Project) -> list[QuestionRecord]:
    """What the project's newest form asks."""
    form = Form.objects.filter(project=project).order_by("-version").prefetch_related("questions").first()
    return [
        QuestionRecord(
            question.key,
            question.kind,
            question.title,
            tuple(dimension["key"] for dimension in question.settings.get("dimensions", [])),
        )
        for question in (form.questions.all() if form else ())
    ]


def last_annotation(project: Project) -> int | None:
    """The newest annotation's id; None when nobody has labeled anything."""
    newest: int | None = Annotation.objects.filter(project=project).aggregate(newest=Max("id"))["newest"]
    return newest


def pseudonym(salt: str, origin: str, who: object) -> str:
    """A name for an annotator that is the same in every release of the project and says nothing outside it."""
    mark = hmac.new(salt.encode(), f"pseudonym:{origin}:{who}".encode(), sha256).hexdigest()[:12]
    return f"{'person' if origin == PEOPLE else 'imported'}-{mark}"


class _Reader:
    """Turns rows into records, remembering what many rows share."""

    def __init__(self, snapshot: Snapshot, forms: dict[int, tuple[int, dict[str, str]]]) -> None:
        self._snapshot = snapshot
        self._query = WITH_CIRCUMSTANCES if snapshot.with_circumstances else ANSWERS_ALONE
        self._forms = forms
        self._pseudonyms: dict[tuple[int | None, str], str] = {}

    def annotations(self, low: int, high: int) -> dict[int, list[AnnotationRecord]]:
        """Those of items from `low` to below `high`, by item."""
        with connection.cursor() as cursor:
            cursor.execute(self._query, [self._snapshot.project.pk, low, high, self._snapshot.last_annotation])
            rows = cursor.fetchall()
        superseded = {row[5] for row in rows}
        by_item: dict[int, list[AnnotationRecord]] = defaultdict(list)
        for row in rows:
            by_item[row[0]].append(self._record(row, is_current=row[1] not in superseded))
        return by_item

    def _record(self, row: tuple[Any, ...], *, is_current: bool) -> AnnotationRecord:
        version, kinds = self._forms[row[6]]
        said = AnnotationRecord(
            row[1],
            self._name(row[2], row[3]),
            IMPORTED if row[2] is None else PEOPLE,
            from_json(row[4]),
            is_current,
            row[5],
            version,
            row[7],
            kinds,
        )
        if not self._snapshot.with_circumstances:
            return said
        return said._replace(shown=row[8], seconds=row[9], at=row[10], reason=row[11], source=_object(row[12]))

    def _name(self, author_id: int | None, imported_name: str) -> str:
        who = (author_id, imported_name)
        if who not in self._pseudonyms:
            origin = IMPORTED if author_id is None else PEOPLE
            salt = self._snapshot.project.salt
            self._pseudonyms[who] = pseudonym(salt, origin, imported_name if author_id is None else author_id)
        return self._pseudonyms[who]


def _items(ids: list[int]) -> Iterator[ItemRecord]:
    with connection.cursor() as cursor:
        # Straight from the driver, some at a time: a batch of long texts never stands in memory as a whole.
        for row in cursor.cursor.stream(ITEMS, [ids], size=CHUNK):
            yield ItemRecord(
                row[0], row[1], row[2], from_json(row[3]), from_json(row[4]), _object(row[5]), row[6], row[7], row[8]
            )


def _object(text: str) -> dict[str, Any]:
    """A JSON object that mostly is empty."""
    return from_json(text) if text != "{}" else {}


def _bounds(project: Project) -> tuple[int, int]:
    bounds = Item.objects.filter(project=project).aggregate(first=Min("id"), last=Max("id"))
    return bounds["first"] or 0, -1 if bounds["last"] is None else bounds["last"]


def _forms(project: Project) -> dict[int, tuple[int, dict[str, str]]]:
    """Form id to its version and the kind of each of its questions."""
    return {
        form.pk: (form.version, {question.key: question.kind for question in form.questions.all()})
        for form in Form.objects.filter(project=project).prefetch_related("questions")
    }


def _next_width(width: int, found: int) -> int:
    """Wider where labels are sparse, narrower where they are dense; at most four times in one step."""
    wanted = width * BATCH // max(found, 1)
    return max(NARROWEST, min(wanted, width * 4, WIDEST))

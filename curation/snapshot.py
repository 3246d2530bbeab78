"""Reads the labeled items of a project as they stood at one annotation: a stream of plain records.

Annotations are only ever added, so `id <= last` is a snapshot that stays true for ever. No transaction is held open:
each batch is a query of its own, by item id.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Max, Min
from pydantic_core import from_json

from annotation import subjects
from annotation.kinds import KINDS, Judged
from annotation.models import Annotation, Discard, Form, Gold, Item, ItemMedia, Question, Segmentation
from curation.annotator_names import pseudonym
from curation.building import Labeled
from curation.following import Followed
from curation.overturns import NONE, Overturns
from curation.recipes import AnnotationRecord, ItemRecord, QuestionRecord
from curation.recipes.records import ACCEPTED, IMPORTED, MACHINES, PEOPLE, Known, Omits
from curation.removals import NOTHING, Removed
from modelhooks.models import Run
from projects.models import Project

BATCH = 2_000  # annotations wanted per batch
NARROWEST, WIDEST = 64, 2_000_000  # item ids per batch
CHUNK = 100  # items that the driver holds at once

WITH_CIRCUMSTANCES = """
    SELECT item_id, id, author_id, imported_name, answers, supersedes_id, form_id, guideline_version,
           run_id, shown, seconds,
           to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US "UTC"'), reason, source
    FROM annotation_annotation
    WHERE project_id = %s AND item_id >= %s AND item_id < %s AND id <= %s
    ORDER BY item_id, id
"""
ANSWERS_ALONE = """
    SELECT item_id, id, author_id, imported_name, answers, supersedes_id, form_id, guideline_version, run_id
    FROM annotation_annotation
    WHERE project_id = %s AND item_id >= %s AND item_id < %s AND id <= %s
    ORDER BY item_id, id
"""
ITEMS = """
    SELECT id, key, "group", messages, responses, source, tags, language, principle, rubric
    FROM annotation_item
    WHERE id = ANY(%s) ORDER BY id
"""

Forms = dict[int, tuple[int, dict[str, str], dict[str, QuestionRecord]]]
"""Form id to its version, the kind of each of its questions, and the questions."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every annotation of a project up to and including `last_annotation`."""

    project: Project
    last_annotation: int
    with_circumstances: bool = True
    follows: Followed | None = None
    """The analysis whose consensus items bring along, where recipes read it."""
    omitted: Mapping[int, Sequence[Omits]] = field(default_factory=dict)
    """Item id to what was found about it."""
    overturns: Overturns = NONE
    """What reviewers decided about items."""
    accepted: frozenset[int] = frozenset()
    """Annotations of judges that stand without a person."""
    removed: Removed = NOTHING
    """Items and annotators that are out."""

    def batches(self) -> Iterator[Iterator[Labeled]]:
        """All labeled items, by id, about two thousand annotations at a time.

        Each batch must be read to its end before the next is asked for, and before any other query: its items come
        straight from the driver.
        """
        read = self.between()
        low, last = bounds(self.project)
        width = NARROWEST
        while low <= last:
            count, found = read(low, low + width)
            low += width
            width = next_width(width, count)
            if count:
                yield found

    def between(self) -> Callable[[int, int], tuple[int, Iterator[Labeled]]]:
        """A function that reads the labeled items from one id to below another: how many annotations, and the items.

        The items must be read to their end before any other query.
        """
        forms = _forms(self.project)
        reader, items = _Reader(self, forms), _in_steps if _asks_steps(forms) else _items

        def read(low: int, high: int) -> tuple[int, Iterator[Labeled]]:
            annotations = reader.annotations(low, high)
            if not annotations:
                return 0, iter(())
            known = self.follows.known(list(annotations)) if self.follows else {}
            found = items(list(annotations))
            if known or self.omitted or self.overturns != NONE:
                found = map(partial(self._with_more, known), found)
            return sum(map(len, annotations.values())), ((item, annotations[item.id]) for item in found)

        return read

    def _with_more(self, known: Mapping[int, Known], item: ItemRecord) -> ItemRecord:
        return item._replace(
            known=known.get(item.id), omitted=self.omitted.get(item.id, ()), overturned=self.overturns.of(item.id)
        )

    def labeled(self) -> Iterator[Labeled]:
        """All labeled items, by id. No other query may run while this is read."""
        for batch in self.batches():
            yield from batch


def questions_of(project: Project) -> list[QuestionRecord]:
    """What the project's newest form asks."""
    form = Form.objects.filter(project=project).order_by("-version").prefetch_related("questions").first()
    return [_question(question) for question in (form.questions.all() if form else ())]


def shows_files(project: Project) -> bool:
    """Whether any item of the project shows a picture, sound or film."""
    return ItemMedia.objects.filter(item__project=project).exists()


def last_annotation(project: Project) -> int | None:
    """The newest annotation's id; None when nobody has labeled anything."""
    newest: int | None = Annotation.objects.filter(project=project).aggregate(newest=Max("id"))["newest"]
    return newest


def last_discard(project: Project) -> int:
    """The newest row about items taken out or back in; 0 where there is none."""
    newest: int | None = Discard.objects.filter(project=project).aggregate(newest=Max("id"))["newest"]
    return newest or 0


def last_gold(project: Project) -> int:
    """The newest row about items whose answer is known; 0 where there is none."""
    newest: int | None = Gold.objects.filter(project=project).aggregate(newest=Max("id"))["newest"]
    return newest or 0


def gold(project: Project, last: int) -> frozenset[int]:
    """The ids of the items whose answer was known when `last` was the newest row."""
    return frozenset(Gold.objects.filter(project=project).current(last=last).values_list("item", flat=True))


def discarded(project: Project, last: int) -> frozenset[int]:
    """The ids of the items that were out when `last` was the newest row."""
    return frozenset(Discard.objects.filter(project=project).standing(last=last).values_list("item", flat=True))


class _Reader:
    """Turns rows into records, remembering what many rows share."""

    def __init__(self, snapshot: Snapshot, forms: Forms) -> None:
        self._snapshot = snapshot
        self._query = WITH_CIRCUMSTANCES if snapshot.with_circumstances else ANSWERS_ALONE
        self._forms = forms
        self._pseudonyms: dict[tuple[int | None, str], str] = {}
        self._models = _models(snapshot.project)

    def annotations(self, low: int, high: int) -> dict[int, list[AnnotationRecord]]:
        """Those of items from `low` to below `high`, by item."""
        with connection.cursor() as cursor:
            cursor.execute(self._query, [self._snapshot.project.pk, low, high, self._snapshot.last_annotation])
            rows = cursor.fetchall()
        if (removed := self._snapshot.removed) != NOTHING:
            rows = [row for row in rows if not removed.holds(row[0], row[2], row[3], row[8])]
        superseded = {row[5] for row in rows}
        by_item: dict[int, list[AnnotationRecord]] = defaultdict(list)
        for row in rows:
            by_item[row[0]].append(self._record(row, is_current=row[1] not in superseded))
        return by_item

    def _record(self, row: tuple[Any, ...], *, is_current: bool) -> AnnotationRecord:
        version, kinds, asked = self._forms[row[6]]
        said = AnnotationRecord(
            row[1],
            self._name(row[2], row[3], row[8]),
            self._origin(row),
            from_json(row[4]),
            is_current,
            row[5],
            version,
            row[7],
            kinds,
            asked,
        )
        if not self._snapshot.with_circumstances:
            return said
        return said._replace(shown=row[9], seconds=row[10], at=row[11], reason=row[12], source=_object(row[13]))

    def _origin(self, row: tuple[Any, ...]) -> str:
        if row[8]:
            return ACCEPTED if row[1] in self._snapshot.accepted else MACHINES
        return IMPORTED if row[2] is None else PEOPLE

    def _name(self, author_id: int | None, imported_name: str, run_id: int | None) -> str:
        if run_id:
            return self._models[run_id]
        who = (author_id, imported_name)
        if who not in self._pseudonyms:
            origin = IMPORTED if author_id is None else PEOPLE
            salt = self._snapshot.project.salt
            self._pseudonyms[who] = pseudonym(salt, origin, imported_name if author_id is None else author_id)
        return self._pseudonyms[who]


def _models(project: Project) -> dict[int, str]:
    """The name under which each run's answers go out."""
    found = Run.objects.filter(project=project).values_list("pk", "checkpoint__name")
    return {run: f"model {name}" for run, name in found}


def _items(ids: list[int]) -> Iterator[ItemRecord]:
    with connection.cursor() as cursor:
        # Straight from the driver, some at a time: a batch of long texts never stands in memory as a whole.
        for row in cursor.cursor.stream(ITEMS, [ids], size=CHUNK):
            yield ItemRecord(
                row[0],
                row[1],
                row[2],
                from_json(row[3]),
                from_json(row[4]),
                _object(row[5]),
                row[6],
                row[7],
                row[8],
                from_json(row[9]) if row[9] != "[]" else [],
            )


def _in_steps(ids: list[int]) -> Iterator[ItemRecord]:
    """The items with every response cut into the steps that answers speak of."""
    by_hand = subjects.cut_by_hand(ids)
    for item in _items(ids):
        yield item._replace(
            responses=[
                _with_steps(response, by_hand.get((item.id, place))) for place, response in enumerate(item.responses)
            ]
        )


def _with_steps(response: dict[str, Any], by_hand: Segmentation | None) -> dict[str, Any]:
    judged = subjects.cut(Judged.from_turns(response["messages"], response.get("steps")), by_hand)
    return {**response, "steps": [{"start": start, "end": end} for start, end in judged.steps]}


def _asks_steps(forms: Forms) -> bool:
    asked = (question for _, _, questions in forms.values() for question in questions.values())
    return any(KINDS[question.kind].asks_steps(question.settings) for question in asked)


def _object(text: str) -> dict[str, Any]:
    """A JSON object that mostly is empty."""
    return from_json(text) if text != "{}" else {}


def bounds(project: Project) -> tuple[int, int]:
    """The first and the last id of its items; the last is below the first where there are none."""
    bounds = Item.objects.filter(project=project).aggregate(first=Min("id"), last=Max("id"))
    return bounds["first"] or 0, -1 if bounds["last"] is None else bounds["last"]


def _forms(project: Project) -> Forms:
    found = Form.objects.filter(project=project).prefetch_related("questions")
    asked = {form: {question.key: _question(question) for question in form.questions.all()} for form in found}
    return {
        form.pk: (form.version, {key: question.kind for key, question in questions.items()}, questions)
        for form, questions in asked.items()
    }


def _question(question: Question) -> QuestionRecord:
    dimensions = tuple(dimension["key"] for dimension in question.settings.get("dimensions", []))
    return QuestionRecord(question.key, question.kind, question.title, dimensions, question.target, question.settings)


def next_width(width: int, found: int) -> int:
    """Wider where labels are sparse, narrower where they are dense; at most four times in one step."""
    wanted = width * BATCH // max(found, 1)
    return max(NARROWEST, min(wanted, width * 4, WIDEST))

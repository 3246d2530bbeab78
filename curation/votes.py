"""What people, imports and models said about one facet of a question, as arrays: what the mathematics here reads.

One query for a question, read as a stream. Annotations are only ever added, so `last` names a snapshot for ever.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from pydantic_core import from_json

from annotation.kinds import KINDS
from annotation.kinds.votes import Facet, Vote
from annotation.models import Form, Question
from curation import removals
from curation.aggregation import labels
from curation.aggregation.labels import Labels
from curation.overturns import NONE, Overturns
from curation.queries import known
from projects.models import Project

CHUNK = 2_000  # rows that the driver holds at once
UNKNOWN = -1

# Each annotator's current answer to a question as it stood then. An earlier form may have asked something of another
# kind under the same key, which is no answer to this one.
SAID = """
    SELECT a.item_id, i."group", a.id, a.author_id, a.imported_name, r.checkpoint_id, a.answers -> %(question)s,
           a.shown, a.seconds
    FROM annotation_annotation a
    JOIN annotation_item i ON i.id = a.item_id
    LEFT JOIN modelhooks_run r ON r.id = a.run_id
    WHERE a.project_id = %(project)s AND a.id <= %(last)s AND a.form_id = ANY(%(forms)s)
      AND a.answers -> %(question)s IS NOT NULL AND a.answers -> %(question)s <> 'null'
      AND NOT EXISTS (
          SELECT FROM annotation_annotation b WHERE b.supersedes_id = a.id AND b.id <= %(last)s
      )
      AND a.item_id <> ALL(%(items_out)s) AND (a.author_id IS NULL OR a.author_id <> ALL(%(people_out)s))
      AND (a.author_id IS NOT NULL OR a.run_id IS NOT NULL OR a.imported_name <> ALL(%(imported_out)s))
    ORDER BY a.item_id, a.id
"""


class Annotator(NamedTuple):
    """Who answered: a person by id, a name that came with an import, or a checkpoint by id."""

    kind: Literal["person", "imported", "model"]
    key: int | str


class Unit(NamedTuple):
    """What a vote is about: a place of an item."""

    item: int
    place: str


@dataclass(frozen=True, slots=True)
class Votes:
    """All votes on one facet, in long format: N votes by A annotators on U units of G prompt groups.

    No annotator has two votes on a unit. Values are numbers of the facet's values; units, annotators and groups are
    numbered from 0 in the order in which they first occur.
    """

    facet: Facet
    units: tuple[Unit, ...]
    annotators: tuple[Annotator, ...]
    unit: NDArray[np.int64]
    """[N]"""
    annotator: NDArray[np.int64]
    """[N]"""
    value: NDArray[np.int64]
    """[N]"""
    degree: NDArray[np.float64]
    """[N] How much better, above zero for a; NaN where that was not said."""
    side: NDArray[np.int8]
    """[N] 0 where a person saw the two in stored order, 1 where they were swapped, -1 where that is not known."""
    seconds: NDArray[np.float64]
    """[N] Time with the item in view; NaN where nobody can vouch for it."""
    annotation: NDArray[np.int64]
    """[N] The id of the annotation that the vote stands in."""
    group: NDArray[np.int64]
    """[U] Units of one group have the same prompt."""
    out_of: NDArray[np.int64]
    """[U] How many steps there are, where the facet is about first errors; else -1."""
    settles: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    """[S] The numbers of the votes of reviewers who overturned what others said: one of a unit at most."""
    known: NDArray[np.int64] | None = None
    """[U] The number of the value that is known to be true, UNKNOWN elsewhere; None where none is."""

    def __len__(self) -> int:
        return len(self.value)

    def of_kind(self, *kinds: str) -> NDArray[np.bool_]:
        """[N] Whether a vote comes from annotators of these kinds."""
        told = np.array([one.kind in kinds for one in self.annotators], dtype=bool)
        return told[self.annotator] if len(told) else np.zeros(0, dtype=bool)

    def labels(self, rows: NDArray[np.intp]) -> Labels:
        """Some of the votes as the mathematics wants them; an order that is not known counts as the stored one."""
        return labels.make(
            self.unit[rows],
            self.annotator[rows],
            self.value[rows],
            value_count=len(self.facet.values) or int(self.out_of.max(initial=0)) + 1,
            unit_count=len(self.units),
            annotator_count=len(self.annotators),
            swapped=(self.side[rows] == 1).astype(np.int64),
        )


def read(
    project: Project,
    question: Question,
    last: int,
    overturns: Overturns = NONE,
    forms: Sequence[int] | None = None,
) -> dict[str, Votes]:
    """Facet key to all votes on it, among them facets that nobody voted on.

    `question` is one of the project's newest form, and answers to it count whatever form they were given under; or only
    those under `forms`, one of which is the question's. Memory: about 200 bytes a vote. An answer that a reviewer took
    back is no vote.
    """
    kind = KINDS[question.kind]
    facets = kind.facets(question)
    heaps = {facet.key: _Heap(facet) for facet in facets}
    truths = known.truths(project, question, facets)
    for row in _rows(project, question, last, _asking(project, question) if forms is None else forms):
        if row.annotation in overturns.withdrawn:
            continue
        settles = overturns.settling.get(row.item) == row.annotation
        for vote in kind.votes(row.value, facets):
            heaps[vote.facet].add(row, vote, settles=settles)
    return {key: heap.gathered(truths) for key, heap in heaps.items()}


class _Row(NamedTuple):
    item: int
    group: str
    annotation: int
    annotator: Annotator
    value: Any
    shown: Sequence[int]
    seconds: float | None


@dataclass
class _Heap:
    """Votes on one facet while they are read."""

    facet: Facet
    units: dict[Unit, int] = field(default_factory=dict)
    annotators: dict[Annotator, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    group: list[int] = field(default_factory=list)
    out_of: list[int] = field(default_factory=list)
    columns: tuple[list[Any], ...] = field(default_factory=lambda: tuple([] for _ in range(8)))

    def add(self, row: _Row, vote: Vote, *, settles: bool) -> None:
        unit = Unit(row.item, vote.place)
        number = self.units.setdefault(unit, len(self.units))
        if number == len(self.group):
            self.group.append(self.groups.setdefault(row.group, len(self.groups)))
            self.out_of.append(UNKNOWN if vote.out_of is None else vote.out_of)
        said = (
            number,
            self.annotators.setdefault(row.annotator, len(self.annotators)),
            vote.value,
            np.nan if vote.degree is None else vote.degree,
            _side(row, vote) if self.facet.scale == "sides" else UNKNOWN,
            np.nan if row.seconds is None else row.seconds,
            row.annotation,
            settles,
        )
        for column, one in zip(self.columns, said, strict=True):
            column.append(one)

    def gathered(self, truths: known.Truths) -> Votes:
        unit, annotator, value, degree, side, seconds, annotation, settles = self.columns
        return Votes(
            facet=self.facet,
            units=tuple(self.units),
            annotators=tuple(self.annotators),
            unit=np.array(unit, dtype=np.int64),
            annotator=np.array(annotator, dtype=np.int64),
            value=np.array(value, dtype=np.int64),
            degree=np.array(degree, dtype=np.float64),
            side=np.array(side, dtype=np.int8),
            seconds=np.array(seconds, dtype=np.float64),
            annotation=np.array(annotation, dtype=np.int64),
            group=np.array(self.group, dtype=np.int64),
            out_of=np.array(self.out_of, dtype=np.int64),
            settles=np.flatnonzero(np.array(settles, dtype=bool)),
            known=self._known(truths) if truths else None,
        )

    def _known(self, truths: known.Truths) -> NDArray[np.int64]:
        told = [truths.get((self.facet.key, *unit), UNKNOWN) for unit in self.units]
        return np.array(told, dtype=np.int64)


def _asking(project: Project, question: Question) -> list[int]:
    """Every form of the project that has the question."""
    found = Form.objects.filter(project=project, questions__key=question.key, questions__kind=question.kind)
    return list(found.values_list("pk", flat=True))


def _rows(project: Project, question: Question, last: int, forms: Sequence[int]) -> Iterator[_Row]:
    """Straight from the driver: no other query may run while this is read."""
    wanted = {
        **removals.standing(project).wanted(),
        "question": question.key,
        "project": project.pk,
        "last": last,
        "forms": list(forms),
    }
    with connection.cursor() as cursor:
        for row in cursor.cursor.stream(SAID, wanted, size=CHUNK):
            yield _Row(row[0], row[1], row[2], annotator_of(*row[3:6]), json_of(row[6]), row[7], row[8])


def annotator_of(author: int | None, imported_name: str, checkpoint: int | None) -> Annotator:
    """Whose an annotation with these columns is."""
    if author is not None:
        return Annotator("person", author)
    return Annotator("imported", imported_name) if checkpoint is None else Annotator("model", checkpoint)


def json_of(said: Any) -> Any:
    """The driver hands JSON over as text, which is Django's choice for its own fields."""
    return from_json(said) if isinstance(said, str | bytes) else said


def _side(row: _Row, vote: Vote) -> int:
    """Whether the two that the vote compares stood the other way round. Only people see sides."""
    if row.annotator.kind != "person":
        return UNKNOWN
    first, second = two_of(vote.place) or (0, 1)
    shown = list(row.shown)
    if first not in shown or second not in shown:
        return UNKNOWN
    return int(shown.index(first) > shown.index(second))


def two_of(place: str) -> tuple[int, int] | None:
    """The numbers of the two responses that a vote on sides is about: `0.1`, or nothing for an item of two."""
    if not place:
        return 0, 1
    parts = place.split(".")
    return (int(parts[0]), int(parts[1])) if len(parts) == 2 and all(map(str.isdigit, parts)) else None


def by_annotator(votes: Votes) -> Mapping[Annotator, NDArray[np.intp]]:
    """Annotator to the numbers of their votes, ascending."""
    order = np.argsort(votes.annotator, kind="stable")
    edges = np.searchsorted(votes.annotator[order], np.arange(len(votes.annotators) + 1))
    return {one: order[edges[n] : edges[n + 1]] for n, one in enumerate(votes.annotators)}

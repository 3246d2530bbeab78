"""How long the texts are that annotators read, and which items show the same ones: numbers, and no text.

Lengths are characters: of a prompt those of all its turns, of a response those of what its assistant wrote.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from curation.aggregation.labels import UNKNOWN
from curation.votes import Unit, two_of
from projects.models import Project

CHUNK = 2_000  # rows that the driver holds at once

# A mark is a hash: two texts of one mark are the same text, to all intents.
MEASURED = """
    SELECT i.id,
           (SELECT coalesce(sum(length(turn ->> 'content')), 0) FROM jsonb_array_elements(i.messages) turn),
           hashtextextended(i.messages::text || i.principle || i.rubric::text, 0),
           said.lengths, said.marks
    FROM annotation_item i CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(length(one.words) ORDER BY one.place), '{}') AS lengths,
               coalesce(array_agg(hashtextextended(one.words, 0) ORDER BY one.place), '{}') AS marks
        FROM (
            SELECT response.place, coalesce(
                (SELECT string_agg(concat(turn ->> 'content', turn ->> 'tool_calls'), ' ' ORDER BY number)
                 FROM jsonb_array_elements(response.value -> 'messages') WITH ORDINALITY turns (turn, number)
                 WHERE turn ->> 'role' = 'assistant'), '') AS words
            FROM jsonb_array_elements(i.responses) WITH ORDINALITY response (value, place)
        ) one
    ) said
    WHERE i.project_id = %s AND EXISTS (SELECT FROM annotation_annotation a WHERE a.item_id = i.id AND a.id <= %s)
    ORDER BY i.id
"""


@dataclass(frozen=True, slots=True)
class Texts:
    """Of I labeled items with R responses in all. About 50 bytes an item."""

    items: NDArray[np.int64]
    """[I] Ids, ascending."""
    prompt: NDArray[np.int64]
    """[I] Characters of the prompt."""
    prompt_mark: NDArray[np.int64]
    """[I]"""
    first: NDArray[np.int64]
    """[I + 1] Where an item's responses begin among all."""
    response: NDArray[np.int64]
    """[R] Characters."""
    mark: NDArray[np.int64]
    """[R]"""

    def shown(self, items: NDArray[np.int64]) -> NDArray[np.float64]:
        """[n] Characters of prompt and responses of these items; NaN for an item that is not known."""
        total = np.append(0, np.cumsum(self.response))
        whole = (self.prompt + total[self.first[1:]] - total[self.first[:-1]]).astype(float)
        return np.where(self._knows(items), np.append(whole, np.nan)[self._places(items)], np.nan)

    def longer(self, units: Sequence[Unit]) -> NDArray[np.float64]:
        """[U] Characters that the first of the two compared responses has more than the second; NaN without two."""
        found = np.full(len(units), np.nan)
        for unit, at in self._each(units):
            two = two_of(units[unit].place)
            if two and max(two) < self.first[at + 1] - self.first[at]:
                one, other = (self.response[self.first[at] + place] for place in two)
                found[unit] = one - other
        return found

    def repeated(self, units: Sequence[Unit], *, are_pairs: bool) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """[U] a number that units about the same texts share, UNKNOWN where none does; and [U] whether the two of a
        pair stand the other way round than in its first unit, so that a value has to be mirrored to say the same."""
        keys, mirrored = np.zeros(len(units), np.int64), np.zeros(len(units), bool)
        keys[:] = np.arange(len(units))  # alone, whatever else
        known = np.zeros(len(units), bool)
        for unit, at in self._each(units):
            marks = self.mark[self.first[at] : self.first[at + 1]].tolist()
            about = _about(units[unit].place, marks, are_pairs=are_pairs)
            if about is not None:
                keys[unit] = hash((int(self.prompt_mark[at]), *about[0]))
                known[unit], mirrored[unit] = True, about[1]
        return _shared(keys, known), mirrored

    def _each(self, units: Sequence[Unit]) -> Iterator[tuple[int, int]]:
        """(unit, item's place here) of units whose item is known."""
        items = np.fromiter((unit.item for unit in units), np.int64, len(units))
        places, known = self._places(items).tolist(), self._knows(items).tolist()
        return ((unit, place) for unit, place in enumerate(places) if known[unit])

    def _places(self, items: NDArray[np.int64]) -> NDArray[np.intp]:
        return np.searchsorted(self.items, items)

    def _knows(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = np.append(self.items, UNKNOWN)[self._places(items)] == items
        return found


def read(project: Project, last: int) -> Texts:
    """Of all items with an annotation up to and including `last`. One query, read as a stream."""
    rows: tuple[list[int], ...] = ([], [], [])
    first, response, mark = [0], list[int](), list[int]()
    with connection.cursor() as cursor:
        for row in cursor.cursor.stream(MEASURED, (project.pk, last), size=CHUNK):
            for column, value in zip(rows, row[:3], strict=True):
                column.append(int(value))
            response.extend(row[3])
            mark.extend(row[4])
            first.append(len(response))
    return Texts(*(np.array(column, np.int64) for column in (*rows, first, response, mark)))


def _about(place: str, marks: Sequence[int], *, are_pairs: bool) -> tuple[tuple[object, ...], bool] | None:
    """What a place of an item is about, and whether its two stand the other way round; None where that is unclear."""
    if are_pairs:
        two = two_of(place)
        if two is None or max(two) >= len(marks) or marks[two[0]] == marks[two[1]]:
            return None
        one, other = (marks[number] for number in two)
        return (min(one, other), max(one, other)), one > other
    head, _, rest = place.partition(".")
    if head.isdigit() and int(head) < len(marks):
        return (marks[int(head)], rest), False
    return (*marks, place), False


def _shared(keys: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Numbers from 0 for keys that two known units or more have; UNKNOWN for the others."""
    found = np.full(len(keys), UNKNOWN)
    _, place, count = np.unique(keys[known], return_inverse=True, return_counts=True)
    found[known] = np.where(count[place] > 1, place, UNKNOWN)
    return found

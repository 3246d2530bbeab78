"""Whether answers lean towards suggestions: how often they agree with one that was shown, and with one that was not."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from annotation.intervals import wilson
from annotation.kinds import KINDS
from annotation.models import Annotation
from annotation.queries.forms import questions_of
from projects.models import Project, Suggestions

FEWEST = 30  # answers in each group before anything is said
EACH, MOST = 200, 2_000  # newest answers of one member, and of all of them, that are looked at
MOST_SAID = 10_000  # answers of models that they are compared with

# From each member's newest by annotation_by_author: however many labels imports brought, they are not walked through.
NEWEST = """
SELECT a.item_id, a.form_id, a.answers, a.source FROM projects_membership m CROSS JOIN LATERAL (
    SELECT id, item_id, form_id, answers, source FROM annotation_annotation own
    WHERE own.author_id = m.user_id AND own.project_id = m.project_id
        AND NOT EXISTS (SELECT 1 FROM annotation_annotation later WHERE later.supersedes_id = own.id)
    ORDER BY own.id DESC LIMIT %(each)s
) AS a WHERE m.project_id = %(project)s ORDER BY a.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Agreed:
    """How many answers agree with a suggestion, of how many."""

    hits: int
    count: int

    @property
    def share(self) -> float:
        return self.hits / self.count if self.count else 0.0

    @property
    def low(self) -> float:
        return wilson(self.hits, self.count)[0]

    @property
    def high(self) -> float:
        return wilson(self.hits, self.count)[1]


@dataclass(frozen=True, slots=True)
class Anchoring:
    """Agreement of answers that were given in sight of a suggestion, and of those that were not: to the same questions,
    or before it was shown."""

    shown: Agreed
    unseen: Agreed

    @property
    def is_enough(self) -> bool:
        return min(self.shown.count, self.unseen.count) >= FEWEST

    @property
    def fewest(self) -> int:
        return FEWEST


@dataclass(frozen=True, slots=True)
class _Own:
    item_id: int
    form_id: int
    answers: Mapping[str, Any]
    source: Mapping[str, Any]


def anchoring(project: Project) -> Anchoring | None:
    """Of the members' newest answers, in two queries. None where the project shows no suggestions."""
    if project.suggestions == Suggestions.NEVER:
        return None
    own = _newest(project)
    by_id, newest = _said(project, own)
    met = [pair for one in own for pair in _met(one, by_id, newest)]
    return Anchoring(
        shown=_agreed([is_same for was_shown, is_same in met if was_shown]),
        unseen=_agreed([is_same for was_shown, is_same in met if not was_shown]),
    )


def _agreed(same: list[bool]) -> Agreed:
    return Agreed(sum(same), len(same))


def _met(
    one: _Own, by_id: Mapping[int, Mapping[str, Any]], newest: Mapping[tuple[int, str], Mapping[str, Any]]
) -> Iterator[tuple[bool, bool]]:
    """For each question that a model answered too: whether its answer was shown, and whether the person's is the same.

    Who answered before it was shown counts once on either side.
    """
    shown, first = one.source.get("suggested", {}), one.source.get("first", {})
    for question in questions_of(one.form_id):
        key, same = question.key, KINDS[question.kind].same
        said = by_id.get(shown[key]) if key in shown else newest.get((one.item_id, key))
        if said is None or key not in said or key not in one.answers:
            continue
        yield key in shown, same(one.answers[key], said[key])
        if key in first:
            yield False, same(first[key], said[key])


def _newest(project: Project) -> list[_Own]:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, {"project": project.pk, "each": EACH, "most": MOST})
        return [_Own(item, form, _loaded(answers), _loaded(source)) for item, form, answers, source in cursor]


def _loaded(value: Any) -> dict[str, Any]:
    """JSON as a cursor of Django's gives it, which is text."""
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found


def _said(project: Project, own: list[_Own]) -> tuple[dict[int, dict[str, Any]], dict[tuple[int, str], dict[str, Any]]]:
    """What models answered to these items: by id, and the newest to each question that the project would suggest."""
    runs = Annotation.objects.filter(item__in={one.item_id for one in own}, run__isnull=False).order_by("-pk")
    by_id: dict[int, dict[str, Any]] = {}
    newest: dict[tuple[int, str], dict[str, Any]] = {}
    rows = runs.values_list("pk", "item_id", "answers", "run__question", "run__checkpoint__name", "superseded_by")
    for pk, item_id, answers, question, name, superseded in rows[:MOST_SAID]:
        by_id[pk] = answers
        if superseded is None and question in answers and project.suggestions_by in ("", name):
            newest.setdefault((item_id, question), answers)
    return by_id, newest

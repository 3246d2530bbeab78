"""Which answers of reviewers decide: an overturn settles what the reviewer answered, until a newer decision undoes it.

Of an item's reviews, oldest first: an overturn takes the place of any before it; asking for another opinion opens the
item again, and the answer is one vote among others; upholding what one overturned oneself takes the answer back. Who
upholds what somebody else overturned, or tells an annotator something, changes nothing of it.

Reviews are only ever added, so their newest id names all of this for good, as annotations do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from django.db import connection
from django.db.models import Max

from curation.models import Analysis, Decision, Review
from curation.recipes.records import Overturned
from projects.models import Project

# The newest answer of somebody about an item is the one that stands: a change is a new row that supersedes.
DECIDED = """
    SELECT r.item_id, r.decision, r.reviewer_id, r.last_annotation, (
        SELECT max(a.id) FROM annotation_annotation a
        WHERE a.item_id = r.item_id AND a.author_id = r.reviewer_id AND a.id <= %(annotation)s
    )
    FROM curation_review r
    WHERE r.project_id = %(project)s AND r.id <= %(review)s AND r.item_id IN (
        SELECT o.item_id FROM curation_review o
        WHERE o.project_id = %(project)s AND o.id <= %(review)s AND o.decision = 'overturned'
    )
    ORDER BY r.item_id, r.id
"""


class Decided(NamedTuple):
    """One review of an item."""

    decision: str
    reviewer: int
    last_annotation: int
    """The item's newest annotation then, the reviewer's own included."""
    answer: int | None
    """The annotation of the reviewer that stands in the snapshot."""


@dataclass(frozen=True, slots=True)
class Overturns:
    """What reviewers settled in one project, and what they took back."""

    settling: Mapping[int, int] = field(default_factory=dict)
    """Item to the annotation that settles what it answers."""
    withdrawn: frozenset[int] = frozenset()
    """Annotations that their authors gave in an overturn and took back: they are no votes."""

    def of(self, item: int) -> Overturned:
        """What recipes are told of an item."""
        return Overturned(self.settling.get(item), self.withdrawn)


NONE = Overturns()


def newest(project: Project) -> int:
    """The id of the newest review; 0 where there is none."""
    found: int | None = Review.objects.filter(project=project).aggregate(newest=Max("pk"))["newest"]
    return found or 0


def of_analysis(analysis: Analysis) -> Overturns:
    """As an analysis sees it."""
    return standing(analysis.project, last_review=analysis.last_review, last_annotation=analysis.last_annotation)


def standing(project: Project, *, last_review: int, last_annotation: int) -> Overturns:
    """As it stood when these were the newest review and annotation. One query, of as much as people reviewed."""
    if not last_review:
        return NONE
    wanted = {"project": project.pk, "review": last_review, "annotation": last_annotation}
    with connection.cursor() as cursor:
        cursor.execute(DECIDED, wanted)
        rows = cursor.fetchall()
    settling: dict[int, int] = {}
    withdrawn: set[int] = set()
    for item, reviews in groupby(rows, key=lambda row: row[0]):
        answer, taken_back = fold(Decided(*row[1:]) for row in reviews)
        withdrawn |= taken_back
        if answer is not None:
            settling[item] = answer
    return Overturns(settling, frozenset(withdrawn))


def fold(reviews: Iterable[Decided]) -> tuple[int | None, set[int]]:
    """The annotation that settles an item after these reviews of it, oldest first, and those that were taken back."""
    holder: Decided | None = None
    back: dict[int, Decided | None] = {}
    """Who overturned it, and where they took it back."""
    for one in reviews:
        if one.decision == Decision.OVERTURNED:
            holder, back[one.reviewer] = one, None
        elif one.decision == Decision.ANOTHER:
            holder = None
        elif one.decision == Decision.UPHELD and one.reviewer in back:
            back[one.reviewer] = one
            holder = None if holder and holder.reviewer == one.reviewer else holder
    # What somebody answers after they took theirs back is a new answer.
    withdrawn = {one.answer for one in back.values() if one and one.answer and one.answer <= one.last_annotation}
    return (holder.answer if holder else None), withdrawn

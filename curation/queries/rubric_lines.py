"""Lines of rubrics as pages tell them: the runs that wrote them, what came of each, and the lines."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from curation.models import RubricLine
from curation.rubrics import LINES
from modelhooks.models import Failure, Run
from modelhooks.queries.usage import with_cost
from projects.models import Project

NEWEST = 50


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of a run so far."""

    lines: int
    items: int
    failed: int


def reading(project: Project) -> QuerySet[Run]:
    """The runs that wrote lines, each with `lines`, `failed` and `cost`; to be ordered and paged."""
    counted = RubricLine.objects.filter(run=OuterRef("pk")).order_by().values("run")
    lines = Coalesce(Subquery(counted.annotate(count=Count("pk")).values("count")), 0)
    found = Run.objects.filter(project=project, hook__in=LINES).select_related("job", "checkpoint", "project")
    return with_cost(found.annotate(lines=lines, failed=Count("failures")))


def runs(project: Project) -> list[Run]:
    """The newest of them."""
    return list(reading(project).order_by("-pk")[:NEWEST])


def counts(run: Run) -> Counts:
    """Its lines, the items that they are of, and the subjects that it gave up."""
    found = RubricLine.objects.filter(run=run).aggregate(lines=Count("pk"), items=Count("item", distinct=True))
    return Counts(**found, failed=Failure.objects.filter(run=run).count())


def lines(run: Run) -> QuerySet[RubricLine]:
    """Its lines, to be ordered and paged."""
    return RubricLine.objects.filter(run=run).select_related("item", "annotation__author")


def first_of_items(shown: Iterable[RubricLine]) -> set[int]:
    """Of lines in their order the first of each item: beside it stands what is done with all of them."""
    found: dict[int, int] = {}
    for one in shown:
        found.setdefault(one.item_id, one.pk)
    return set(found.values())

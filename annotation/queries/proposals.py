"""What annotators proposed: what waits for a decision, and what became of the rest."""

from dataclasses import dataclass

from django.db.models import QuerySet

from annotation.models import CriterionProposal, Rubric, RubricUse
from projects.models import Project

SHOWN = 20
MOST_RUBRICS = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open proposals, the oldest first, and the rubrics that they may become part of."""

    proposals: list[CriterionProposal]
    is_more: bool
    rubrics: list[Rubric]
    asked: dict[str, int]
    """Question key to the rubric that it asks with."""


def waiting(project: Project, uses: list[RubricUse]) -> Waiting | None:
    """None where nothing waits; in two queries."""
    found = list(
        CriterionProposal.objects.filter(project=project, state=CriterionProposal.State.OPEN)
        .select_related("by", "item")
        .order_by("pk")[: SHOWN + 1]
    )
    if not found:
        return None
    asked = {use.question_key: use.version.rubric_id for use in uses}
    rubrics = Rubric.objects.in_use().filter(project=project).order_by("-number")[:MOST_RUBRICS]
    held = list(rubrics)
    return Waiting(found[:SHOWN], len(found) > SHOWN, held, asked)


def told(project: Project, state: str) -> QuerySet[CriterionProposal]:
    """The proposals of a state with what became of them, to be ordered and paged."""
    found = CriterionProposal.objects.filter(project=project, state=state)
    return found.select_related("by", "decided_by", "version__rubric").defer("version__criteria")

"""How far people agree about what recipes read."""

from collections.abc import Mapping, Sequence
from typing import Any

from curation.gates import AGREEMENT, Result
from curation.models import Measure
from curation.models.analyses import FEWEST
from curation.queries import analyses
from curation.recipes.common import questions_read
from projects.models import Project


def questions_of(recipes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The keys of the questions that these settled recipes read."""
    return sorted({key for one in recipes for key in questions_read(one["parameters"])})


def result(project: Project, asked: Sequence[str], limit: float) -> Result:
    """Of the question that people agree about least, as the newest analysis has it. Two queries."""
    newest = analyses.newest(project)
    found = Measure.objects.filter(analysis=newest, topic=Measure.Topic.AGREEMENT, question__in=asked, slice="")
    told = [
        (one, one.figures["alpha"]["value"])
        for one in (found if newest else ())
        if one.figures["units"] >= FEWEST and one.figures["alpha"]
    ]
    if not told:
        says = f"How far people agree is not known: no analysis has found {FEWEST} items that two of them answered."
        return Result(AGREEMENT.name, limit, None, True, says)
    worst, alpha = min(told, key=lambda one: one[1])
    name = f"{worst.question}.{worst.facet}" if worst.facet else worst.question
    says = f"People agree about {name} by α {alpha:.2f}; {limit:.2f} are wanted."
    return Result(AGREEMENT.name, limit, alpha, alpha >= limit, says)

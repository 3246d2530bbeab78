"""The analysis that a release follows: its consensus as it stood then, whatever later ones come to.

Rows of consensus say between which analyses they held, and are never changed but to say by which one they ended, so an
analysis names its consensus for ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from pydantic_core import from_json

from annotation.kinds import KINDS
from annotation.kinds.votes import Facet
from annotation.models import Form
from annotation.queries.forms import questions_of
from curation import removals
from curation.models import Analysis, Standing
from curation.overturns import Overturns, of_analysis
from curation.recipes.common import follows
from curation.recipes.records import Agreed, Known
from projects.models import Project

HELD = """
    SELECT held.item_id, held.question, held.facet, held.place, held.value, held.confidence, held.posterior, held.labels
    FROM curation_consensus held
    JOIN curation_analysis since ON since.id = held.since_id
    LEFT JOIN curation_analysis until ON until.id = held.until_id
    WHERE held.project_id = %(project)s AND held.item_id = ANY(%(items)s)
      AND since.number <= %(number)s AND (until.number IS NULL OR until.number > %(number)s)
"""


class NoSuchAnalysis(ValueError):
    """There is none to follow. Its text is a sentence for the person who wants to."""


def settle(project: Project, recipes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The recipes with the number of the analysis that they follow, the same for all. Raises NoSuchAnalysis."""
    numbers = {_number(project, one["parameters"]["analysis"]) for one in recipes if follows(one["parameters"])}
    if len(numbers) > 1:
        raise NoSuchAnalysis(f"A release follows one analysis, not {' and '.join(map(str, sorted(numbers)))}.")
    for number in numbers:
        _require_without_removed(_done(project, number))
    return [_numbered(one, numbers) for one in recipes]


def _require_without_removed(analysis: Analysis) -> None:
    """An analysis that began before something was removed counted it still."""
    moment = removals.newest_moment(analysis.project)
    if moment and analysis.created_at <= moment:
        raise NoSuchAnalysis(
            f"Analysis {analysis.number} still counts labels that were removed since. Look at the labels again."
        )


def followed(project: Project, recipes: Iterable[Mapping[str, Any]]) -> "Followed | None":
    """What settled recipes follow; None where none does."""
    number = next((one["parameters"]["analysis"] for one in recipes if follows(one["parameters"])), None)
    return Followed(_done(project, number)) if number else None


@dataclass(frozen=True)
class Followed:
    """One analysis that is done, and what it came to."""

    analysis: Analysis

    def known(self, items: Sequence[int]) -> dict[int, Known]:
        """Item id to the consensus on it, of those that have one."""
        found: dict[int, dict[tuple[str, str, str], Agreed]] = defaultdict(dict)
        for item, question, key, place, *said in self._rows(items):
            facet = self.asked.get(question, {}).get(key)
            if facet is not None:
                found[item][question, key, place] = _agreed(facet, *said)
        last, decided = self.analysis.last_annotation, self._overturns
        return {item: Known(last, places, decided.of(item)) for item, places in found.items()}

    @cached_property
    def _overturns(self) -> Overturns:
        """What reviewers had decided when it looked."""
        return of_analysis(self.analysis)

    def _rows(self, items: Sequence[int]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                HELD,
                {"project": self.analysis.project_id, "items": list(items), "number": self.analysis.number},
            )
            return list(cursor.fetchall())

    def told(self) -> dict[str, Any]:
        """What a manifest says of it."""
        return {
            "number": self.analysis.number,
            "last_annotation": self.analysis.last_annotation,
            "finished_at": self.analysis.finished_at.isoformat() if self.analysis.finished_at else None,
            "parameters": self.analysis.parameters,
            "methods": _methods(self.analysis),
        }

    @cached_property
    def asked(self) -> Mapping[str, Mapping[str, Facet]]:
        """The facets of each question of the form that was in force when it was done."""
        forms = Form.objects.filter(project=self.analysis.project_id, created_at__lte=self.analysis.finished_at)
        form = forms.order_by("-version").first()
        questions = questions_of(form.pk) if form else ()
        return {one.key: {facet.key: facet for facet in KINDS[one.kind].facets(one)} for one in questions}


def _agreed(facet: Facet, value: str, confidence: float, posterior: Any, labels: int) -> Agreed:
    numbers = from_json(posterior) if isinstance(posterior, str | bytes) else posterior
    if facet.scale == "levels":
        return Agreed(value, confidence, {}, labels, int(facet.values[0]) + numbers[0], numbers[1])
    names = facet.values or tuple(map(str, range(len(numbers))))
    # A form that was changed while the analysis worked may offer other values: of those nothing is known.
    chances = dict(zip(names, numbers, strict=True)) if len(names) == len(numbers) else {value: confidence}
    return Agreed(value, confidence, chances, labels)


def _number(project: Project, wanted: int) -> int:
    """The one that is wanted, or the newest."""
    return _done(project, wanted).number


def _done(project: Project, number: int) -> Analysis:
    done = Analysis.objects.filter(project=project, finished_at__isnull=False).order_by("-number")
    found = done.filter(number=number).first() if number else done.first()
    if found is None:
        which = f"analysis {number}" if number else "analysis"
        raise NoSuchAnalysis(
            f"There is no {which} that is done, so there is no consensus to follow. Look at all labels first."
        )
    return found


def _numbered(recipe: dict[str, Any], numbers: set[int]) -> dict[str, Any]:
    if not follows(recipe["parameters"]):
        return recipe
    return {**recipe, "parameters": {**recipe["parameters"], "analysis": next(iter(numbers))}}


def _methods(analysis: Analysis) -> dict[str, str]:
    """How each question, or `question.facet`, was settled."""
    found = Standing.objects.filter(analysis=analysis, figures__has_key="method")
    rows = found.order_by("question", "facet").values_list("question", "facet", "figures__method").distinct()
    return {f"{question}.{facet}" if facet else question: str(method) for question, facet, method in rows}

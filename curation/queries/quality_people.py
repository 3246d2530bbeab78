"""Who is behind the labels of a question, in short: how reliable, by how many labels, and what stands out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from curation.models import Analysis, Standing
from curation.models.analyses import FEWEST
from curation.queries.analyses import Facet
from curation.queries.people_words import badges
from ui.charts import Axis, Interval

SHOWN = 8  # of people and of judges on the page
MOST_STANDING_OUT = 6
STANDS_OUT = Q(figures__unusual__0__isnull=False)


@dataclass(frozen=True, slots=True)
class Person:
    """One annotator on one facet. `value` is an accuracy where the method learns one, else how often it matches."""

    standing: Standing
    value: float | None
    low: float | None
    high: float | None
    mark: Interval | None
    labels: int
    note: str
    tone: str

    @property
    def mark_tone(self) -> str:
        return self.tone or ("faint" if self.note else "")


@dataclass(frozen=True, slots=True)
class Judge:
    """A model: how often it says what people came to, and its agreement with them."""

    person: Person
    alpha: Mapping[str, Any] | None
    compared: int


@dataclass(frozen=True, slots=True)
class Crew:
    """Those who said most, and how many there are."""

    people: list[Person]
    judges: list[Judge]
    count: int
    """Of all questions, people, imported names and models together."""


def crew(analysis: Analysis, facet: Facet) -> Crew:
    """Of one facet, in one query."""
    told = Standing.objects.filter(analysis=analysis, question=facet.question, facet=facet.facet)
    people, models = told.filter(checkpoint__isnull=True), told.filter(checkpoint__isnull=False)
    alphas = {one["checkpoint"]: one["alpha"] for one in facet.agreement[""].get("models", ())}
    both = list(_most(people)[: SHOWN + 1].union(_most(models)[:SHOWN], all=True))
    both.sort(key=lambda one: (-one.labels, one.pk))
    shown = [one for one in both if one.checkpoint_id is None]
    return Crew(
        people=[person(one) for one in shown[:SHOWN]],
        judges=[
            Judge(person(one), alphas.get(one.checkpoint_id), one.figures.get("compared", 0))
            for one in both
            if one.checkpoint_id is not None
        ],
        count=analysis.summary["annotators"],
    )


def standing_out(analysis: Analysis) -> list[Standing]:
    """People who differ from the usual by more than chance, on any facet; one more than `MOST_STANDING_OUT` at most."""
    return list(_most(Standing.objects.filter(STANDS_OUT, analysis=analysis))[: MOST_STANDING_OUT + 1])


def person(one: Standing) -> Person:
    """As the page tells it."""
    value, low, high = reliability(one.figures)
    note, tone = _note(one.figures, one.labels)
    mark = None if value is None else Axis(0.0).interval(value, low, high, one.annotator)
    return Person(one, value, low, high, mark, one.labels, note, tone)


def reliability(figures: Mapping[str, Any]) -> tuple[float | None, float | None, float | None]:
    """Value, low and high: the accuracy that the consensus learnt; where it learns none, the share of labels that say
    what most of the others say, and of models the share that match the consensus."""
    if "accuracy" in figures:
        return figures["accuracy"], figures["low"], figures["high"]
    if rest := figures.get("rest"):
        return rest["value"], rest["low"], rest["high"]
    if figures.get("compared"):
        return figures["matches"], figures["matches_low"], figures["matches_high"]
    return None, None, None


def _note(figures: Mapping[str, Any], labels: int) -> tuple[str, str]:
    """What a reader has to know before the figure, and its tone: what stands out most, in words of a person's page."""
    if told := badges(figures):
        return told[0], "bad"
    return ("", "") if figures.get("enough", labels >= FEWEST) else ("too few to say", "")


def _most(found: QuerySet[Standing]) -> QuerySet[Standing]:
    return found.select_related("person", "checkpoint").order_by("-labels", "pk")

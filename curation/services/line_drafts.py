"""Drafts of the library made of the lines that runs found: what several people's words judge by, or all of one item."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from annotation.models import Item, Rubric, RubricVersion
from annotation.services import rubrics
from annotation.services.rubrics import RubricRefused
from curation.models import RubricLine
from curation.rubrics import CHECKLIST, CONSTRAINTS, PRINCIPLES
from curation.rubrics.said import Gathered, Said
from curation.services.rubric_drafts import criterion
from curation.services.run_wishes import length_fault
from modelhooks.models import Run
from projects.access import Place

FEWEST_ANNOTATORS = 2  # one person's principle is a habit
MOST_QUOTES = 10
Source = RubricVersion.Source
OF_ITEM = {
    CONSTRAINTS: (Source.CONSTRAINTS, "constraint", "Demands of {}"),
    CHECKLIST: (Source.CHECKLIST, "checklist", "Checklist of {}"),
}
"""Source of the version, origin of its criteria, and what it is called."""


def shared(run: Run) -> list[Gathered]:
    """The principles that at least two annotators go by, those of most annotators first. Loads numpy."""
    from curation.rubrics.gathering import gathered

    return [one for one in gathered(_said(run)) if one.support >= FEWEST_ANNOTATORS]


def of_justifications(place: Place, *, run: Run, name: str, most: int) -> RubricVersion:
    """A rubric of the principles that most annotators go by, as a draft. Raises RubricRefused."""
    if run.hook != PRINCIPLES:
        raise RubricRefused("run", "This run read no justifications; its lines are those of single items.")
    if fault := length_fault(most):
        raise RubricRefused("most", fault)
    found = shared(run)[:most]
    if not found:
        raise RubricRefused("run", "No principle was named by two annotators, so there is nothing to make a rubric of.")
    quotes = _quotes(run)
    return rubrics.create(
        place.project,
        by=place.user,
        name=name,
        criteria=[{**criterion(one.text, one.kind, "principle"), **_evidence(one, quotes)} for one in found],
        source=Source.PRINCIPLES,
        note=f"The {len(found)} principles that most annotators go by.",
        provenance={
            "runs": [run.pk],
            "support": [{"annotators": one.support, "wordings": one.wordings} for one in found],
        },
        run=run,
    )


@transaction.atomic
def of_item(place: Place, *, run: Run, item_id: int) -> RubricVersion:
    """What the run found in one item, for it alone; the draft made before, where one was. Raises RubricRefused."""
    if run.hook not in OF_ITEM:
        raise RubricRefused("run", "This run read what people wrote; its lines belong to no single item.")
    item = Item.objects.select_for_update(no_key=True).filter(project=place.project, pk=item_id).first()
    found = list(RubricLine.objects.filter(run=run, item=item_id).order_by("number"))
    if item is None or not found:
        raise RubricRefused("item", "The run found nothing in this item.")
    there = RubricVersion.objects.filter(rubric__item=item, run=run).order_by("pk").first()
    if there:
        return there
    source, origin, called = OF_ITEM[run.hook]
    return rubrics.create(
        place.project,
        by=place.user,
        name=called.format(item.key)[:120],
        criteria=[{**criterion(one.text, one.kind, origin), **one.details} for one in found],
        scope=Rubric.Scope.ITEM,
        item=item,
        source=source,
        provenance={"runs": [run.pk]},
        run=run,
    )


def _said(run: Run) -> Iterator[Said]:
    """By annotator: however often somebody names a principle, it is one voice."""
    found = RubricLine.objects.filter(run=run, annotation__isnull=False).order_by("pk")
    rows = found.values_list("text", "kind", "annotation__author", "annotation__imported_name")
    for text, kind, author, imported in rows.iterator():
        yield Said(text, kind, f"member {author}" if author else f"imported {imported}", 0.0)


def _quotes(run: Run) -> Mapping[str, Sequence[dict[str, Any]]]:
    """By words of the principle, what people said; each thing once."""
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    lines = RubricLine.objects.filter(run=run, annotation__isnull=False).order_by("pk")
    for text, quote, details in lines.values_list("text", "quote", "details").iterator():
        if len(found[text]) < MOST_QUOTES:
            found[text].setdefault(quote, details["evidence"][0])
    return {text: list(quotes.values()) for text, quotes in found.items()}


def _evidence(one: Gathered, quotes: Mapping[str, Sequence[dict[str, Any]]]) -> dict[str, Any]:
    return {"evidence": [quote for text in sorted(one.texts) for quote in quotes[text]][:MOST_QUOTES]}

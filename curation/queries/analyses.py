"""What the newest analyses of a project found, as pages, commands and programs are told."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from curation.models import Analysis, Consensus, Measure, Standing
from modelhooks.models import Checkpoint
from projects.models import Project

MOST_STANDINGS = 1_000
NOTHING = {"units": 0, "items": 0, "settled": 0, "sure": 0}


@dataclass(frozen=True, slots=True)
class Facet:
    """What was found of one thing that a question asks; by slice, of which the one without a name is all items."""

    question: str
    facet: str
    agreement: dict[str, dict[str, Any]]
    counts: dict[str, dict[str, int]]
    together: dict[str, dict[str, Any]]
    """How far annotators err together (`curation.analysis.consensus.Outcome`), under the empty name alone."""


def newest(project: Project) -> Analysis | None:
    """The last one that is done."""
    return Analysis.objects.filter(project=project, finished_at__isnull=False).order_by("-number").first()


def last_asked(project: Project) -> Analysis | None:
    """The one that was asked for last, whatever became of it."""
    return Analysis.objects.filter(project=project).select_related("job").order_by("-number").first()


def consensus_of(analysis: Analysis) -> QuerySet[Consensus]:
    """The rows that held when the analysis was done."""
    since = Q(since__number__lte=analysis.number)
    until = Q(until__isnull=True) | Q(until__number__gt=analysis.number)
    return Consensus.objects.filter(since, until, project=analysis.project_id)


def report(analysis: Analysis) -> dict[str, Any]:
    """Everything that it found, in plain words and figures: what `goldpan curate --json` prints and the API gives."""
    return {
        "number": analysis.number,
        "last_annotation": analysis.last_annotation,
        "reason": analysis.reason,
        "created_at": analysis.created_at,
        "finished_at": analysis.finished_at,
        "summary": analysis.summary,
        "questions": [_facet(one) for one in facets(analysis)],
        "annotators": [_standing(one) for one in standings(analysis)[:MOST_STANDINGS]],
    }


def facets(analysis: Analysis) -> list[Facet]:
    """All that was looked at, by question and facet."""
    found: dict[tuple[str, str], Facet] = {}
    topics = (Measure.Topic.AGREEMENT, Measure.Topic.CONSENSUS, Measure.Topic.TOGETHER)
    rows = Measure.objects.filter(analysis=analysis, topic__in=topics).order_by("question", "facet", "slice")
    for row in rows:
        facet = found.setdefault((row.question, row.facet), Facet(row.question, row.facet, {}, {}, {}))
        told = dict(zip(topics, (facet.agreement, facet.counts, facet.together), strict=True))
        told[Measure.Topic(row.topic)][row.slice] = row.figures
    _name_models(list(found.values()))
    return list(found.values())


def _name_models(found: list[Facet]) -> None:
    """Beside the number of each model's checkpoint its name."""
    models = [model for facet in found for told in facet.agreement.values() for model in told.get("models", [])]
    if not models:
        return
    named = Checkpoint.objects.filter(pk__in={model["checkpoint"] for model in models})
    names = dict(named.values_list("pk", "name"))
    for model in models:
        model["model"] = names[model["checkpoint"]]


def _facet(one: Facet) -> dict[str, Any]:
    return {
        "question": one.question,
        "facet": one.facet,
        **one.counts.get("", NOTHING),
        "agreement": one.agreement[""],
        "together": one.together.get(""),
        "slices": {name: figures for name, figures in one.agreement.items() if name},
        "slice_counts": {name: figures for name, figures in one.counts.items() if name},
    }


def standings(analysis: Analysis) -> QuerySet[Standing]:
    """Who has said most first."""
    found = Standing.objects.filter(analysis=analysis).select_related("person", "checkpoint")
    return found.order_by("question", "facet", "-labels", "pk")


def _standing(one: Standing) -> dict[str, Any]:
    kind = "person" if one.person_id else "model" if one.checkpoint_id else "imported"
    return {
        "question": one.question,
        "facet": one.facet,
        "kind": kind,
        "annotator": one.annotator,
        "labels": one.labels,
        "figures": one.figures,
    }

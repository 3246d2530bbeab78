"""Findings and unsure places as an analysis would leave them, for tests of reviews."""

from typing import Any

from annotation.models import Item
from curation.models import Analysis, Consensus, Finding
from curation.snapshot import last_annotation
from jobs.models import Job
from projects.models import Project


def analysis_of(project: Project) -> Analysis:
    """A look at all labels as they stand now, done."""
    number = Analysis.objects.filter(project=project).count() + 1
    return Analysis.objects.create(
        project=project,
        number=number,
        job=Job.objects.create(kind="analysis"),
        reason="asked",
        last_annotation=last_annotation(project) or 0,
        summary={"labels": 6, "annotators": 2, "items": 3},
        created_at="2026-01-01T00:00Z",
        finished_at="2026-01-01T00:00Z",
    )


def find(item: Item, **said: Any) -> Finding:
    """Something that a detector says about an item or, with `annotation`, about a label."""
    analysis = Analysis.objects.filter(project=item.project).last() or analysis_of(item.project)
    number = Finding.objects.count()
    told: dict[str, Any] = {
        "project": item.project,
        "detector": "disputed",
        "version": "1",
        "question": "better",
        "about": f"item:{item.pk}:{number}",
        "item": item,
        "strength": 0.5,
        "words": "People say opposite things.",
        "first": analysis,
        "last": analysis,
    }
    return Finding.objects.create(**{**told, **said})


def unsure(item: Item, confidence: float = 0.6, **said: Any) -> Consensus:
    """A place whose labels settle little."""
    analysis = Analysis.objects.filter(project=item.project).last() or analysis_of(item.project)
    told: dict[str, Any] = {
        "project": item.project,
        "item": item,
        "question": "better",
        "value": "a",
        "confidence": confidence,
        "posterior": [confidence, 0.0, 1 - confidence],
        "labels": 2,
        "since": analysis,
    }
    return Consensus.objects.create(**{**told, **said})

"""Whether detectors may leave out labels by themselves: settled by each analysis, for pages and releases to read."""

from typing import Any

from django.db import transaction

from curation.models import Analysis, Measure
from curation.noise import guard
from curation.noise.proposals import Suggestion
from curation.queries.guarding import evidence
from jobs.runner import Progress


@transaction.atomic
def store(analysis: Analysis, progress: Progress) -> None:
    """Write what the guard says of every detector that has looked. Doing it again changes nothing."""
    progress.confirm()
    looked = analysis.detections.order_by("detector").values_list("detector", flat=True)
    rows = (
        Measure(analysis=analysis, topic=Measure.Topic.GUARD, slice=detector, figures=_told(analysis, detector))
        for detector in looked
    )
    Measure.objects.bulk_create(rows, ignore_conflicts=True)


def _told(analysis: Analysis, detector: str) -> dict[str, Any]:
    decision = guard.decide(Suggestion.DROP, evidence(analysis.project, detector))
    return {"stands_alone": decision.stands_alone, "reasons": list(decision.reasons)}

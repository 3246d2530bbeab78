"""Writes what a detector says of a project: what is new, what it sees again, and what it sees no more."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from curation.detectors.contract import Detector, Found, Said
from curation.models import Analysis, Detection, Finding
from curation.models.annotators import COLUMNS
from curation.services import chances
from jobs.runner import Progress

MOST = 5_000  # of one detector in one analysis, the strongest
AT_ONCE = 500
IDENTITY = ("project", "detector", "question", "facet", "about")
SAID_ANEW = ("version", "item", "annotation", "strength", "suggestion", "words", "evidence", "last", "gone")
LONGEST = {"about": 260, "words": 300}


class Ran(NamedTuple):
    """A detector, what it said, and how long it took."""

    detector: Detector
    said: Said
    seconds: float


@transaction.atomic
def store(analysis: Analysis, ran: Ran, progress: Progress) -> Detection:
    """Everything that one detector said, or nothing. A decision that a reviewer made stays what it is."""
    progress.confirm()
    kept = _strongest(ran.said.found)
    for start in range(0, len(kept), AT_ONCE):
        Finding.objects.bulk_create(
            [_finding(analysis, ran.detector, found) for found in kept[start : start + AT_ONCE]],
            update_conflicts=True,
            unique_fields=IDENTITY,
            update_fields=SAID_ANEW,
        )
    gone = _unseen(analysis, ran.detector.name).update(gone=analysis)
    chances.set_chances(analysis.project_id, ran.detector.name)
    return Detection.objects.create(
        analysis=analysis,
        detector=ran.detector.name,
        version=ran.detector.version,
        found=len(kept),
        gone=gone,
        unsaid=len(ran.said.found) - len(kept),
        note=ran.said.note[:500],
        seconds=round(ran.seconds, 3),
    )


def _unseen(analysis: Analysis, detector: str) -> QuerySet[Finding]:
    found = Finding.objects.filter(project=analysis.project_id, detector=detector, gone__isnull=True)
    return found.filter(~Q(last=analysis))


def _strongest(found: Sequence[Found]) -> list[Found]:
    return sorted(found, key=lambda one: (-one.strength, one.question, one.facet, one.about))[:MOST]


def _finding(analysis: Analysis, detector: Detector, found: Found) -> Finding:
    who = {COLUMNS[found.annotator.kind]: found.annotator.key} if found.annotator else {}
    return Finding(
        project_id=analysis.project_id,
        detector=detector.name,
        version=detector.version,
        question=found.question,
        facet=found.facet,
        about=found.about[: LONGEST["about"]],
        item_id=found.item,
        annotation_id=found.annotation,
        strength=found.strength,
        suggestion=found.suggestion,
        words=found.words[: LONGEST["words"]],
        evidence=found.evidence,
        first=analysis,
        last=analysis,
        **who,
    )

"""The job that looks at all labels of a project. May be killed at any line.

It computes all figures from one snapshot and then writes them in one transaction, so that they are there as a whole or
not at all. Then detectors look at the same snapshot one after the other, and each writes what it finds in a transaction
of its own; after a kill those that have not written run again.
"""

import time

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from curation.analysis import looking
from curation.detectors import DETECTORS
from curation.detectors.contract import Detector
from curation.detectors.scene import Scene
from curation.models import Analysis, Detection, Finding, Measure, Standing
from curation.models.annotators import COLUMNS
from curation.services import consensus_rows, findings, guards, planting
from jobs.faults import crash_here
from jobs.models import Job
from jobs.runner import Progress

TURN = 0.6  # of the time that a job may take; then it takes another turn


def run(job: Job, progress: Progress) -> str:
    """All figures, then every detector. May be killed anywhere and run again."""
    until = time.monotonic() + TURN * settings.CELERY_TASK_SOFT_TIME_LIMIT
    analysis = Analysis.objects.select_related("project").get(pk=job.args["analysis_id"])
    looked = None
    if analysis.finished_at is None:
        looked = looking.look(analysis, progress)
        crash_here("analysis_computed")
        _store(analysis, looked, progress)
        crash_here("analysis_committed")
    scene = Scene(analysis, looked.voted if looked else None)
    _detect(analysis, scene, progress, until)
    planting.store(analysis, scene, progress)
    guards.store(analysis, progress)
    return _answer(analysis)


@transaction.atomic
def _store(analysis: Analysis, looked: looking.Looked, progress: Progress) -> None:
    progress.confirm()
    changed = consensus_rows.store(
        analysis, ((one.question.key, one.votes, one.outcome.settled) for one in looked.voted)
    )
    Measure.objects.bulk_create((_measure(analysis, one) for one in looked.measures), batch_size=500)
    Standing.objects.bulk_create((_standing(analysis, one) for one in looked.standings), batch_size=500)
    analysis.summary = {**looked.summary, "consensus": {"ended": changed.ended, "added": changed.added}}
    Analysis.objects.filter(pk=analysis.pk).update(summary=analysis.summary, finished_at=Now())


def _detect(analysis: Analysis, scene: Scene, progress: Progress, until: float) -> None:
    """Let every detector that has not looked yet look, one after the other."""
    ran = set(Detection.objects.filter(analysis=analysis).values_list("detector", flat=True))
    for number, detector in enumerate(DETECTORS.values()):
        if detector.name in ran:
            continue
        progress.report(number, len(DETECTORS), f"{detector.title}.", is_part=True)
        if time.monotonic() > until and progress.has_advanced:
            raise SoftTimeLimitExceeded  # by ourselves, between two detectors: nothing is in flight
        findings.store(analysis, _ran(detector, scene), progress)
        crash_here("detector_committed")


def _ran(detector: Detector, scene: Scene) -> findings.Ran:
    begun = time.monotonic()
    said = detector.find(scene)
    return findings.Ran(detector, said, time.monotonic() - begun)


def _measure(analysis: Analysis, found: looking.Measured) -> Measure:
    return Measure(analysis=analysis, **found._asdict())


def _standing(analysis: Analysis, found: looking.Stands) -> Standing:
    told = found._asdict()
    kind, key = told.pop("annotator")
    return Standing(analysis=analysis, **{COLUMNS[kind]: key}, **told)


def _answer(analysis: Analysis) -> str:
    told = analysis.summary
    found = Finding.objects.filter(last=analysis, gone__isnull=True).count()
    labels = f"{told['labels']:,} labels of {told['annotators']:,} annotators on {told['items']:,} items."
    return f"{labels} {found:,} finding{'s' if found > 1 else ''}." if found else labels

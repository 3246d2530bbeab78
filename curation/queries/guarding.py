"""What is known of a detector in one project, for `curation.noise.guard`. What is not known speaks against it."""

from typing import Any

from curation.models import Decision, Finding, Measure
from curation.noise.guard import Evidence
from curation.noise.planted import PlantedTest
from curation.queries.guarded import newest
from modelhooks.head.evaluation import Accuracy
from modelhooks.models import Head
from projects.models import Project


def evidence(project: Project, detector: str) -> Evidence:
    """From the newest head that was trained, the reviews of the detector's findings, and its newest planted test."""
    head = Head.objects.filter(project=project, report__isnull=False).order_by("-number").first()
    crossfit = (head.report or {}).get("crossfit") or {} if head else {}
    accuracy = _accuracy(crossfit.get("head"))
    reviewed = Finding.objects.filter(project=project, detector=detector).exclude(
        decision__in=("", Decision.ANOTHER.value)
    )
    return Evidence(
        pairs=accuracy.pairs if accuracy else 0,
        accuracy=accuracy,
        length_only=_accuracy(crossfit.get("length_only")),
        audited=reviewed.count(),
        confirmed=reviewed.exclude(decision=Decision.UPHELD).count(),
        planted=_planted(project, detector),
    )


def _planted(project: Project, detector: str) -> PlantedTest | None:
    told = newest(project, Measure.Topic.PLANTED, detector)
    gain = _accuracy(told.figures.get("gain")) if told else None
    return PlantedTest(**{**told.figures, "gain": gain}) if told and gain else None


def _accuracy(told: Any) -> Accuracy | None:
    names = ("share", "low", "high", "pairs", "prompts")
    return Accuracy(**{name: told[name] for name in names}) if told else None

"""What detectors say of a project, by detector, and how often reviewers agreed with them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q

from curation.detector_words import about_of, title_of
from curation.models import Finding
from curation.models.findings import Decision
from projects.models import Project
from ui.charts import Axis, Interval

MOST_DETECTORS = 30
AGREED = (Decision.OVERTURNED, Decision.DISCARDED, Decision.COACHED)
Z = 1.959964  # of a normal interval at 95 %
NOTHING = {"here": 0, "of_items": 0, "strongest": None, "sample": None}


@dataclass(frozen=True, slots=True)
class Precision:
    """The share of reviewed findings that the reviewer agreed with; Wilson's interval at 95 %."""

    hits: int
    of: int
    value: float
    low: float
    high: float
    mark: Interval


@dataclass(frozen=True, slots=True)
class Detected:
    """One detector: what is open, how strong, and what came of its findings so far."""

    detector: str
    title: str
    about: str
    """What it looks for and how."""
    kind: str
    """What its open findings are about: item, annotation, person, question and so on; empty where none is open."""
    is_of_items: bool
    """Whether all that is open is about items, and so waits in the review queue."""
    open: int
    strongest: float
    precision: Precision | None
    """None where nobody has decided about any of its findings."""


def by_detector(project: Project) -> list[Detected]:
    """The one with most open findings first. A finding that is gone, or waits for another opinion, is not counted."""
    told = _by_decision(project)
    found = [_detected(name, decided) for name, decided in told.items()]
    return sorted(found, key=lambda one: (-one.open, one.detector))[:MOST_DETECTORS]


def _by_decision(project: Project) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Detector to decision to figures; from the index finding_by_detector alone, however much evidence there is."""
    here = Q(gone__isnull=True)
    counted = (
        Finding.objects.filter(project=project)
        .order_by()
        .values("detector", "decision")
        .annotate(
            all=Count("pk"),
            here=Count("pk", filter=here),
            of_items=Count("item", filter=here),
            strongest=Max("strength", filter=here),
            sample=Max("about", filter=here),
        )
    )
    told: dict[str, dict[str, Mapping[str, Any]]] = {}
    for one in counted:
        told.setdefault(one["detector"], {})[one["decision"]] = one
    return told


def _detected(name: str, by_decision: Mapping[str, Mapping[str, Any]]) -> Detected:
    decided = {decision: one["all"] for decision, one in by_decision.items()}
    hits = sum(decided.get(one, 0) for one in AGREED)
    opened = by_decision.get("", NOTHING)
    return Detected(
        detector=name,
        title=title_of(name),
        about=about_of(name),
        kind=(opened["sample"] or "").partition(":")[0],
        is_of_items=opened["of_items"] == opened["here"],
        open=opened["here"],
        strongest=opened["strongest"] or 0.0,
        precision=precision(hits, hits + decided.get(Decision.UPHELD, 0)),
    )


def precision(hits: int, of: int) -> Precision | None:
    """Source: Wilson, Probable inference, the law of succession, and statistical inference, 1927."""
    if not of:
        return None
    share, square = hits / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    half = Z / (1 + square) * math.sqrt(share * (1 - share) / of + square / (4 * of))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    mark = Axis(0.0).interval(share, low, high, f"{hits} of {of} agreed with")
    return Precision(hits, of, share, low, high, mark)

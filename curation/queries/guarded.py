"""What pages tell of a detector that proposes drops: whether it may leave out labels by itself, and why not.

No numpy here: the web process reads this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.detector_words import title_of
from curation.models import Measure
from projects.models import Project

PROPOSES_DROPS = "disputed_labels"
"""The detector whose findings say that a label should be left out."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """Whether a detector may leave out labels by itself, as the newest analysis came to it."""

    detector: str
    title: str
    may: bool
    reasons: Sequence[str]
    planted: Mapping[str, Any] | None
    """What the newest test with planted flips came to (`curation.noise.planted.PlantedTest`)."""
    note: str
    """Why the newest test with planted flips could tell nothing; empty where it could, or where there was none."""


def guarded(project: Project, detector: str) -> Guarded | None:
    """None where no analysis has looked yet. Two queries at most."""
    decided = newest(project, Measure.Topic.GUARD, detector)
    if decided is None:
        return None
    tested = newest(project, Measure.Topic.PLANTED, detector)
    return Guarded(
        detector=detector,
        title=title_of(detector),
        may=decided.figures["stands_alone"],
        reasons=decided.figures["reasons"],
        planted=tested.figures if tested and "gain" in tested.figures else None,
        note=tested.figures.get("note", "") if tested else "",
    )


def sentences(project: Project) -> list[str]:
    """What the guard says of the detector that proposes drops, and what its planted test came to."""
    told = guarded(project, PROPOSES_DROPS)
    if told is None:
        return []
    may = "may leave out labels by itself" if told.may else "may not leave out labels by itself"
    lines = [f"{told.title} {may}.", *(f"  {reason}" for reason in told.reasons)]
    if told.note:
        lines.append(f"  Flipping labels to see what is found came to nothing: {told.note}")
    if test := told.planted:
        lines.append(
            f"  Of {test['planted']:,} planted flips it found {test['recall']:.0%}; of what it flagged, "
            f"{test['precision']:.0%} were planted. "
            f"Dropping moves the accuracy of a head by {100 * test['gain']['share']:+.1f} points."
        )
    return lines


def newest(project: Project, topic: str, detector: str) -> Measure | None:
    """What the newest analysis that is done and has it measured of a detector."""
    done = Measure.objects.filter(analysis__project=project, analysis__finished_at__isnull=False)
    return done.filter(topic=topic, slice=detector).order_by("-analysis__number").first()

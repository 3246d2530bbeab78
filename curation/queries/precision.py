"""How often each detector is right, as reviews tell, and what that makes of the strength of its findings."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from curation.models import Finding
from curation.models.findings import Decision
from curation.queries.quality_noise import AGREED, Detected, Precision, by_detector, precision
from projects.models import Project

FEWEST = 30  # reviewed findings of a detector, before its strengths become chances
MOST = 5_000  # of them, the newest, that a curve is drawn from
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8)
"""Where the bands of strength begin; the last ends with 1."""


@dataclass(frozen=True, slots=True)
class Band:
    """Findings of one detector from one strength up to below the next, and how many of them were right."""

    low: float
    high: float
    precision: Precision | None


@dataclass(frozen=True, slots=True)
class Learnt:
    """One detector with what reviews say of it; `is_calibrated` where its open findings have a chance of their own."""

    detected: Detected
    bands: list[Band]
    is_calibrated: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """A chance that never falls as strength rises: `chances[k]` from strength `starts[k]` on."""

    starts: tuple[float, ...]
    chances: tuple[float, ...]

    def __call__(self, strength: float) -> float:
        return self.chances[max(0, bisect_right(self.starts, strength) - 1)]


def learnt(project: Project) -> list[Learnt]:
    """Every detector that says or said something, in one query and one more for each."""
    return [_learnt(project, one) for one in by_detector(project)]


def _learnt(project: Project, detected: Detected) -> Learnt:
    reviewed = judged(project.pk, detected.detector)
    ends = (*EDGES[1:], 1.0)
    bands = [_band(low, high, reviewed) for low, high in zip(EDGES, ends, strict=True)]
    return Learnt(detected, bands, is_calibrated=len(reviewed) >= FEWEST)


def _band(low: float, high: float, reviewed: Sequence[tuple[float, bool]]) -> Band:
    inside = [right for strength, right in reviewed if low <= strength and (strength < high or high == 1.0)]
    return Band(low, high, precision(sum(inside), len(inside)))


def judged(project_id: int, detector: str) -> list[tuple[float, bool]]:
    """Strength, and whether the reviewer agreed, of the detector's findings that are decided; the newest of them."""
    found = decided(project_id, detector).order_by("-pk").values_list("strength", "decision")[:MOST]
    return [(strength, decision in AGREED) for strength, decision in found]


def decided(project_id: int, detector: str) -> QuerySet[Finding]:
    """Findings that a reviewer agreed with or refuted; another opinion that is awaited is neither."""
    return Finding.objects.filter(project=project_id, detector=detector, decision__in=(*AGREED, Decision.UPHELD))


def calibrated(reviewed: Sequence[tuple[float, bool]]) -> Steps | None:
    """The chance that a finding is right by its strength; None below thirty reviewed ones.

    Isotonic regression by pooling adjacent violators. No chance is 0 or 1: n reviews leave 1 / (n + 2) on either side.
    Source: Ayer et al., An empirical distribution function for sampling with incomplete information, 1955.
    """
    if len(reviewed) < FEWEST:
        return None
    blocks: list[tuple[float, int, int]] = []  # lowest strength, how many, how many right
    for strength, right in sorted(reviewed):
        blocks.append((strength, 1, int(right)))
        while (len(blocks) > 1 and _share(blocks[-2]) >= _share(blocks[-1])) or _same_start(blocks):
            (start, some, hits), (_, more, others) = blocks[-2], blocks.pop()
            blocks[-1] = (start, some + more, hits + others)
    least = 1 / (len(reviewed) + 2)
    chances = tuple(min(max(_share(block), least), 1 - least) for block in blocks)
    return Steps(tuple(block[0] for block in blocks), chances)


def _share(block: tuple[float, int, int]) -> float:
    return block[2] / block[1]


def _same_start(blocks: Sequence[tuple[float, int, int]]) -> bool:
    """Findings of one strength have one chance."""
    return len(blocks) > 1 and blocks[-2][0] == blocks[-1][0]

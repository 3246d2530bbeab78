"""Detectors: what looks at labels and says what it finds. Add one here; nothing else has to know of it."""

from curation.detectors import (
    careless,
    criteria,
    cycles,
    disputed,
    duplicates,
    judged,
    leakage,
    tastes,
    unexplained,
    unreliable,
)
from curation.detectors.contract import Detector

DETECTORS: dict[str, Detector] = {
    one.name: one
    for one in (
        *careless.DETECTORS,
        disputed.DETECTOR,
        unexplained.DETECTOR,
        cycles.DETECTOR,
        tastes.DETECTOR,
        unreliable.DETECTOR,
        duplicates.DETECTOR,
        leakage.DETECTOR,
        *judged.DETECTORS,
        criteria.DETECTOR,
    )
}
"""Name to detector, in the order in which they run."""

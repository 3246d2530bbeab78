"""The project's own test of the detector that proposes to drop labels: flip some, and see what it finds.

The flips are in memory alone and touch no label. It costs as much as several looks, so it is done where somebody asks
for it, and what it came to holds until it is done again.
"""

from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from django.db import transaction
from threadpoolctl import threadpool_limits

from curation.detectors import disputed
from curation.detectors.scene import Scene
from curation.models import Analysis, Measure
from curation.noise import confident, planted
from curation.noise.proposals import Booleans
from jobs.faults import crash_here
from jobs.runner import Progress
from modelhooks.head import crossfit
from modelhooks.head.pairs import Pairs

MOST_PAIRS = 5_000  # of whole prompts drawn by lot: enough to tell, and a minute or two of work
DETECTOR = disputed.DETECTOR.name
ASKED = "planted"
"""The analysis's parameter that asks for it."""


def store(analysis: Analysis, scene: Scene, progress: Progress) -> None:
    """Test, where this look was asked to, and write what came of it once. May be killed anywhere and run again."""
    done = Measure.objects.filter(analysis=analysis, topic=Measure.Topic.PLANTED, slice=DETECTOR)
    if not analysis.parameters.get(ASKED) or done.exists():
        return
    progress.report(0, 1, "Flipping labels in memory, to see what is found.", is_part=True)
    figures = _figures(scene)
    crash_here("planted_tested")
    with transaction.atomic():
        progress.confirm()
        row = Measure(analysis=analysis, topic=Measure.Topic.PLANTED, slice=DETECTOR, figures=figures)
        Measure.objects.bulk_create([row], ignore_conflicts=True)


def _figures(scene: Scene) -> dict[str, Any]:
    """A `PlantedTest` as JSON, of the question with most labels; or `note`, why nothing can be tested."""
    told = max(scene.pairs, key=lambda one: int(one.pairs.is_decided.sum()), default=None)
    if told is None:
        return {"note": "No pair has been labeled."}
    if too_few := disputed.too_few(told):
        return {"note": too_few}
    pairs = _bounded(told.pairs, scene.seed)
    with threadpool_limits(limits=1):
        penalty = crossfit.choose_penalty(pairs, seed=scene.seed)
    return asdict(planted.run(partial(_dropped, penalty, scene.seed), pairs, penalty, seed=scene.seed))


def _dropped(penalty: float, seed: int, pairs: Pairs) -> Booleans:
    """What the detector would drop of these pairs."""
    return confident.by_head(pairs, penalty, seed=seed).flagged


def _bounded(pairs: Pairs, seed: int) -> Pairs:
    """All of them, or whole prompts drawn by lot while there is room."""
    if len(pairs) <= MOST_PAIRS:
        return pairs
    names, place, counts = np.unique(pairs.groups, return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(names))
    chosen = order[np.cumsum(counts[order]) <= MOST_PAIRS]
    return pairs.take(np.isin(place, chosen))

"""Questions that people do not answer alike: what is asked is unclear, or cannot be told from the texts."""

from curation.detectors.contract import Found, Said, described
from curation.detectors.scene import Scene
from curation.models import Measure

MOST_ALPHA = 0.25  # the upper bound below which labels say hardly more than chance
FEWEST_UNITS = 30


def find(scene: Scene) -> Said:
    """What the analysis measured of every facet, over all items."""
    measured = Measure.objects.filter(analysis=scene.analysis, topic=Measure.Topic.AGREEMENT, slice="")
    told = list(measured.order_by("question", "facet"))
    return Said([found for one in told if (found := _found(one))], f"{len(told):,} questions were looked at.")


def _found(one: Measure) -> Found | None:
    alpha, units = one.figures["alpha"], one.figures["units"]
    if not alpha or alpha["high"] is None or units < FEWEST_UNITS or alpha["high"] >= MOST_ALPHA:
        return None
    name = f"{one.question}, {one.facet}" if one.facet else one.question
    return Found(
        about=f"question:{one.question}:{one.facet}",
        words=f"People agree on “{name}” hardly more than chance: α {alpha['value']:.2f}, "
        f"{alpha['low']:.2f} to {alpha['high']:.2f}.",
        strength=float(min(1.0, max(0.0, 1 - alpha["high"]))),
        evidence={**{f"alpha_{part}": alpha[part] for part in ("value", "low", "high")}, "units": units},
        question=one.question,
        facet=one.facet,
    )


DETECTOR = described("unreliable_question", "1", find)

"""Pairs whose label a head that never saw their prompt contradicts: flipped, careless, or truly open.

Says nothing where such a head may be no better than chance in this project: what it contradicts would be its own
mistakes. Where it is little better, or length alone would tell as much, it asks for a look and proposes no drop: of
labels of which a third is wrong, even a good head tells little more than half.
"""

import numpy as np
from threadpoolctl import threadpool_limits

from curation.detectors.contract import Found, Said, described
from curation.detectors.embedded import Compared
from curation.detectors.scene import Scene
from curation.models.findings import Suggestion
from curation.noise.confident import disputed
from modelhooks.head import crossfit, evaluation
from modelhooks.head.calibration import temperature
from modelhooks.head.evaluation import Accuracy
from modelhooks.head.pairs import Floats

FEWEST_PROMPTS, FEWEST_PAIRS = 10, 100
"""Whole prompts are held out and resampled: with few of them, the interval of what the head can tell is wide."""
BY_CHANCE = 0.5  # what the head must surely pass before it asks for a look: of labels that may be wrong themselves
LEAST_ACCURACY = 0.55  # and before it proposes to drop any


def find(scene: Scene) -> Said:
    """Looks at every preference question on its own."""
    said = [_of_question(one, scene.seed) for one in scene.pairs]
    if not said:
        return Said(note="No pair has been labeled.")
    return Said([found for one in said for found in one.found], " ".join(one.note for one in said))


def _of_question(told: Compared, seed: int) -> Said:
    if note := too_few(told):
        return Said(note=note)
    scores = _scored(told, seed)
    head, by_length = _accuracy(told, scores, seed)
    got = f"from {told.by}, a head tells {head.share:.0%} ({head.low:.0%} to {head.high:.0%}) of other prompts"
    if head.low <= BY_CHANCE:
        return Said(note=f"“{told.question}”: {got}, which is too little to contradict anybody by.")
    is_clear = head.low >= max(LEAST_ACCURACY, by_length)
    wanted = Suggestion.DROP if is_clear else Suggestion.REVIEW
    proposals = disputed(scores, told.pairs.p)
    found = [
        _found(told, row.unit, row.score, row.evidence["threshold"], wanted) for row in proposals.rows(len(proposals))
    ]
    beside = "" if is_clear else f" Length alone tells {by_length:.0%}: look before you drop anything."
    return Said(found, f"“{told.question}”: {got}.{beside}{_left_out(told)}")


def too_few(told: Compared) -> str:
    """Why there is too little to learn from, in a sentence; empty where there is enough."""
    decided = told.pairs.is_decided
    prompts, count = len(np.unique(told.pairs.groups[decided])), int(decided.sum())
    if prompts >= FEWEST_PROMPTS and count >= FEWEST_PAIRS:
        return ""
    needed = f"{FEWEST_PAIRS} on {FEWEST_PROMPTS} are needed"
    return f"“{told.question}” has {count:,} labels on {prompts:,} prompts; {needed}."


def _left_out(told: Compared) -> str:
    return f" {told.unseen:,} pairs were not looked at." if told.unseen else ""


def _accuracy(told: Compared, scores: Floats, seed: int) -> tuple[Accuracy, float]:
    """Of the scores, and what always preferring the longer response, or always the shorter one, would get."""
    decided = told.pairs.is_decided
    better, groups = told.pairs.p[decided], told.pairs.groups[decided]
    longer = evaluation.hits_of(told.pairs.nuisance[decided, 0], better).mean()
    hits = evaluation.hits_of(scores[decided], better)
    return evaluation.accuracy(hits, groups, seed=seed), float(max(longer, 1 - longer))


def _scored(told: Compared, seed: int) -> Floats:
    """(n,) calibrated log-odds, cross-fitted by prompt."""
    with threadpool_limits(limits=1):
        penalty = crossfit.choose_penalty(told.pairs, seed=seed)
        raw = crossfit.scores(told.pairs, penalty, seeds=range(seed, seed + crossfit.SEEDS))
    calibrated: Floats = temperature(raw, told.pairs.p, told.pairs.weights) * raw
    return calibrated


def _found(told: Compared, row: int, doubt: float, threshold: float, suggestion: Suggestion) -> Found:
    item = told.items[row]
    side = "first" if told.pairs.p[row] > 0.5 else "second"
    return Found(
        about=f"item:{item}",
        words=f"The label prefers the {side} response; what others prefer speaks for the other, at {doubt:.0%}.",
        strength=float(np.clip(doubt, 0, 1)),
        evidence={
            "chance_of_the_label": round(1 - doubt, 4),
            "threshold": round(1 - threshold, 4),
            "label": round(float(told.pairs.p[row]), 4),
            "votes": int(told.pairs.weights[row]),
        },
        question=told.question,
        item=item,
        suggestion=suggestion,
    )


DETECTOR = described("disputed_labels", "2", find)

"""Who said something about an item that counts: the current answers to one question, from the sources chosen."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from curation.recipes.contract import Row
from curation.recipes.drops import Drop
from curation.recipes.parameters import Parameters
from curation.recipes.records import AnnotationRecord

BOTH = "people and imported"
NO_WEIGHT = 1.0


class Said(NamedTuple):
    """One annotator's answer, and the annotation that it stands in."""

    value: Any
    annotation: AnnotationRecord


def heard(
    annotations: Sequence[AnnotationRecord], parameters: Parameters, question: str, kinds: Collection[str]
) -> list[Said] | Drop:
    """The answers to this question, oldest first; or why there is none.

    An earlier form may have asked something of another kind under the same key, which is no answer to this one.
    """
    sources = parameters["sources"]
    counted = [one for one in annotations if one.is_current and one.origin in sources]
    if not counted:
        return Drop.NO_VOTES
    found = [
        Said(one.answers[question], one)
        for one in counted
        if one.answers.get(question) is not None and one.kinds.get(question) in kinds
    ]
    return found or Drop.QUESTION_MISSING


def behind(annotations: Iterable[AnnotationRecord], parameters: Parameters) -> Row:
    """The columns that name the annotations behind a row, each once."""
    by_id = {one.id: one for one in annotations}
    origins = {one.origin for one in by_id.values()}
    row: Row = {"label_source": origins.pop() if len(origins) == 1 else BOTH, "annotation_ids": sorted(by_id)}
    return {**row, "weight": weight(list(by_id.values()))} if parameters["weights"] else row


def joined(said: Sequence[Row]) -> Row:
    """Where a row comes from that rests on several: means, the fewest votes, the least confidence, all annotations."""
    row: Row = {name: _mean([one[name] for one in said]) for name in ("strength", "p_chosen")}
    row["n_votes"] = min(one["n_votes"] for one in said)
    row["agreement"] = _mean([one["agreement"] for one in said])
    sources = {one["label_source"] for one in said}
    row["label_source"] = sources.pop() if len(sources) == 1 else BOTH
    row["annotation_ids"] = sorted({number for one in said for number in one["annotation_ids"]})
    if "confidence" in said[0]:
        row["confidence"] = min(one["confidence"] for one in said)
    if "weight" in said[0]:
        counts = [len(one["annotation_ids"]) for one in said]
        row["weight"] = sum(one["weight"] * count for one, count in zip(said, counts, strict=True)) / sum(counts)
    return row


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def weight(annotations: Sequence[AnnotationRecord]) -> float:
    """The mean of the weights that the labels came with: implicit feedback says how much it is worth."""
    weights = [_weight(one.source) for one in annotations]
    return sum(weights) / len(weights)


def _weight(source: Mapping[str, Any]) -> float:
    given = source.get("weight")
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        return NO_WEIGHT
    return float(given)

"""What a release leaves out because a detector found something about it."""

from collections.abc import Sequence

from curation.recipes.common import CONFIRMED, follows, questions_read
from curation.recipes.drops import FINDING
from curation.recipes.parameters import Parameters
from curation.recipes.records import AnnotationRecord, ItemRecord, Omits
from curation.recipes.settled import overturned_of, settled


def kept(item: ItemRecord, annotations: list[AnnotationRecord], parameters: Parameters) -> list[AnnotationRecord] | str:
    """The annotations that stay, or the reason why the item is left out: `finding:` and the detector.

    A consensus rests on all labels at once, so what it says of an item is left out with any of them. What was found
    about the labels of a question is no reason any more once a reviewer has settled it.
    """
    current = {one.id for one in annotations if one.is_current}
    mended = settled(annotations, overturned_of(item, parameters))
    found = [
        one
        for one in item.omitted
        if _is_meant(one, parameters) and one.question not in mended and one.annotation in {None, *current}
    ]
    if not found:
        return annotations
    named = {one.annotation for one in found}
    if None in named or follows(parameters) or named >= current:
        return FINDING + _first(found)
    return [one for one in annotations if one.id not in named]


def _is_meant(one: Omits, parameters: Parameters) -> bool:
    if one.detector not in (parameters.get("leave_out") or ()) or one.question not in {"", *questions_read(parameters)}:
        return False
    return one.is_confirmed or parameters["findings"] != CONFIRMED


def _first(found: Sequence[Omits]) -> str:
    """The detector that left out most of it: the item before its labels, then by name."""
    return min((one.annotation is not None, one.detector) for one in found)[1]

"""What an analysis came to, as recipes read it: sure enough, of enough labels, and with the answers that it knew."""

from collections.abc import Callable, Sequence

from curation.recipes.common import follows
from curation.recipes.contract import Row
from curation.recipes.drops import Drop
from curation.recipes.majority import Answer, Outcome
from curation.recipes.parameters import Parameters
from curation.recipes.records import Agreed, AnnotationRecord, ItemRecord


def agreed(
    item: ItemRecord, parameters: Parameters, facet: str = "", place: str = "", question: str = ""
) -> Agreed | Drop:
    """What it came to at one place (`annotation.kinds.votes`), if it is sure enough; or why that does not decide.

    `question` is the one that the recipe reads, unless another is named.
    """
    places = item.known.places if item.known else {}
    found = places.get((question or parameters["question"], facet, place))
    if found is None:
        return Drop.NO_CONSENSUS
    if found.labels < parameters["min_labels"]:
        return Drop.TOO_FEW_VOTES
    return found if found.value and found.confidence >= parameters["min_confidence"] else Drop.NOT_SURE


def outcome(
    votes: Sequence[Answer], found: Agreed | Drop, read: Callable[[Agreed], Answer], parameters: Parameters
) -> Outcome[Answer] | Drop:
    """The consensus as what the votes come to. `min_votes` and `min_agreement` hold as they do for a majority."""
    if len(votes) < parameters["min_votes"] or not votes:
        return Drop.TOO_FEW_VOTES
    if isinstance(found, Drop):
        return found
    value = read(found)
    agreement = votes.count(value) / len(votes)
    if agreement < parameters["min_agreement"]:
        return Drop.LOW_AGREEMENT
    return Outcome(value, agreement, len(votes), found.confidence)


def sure(confidence: float, parameters: Parameters) -> Row:
    """The column that says how sure the consensus is; none where it does not decide."""
    return {"confidence": confidence} if follows(parameters) else {}


def known_then(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> list[AnnotationRecord]:
    """The annotations that the analysis knew, each current if it was so then: what came later has no say in rows."""
    last = item.known.last_annotation if item.known else 0
    then = [one for one in annotations if one.id <= last]
    superseded = {one.supersedes for one in then}
    return [one._replace(is_current=one.id not in superseded) for one in then]

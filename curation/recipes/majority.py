"""From several people's answers to one: the answer that more gave than gave any other."""

from collections import Counter
from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from curation.recipes.drops import Drop
from curation.recipes.parameters import Parameters

Answer = TypeVar("Answer")


class Outcome(NamedTuple, Generic[Answer]):
    """What most said, and their share of the votes."""

    value: Answer
    agreement: float
    n_votes: int
    confidence: float = 0.0
    """Where a consensus decided: the chance that the value is right."""


def majority(votes: Sequence[Answer], parameters: Parameters) -> Outcome[Answer] | Drop:
    """The answer with more votes than any other, if `min_votes` and `min_agreement` are reached; or why there is none.

    It does not depend on the order of the votes.
    """
    if len(votes) < parameters["min_votes"] or not votes:
        return Drop.TOO_FEW_VOTES
    (value, most), *others = Counter(votes).most_common(2)
    if others and others[0][1] == most:
        return Drop.SPLIT
    agreement = most / len(votes)
    if agreement < parameters["min_agreement"]:
        return Drop.LOW_AGREEMENT
    return Outcome(value, agreement, len(votes))

"""From several people's preferences to one: plain majority."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from curation.recipes.contract import Drop
from curation.recipes.records import AnnotationRecord

BOTH = "people and imported"
DIRECTIONS = {"a": 1, "b": -1}


class Ballot(NamedTuple):
    """Which votes count, and what they must reach."""

    question: str
    dimension: str
    sources: frozenset[str]
    min_votes: int
    min_agreement: float


class Verdict(NamedTuple):
    """What the votes say: the index of the response that won, and how clearly."""

    winner: int
    strength: float
    p_chosen: float
    n_votes: int
    agreement: float
    label_source: str
    annotation_ids: list[int]


def decide(annotations: Sequence[AnnotationRecord], ballot: Ballot) -> Verdict | Drop:
    """The response that more people chose than chose anything else; or why there is none.

    An `unsure` is not a vote. `tie` and `both_bad` are votes: they win when nothing has more, and count half for
    either side in `p_chosen`. `agreement` is the winner's share of the votes. `strength` is the mean over all votes,
    positive toward the winner, zero for a tie, never below zero; a choice on a scale without degrees counts 1.
    """
    counts = {"a": 0, "b": 0, "tie": 0, "both_bad": 0, "unsure": 0}
    degrees = 0  # positive toward response a
    ids: list[int] = []
    source = ""
    is_asked = False
    for annotation in annotations:
        if not annotation.is_current or annotation.origin not in ballot.sources:
            continue
        is_asked = True
        answer = _answer(annotation, ballot)
        if answer is None:
            continue
        winner = answer["winner"]
        counts[winner] += 1
        if winner in DIRECTIONS:
            degrees += DIRECTIONS[winner] * _degree(answer)
        ids.append(annotation.id)
        source = annotation.origin if source in ("", annotation.origin) else BOTH
    if not ids:
        return Drop.QUESTION_MISSING if is_asked else Drop.NO_VOTES
    votes = len(ids) - counts.pop("unsure")
    outcome = _outcome(counts, votes, ballot)
    if isinstance(outcome, Drop):
        return outcome
    agreement = counts[outcome] / votes
    return Verdict(
        0 if outcome == "a" else 1,
        max(DIRECTIONS[outcome] * degrees / votes, 0.0),
        (counts[outcome] + (counts["tie"] + counts["both_bad"]) / 2) / votes,
        votes,
        agreement,
        source,
        ids,
    )


def _outcome(counts: dict[str, int], votes: int, ballot: Ballot) -> str | Drop:
    """`a` or `b`, if it has more votes than anything else, and enough of them."""
    if not votes:
        return Drop.UNSURE
    if votes < ballot.min_votes:
        return Drop.TOO_FEW_VOTES
    most = max(counts.values())
    leader, *others = [outcome for outcome, number in counts.items() if number == most]
    if others:
        return Drop.SPLIT
    if leader not in DIRECTIONS:
        return Drop.TIE if leader == "tie" else Drop.BOTH_BAD
    return leader if most / votes >= ballot.min_agreement else Drop.LOW_AGREEMENT


def _answer(annotation: AnnotationRecord, ballot: Ballot) -> dict[str, Any] | None:
    """The answer to the ballot's question; an earlier form may have asked something else under the same key."""
    answer = annotation.answers.get(ballot.question)
    if ballot.dimension and isinstance(answer, dict):
        answer = (answer.get("dimensions") or {}).get(ballot.dimension)
    return answer if isinstance(answer, dict) and "winner" in answer else None


def _degree(answer: dict[str, Any]) -> int:
    strength = answer.get("strength")
    return 1 if strength is None else int(strength)

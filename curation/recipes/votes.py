"""From several people's preferences to one: plain majority."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from curation.recipes.contract import Drop
from curation.recipes.records import AnnotationRecord

BOTH = "people and imported"


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
    origins: set[str] = set()
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
        if winner == "a":
            degrees += _degree(answer)
        elif winner == "b":
            degrees -= _degree(answer)
        ids.append(annotation.id)
        origins.add(annotation.origin)
    if not ids:
        return Drop.QUESTION_MISSING if is_asked else Drop.NO_VOTES
    unsure = counts.pop("unsure")
    votes = len(ids) - unsure
    if not votes:
        return Drop.UNSURE
    if votes < ballot.min_votes:
        return Drop.TOO_FEW_VOTES
    outcome = _winner(counts)
    if isinstance(outcome, Drop):
        return outcome
    agreement = counts[outcome] / votes
    if agreement < ballot.min_agreement:
        return Drop.LOW_AGREEMENT
    toward = degrees if outcome == "a" else -degrees
    return Verdict(
        winner=0 if outcome == "a" else 1,
        strength=max(toward / votes, 0.0),
        p_chosen=(counts[outcome] + (counts["tie"] + counts["both_bad"]) / 2) / votes,
        n_votes=votes,
        agreement=agreement,
        label_source=BOTH if len(origins) > 1 else next(iter(origins)),
        annotation_ids=ids,
    )


def _answer(annotation: AnnotationRecord, ballot: Ballot) -> dict[str, Any] | None:
    """The answer to the ballot's question; an earlier form may have asked something else under the same key."""
    answer = annotation.answers.get(ballot.question)
    if ballot.dimension and isinstance(answer, dict):
        answer = (answer.get("dimensions") or {}).get(ballot.dimension)
    return answer if isinstance(answer, dict) and "winner" in answer else None


def _degree(answer: dict[str, Any]) -> int:
    strength = answer.get("strength")
    return 1 if strength is None else int(strength)


def _winner(counts: dict[str, int]) -> str | Drop:
    most = max(counts.values())
    leaders = [outcome for outcome, votes in counts.items() if votes == most]
    if len(leaders) > 1:
        return Drop.SPLIT
    return {"tie": Drop.TIE, "both_bad": Drop.BOTH_BAD}.get(leaders[0], leaders[0])

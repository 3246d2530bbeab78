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
    counted = _counted(annotations, ballot)
    if isinstance(counted, Drop):
        return counted
    winner = _winner(counted, ballot)
    if isinstance(winner, Drop):
        return winner
    toward, votes = (counted.b if winner else counted.a), counted.votes
    degrees = -counted.degrees if winner else counted.degrees
    return Verdict(
        winner=winner,
        strength=max(degrees / votes, 0.0),
        p_chosen=(toward + (counted.tie + counted.both_bad) / 2) / votes,
        n_votes=votes,
        agreement=toward / votes,
        label_source=counted.label_source,
        annotation_ids=counted.ids,
    )


class Counted(NamedTuple):
    """The votes before anybody has won. `degrees` are positive toward response a."""

    a: int
    b: int
    tie: int
    both_bad: int
    degrees: int
    ids: list[int]
    label_source: str

    @property
    def votes(self) -> int:
        return self.a + self.b + self.tie + self.both_bad


def _counted(annotations: Sequence[AnnotationRecord], ballot: Ballot) -> Counted | Drop:
    counts = {"a": 0, "b": 0, "tie": 0, "both_bad": 0, "unsure": 0}
    degrees = 0
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
    return Counted(counts["a"], counts["b"], counts["tie"], counts["both_bad"], degrees, ids, source)


def _winner(counted: Counted, ballot: Ballot) -> int | Drop:
    """0 for response a, 1 for response b."""
    if not counted.votes:
        return Drop.UNSURE
    if counted.votes < ballot.min_votes:
        return Drop.TOO_FEW_VOTES
    outcomes = counted[:4]
    most = max(outcomes)
    if outcomes.count(most) > 1:
        return Drop.SPLIT
    leader = outcomes.index(most)
    if leader > 1:
        return Drop.TIE if leader == 2 else Drop.BOTH_BAD
    return leader if most / counted.votes >= ballot.min_agreement else Drop.LOW_AGREEMENT


def _answer(annotation: AnnotationRecord, ballot: Ballot) -> dict[str, Any] | None:
    """The answer to the ballot's question; an earlier form may have asked something else under the same key."""
    answer = annotation.answers.get(ballot.question)
    if ballot.dimension and isinstance(answer, dict):
        answer = (answer.get("dimensions") or {}).get(ballot.dimension)
    return answer if isinstance(answer, dict) and "winner" in answer else None


def _degree(answer: dict[str, Any]) -> int:
    strength = answer.get("strength")
    return 1 if strength is None else int(strength)

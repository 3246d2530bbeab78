"""From several people's preferences to one. A ranking is a preference between each two responses."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeGuard

from curation.recipes.common import CONSENSUS, MAJORITY, SOFT
from curation.recipes.drops import Drop
from curation.recipes.records import Agreed, AnnotationRecord

BOTH = "people and imported"
DIRECTIONS = {"a": 1, "b": -1}
NEITHER, TIED = -1, -2
WINNERS = {"a": 0, "b": 1, "both_bad": NEITHER, "tie": TIED}
HALF = 0.5


class Ballot(NamedTuple):
    """Which votes count, and what they must reach."""

    question: str
    dimension: str
    sources: frozenset[str]
    min_votes: int
    min_agreement: float
    pair: tuple[int, int] = (0, 1)
    """The responses a and b, by their numbers in the item."""
    keeps_both_bad: bool = False
    """Whether `both_bad` is a verdict, and not a reason to drop."""
    keeps_ties: bool = False
    """Whether `tie` is one."""
    aggregator: str = MAJORITY
    agreed: Agreed | Drop = Drop.NO_CONSENSUS
    """What the consensus says about the pair, where that decides."""
    is_ranked: bool = False


class Verdict(NamedTuple):
    """What the votes say: 0 or 1, the response that won, and how clearly; or NEITHER, where both are bad, or TIED."""

    winner: int
    strength: float
    p_chosen: float
    n_votes: int
    agreement: float
    label_source: str
    annotation_ids: list[int]
    confidence: float = 0.0
    """Where a consensus decided: the chance that it is right."""


def decide(annotations: Sequence[AnnotationRecord], ballot: Ballot) -> Verdict | Drop:
    """The response that more people chose than chose anything else, or as the ballot's aggregator has it; or why there
    is none.

    An `unsure` is not a vote. `tie` and `both_bad` are votes: they win when nothing has more, and count half for
    either side in `p_chosen`. `agreement` is the winner's share of the votes. `strength` is the mean over all votes,
    positive toward the winner, zero for a tie, never below zero; a choice on a scale without degrees counts 1.
    """
    cast = _cast(annotations, ballot)
    if not cast.ids:
        return nobody(annotations, ballot)
    counts = cast.counts
    votes = sum(counts.values())
    if not votes:
        return Drop.UNSURE
    if votes < ballot.min_votes:
        return Drop.TOO_FEW_VOTES
    outcome = RULES[ballot.aggregator](counts, ballot)
    if isinstance(outcome, Drop):
        return outcome
    p_chosen = _p_chosen(outcome, counts, ballot)
    agreement = counts[outcome] / votes
    if (p_chosen if ballot.aggregator == SOFT else agreement) < ballot.min_agreement:
        return Drop.LOW_AGREEMENT
    return Verdict(
        WINNERS[outcome],
        max(DIRECTIONS.get(outcome, 0) * cast.degrees / votes, 0.0),
        p_chosen,
        votes,
        agreement,
        cast.source,
        cast.ids,
        0.0 if isinstance(ballot.agreed, Drop) else ballot.agreed.confidence,
    )


class _Cast(NamedTuple):
    """What was said to a ballot: how often each outcome that is a vote, and by whom."""

    counts: dict[str, int]
    degrees: int
    """Of all votes together, positive toward response a."""
    ids: list[int]
    source: str


def nobody(annotations: Sequence[AnnotationRecord], ballot: Ballot) -> Drop:
    """Why there is no answer: of those who may vote some answered the item, or none at all."""
    return Drop.QUESTION_MISSING if any(_may(one, ballot) for one in annotations) else Drop.NO_VOTES


def cast_by(annotations: Sequence[AnnotationRecord], ballot: Ballot) -> list[tuple[AnnotationRecord, dict[str, Any]]]:
    """Who may vote and did, each with the answer about the ballot's two responses: `winner`, and `strength` if any."""
    return [(one, said) for one in annotations if _may(one, ballot) and (said := _answer(one, ballot)) is not None]


def _may(annotation: AnnotationRecord, ballot: Ballot) -> bool:
    return annotation.is_current and annotation.origin in ballot.sources


def _cast(annotations: Sequence[AnnotationRecord], ballot: Ballot) -> _Cast:
    """The votes of those who may."""
    counts = {"a": 0, "b": 0, "tie": 0, "both_bad": 0}
    degrees = 0
    ids: list[int] = []
    source = ""
    for annotation, answer in cast_by(annotations, ballot):
        winner = answer["winner"]
        if winner != "unsure":
            counts[winner] += 1
        if winner in DIRECTIONS:
            degrees += DIRECTIONS[winner] * degree(answer)
        ids.append(annotation.id)
        source = annotation.origin if source in ("", annotation.origin) else BOTH
    return _Cast(counts, degrees, ids, source)


def _p_chosen(outcome: str, counts: dict[str, int], ballot: Ballot) -> float:
    """The probability that the chosen response is better, no winner counting half: as a share of votes, or as the
    consensus has it."""
    if outcome not in DIRECTIONS:
        return HALF if outcome == "tie" else 0.0
    if not isinstance(ballot.agreed, Drop):
        return ballot.agreed.chances[outcome] + ballot.agreed.chances["tie"] / 2
    return (counts[outcome] + (counts["tie"] + counts["both_bad"]) / 2) / sum(counts.values())


def _by_majority(counts: dict[str, int], ballot: Ballot) -> str | Drop:
    """`a` or `b`, or `both_bad` where that is wanted, if it has more votes than anything else."""
    leader = max(counts, key=counts.__getitem__)
    if list(counts.values()).count(counts[leader]) > 1:
        return Drop.SPLIT
    return _or_neither(leader, ballot)


def _by_half(counts: dict[str, int], ballot: Ballot) -> str | Drop:
    """The side with more votes, however many found none better, unless most of all found both bad."""
    if counts["both_bad"] > max(counts["a"], counts["b"], counts["tie"]):
        return _or_neither("both_bad", ballot)
    if counts["a"] != counts["b"]:
        return "a" if counts["a"] > counts["b"] else "b"
    return Drop.SPLIT if counts["a"] else _or_neither("tie", ballot)


def _by_consensus(counts: dict[str, int], ballot: Ballot) -> str | Drop:
    """What the consensus says. To it, both bad is one more way to say that none is better: which of the two it was,
    those tell who said so."""
    if isinstance(ballot.agreed, Drop):
        return ballot.agreed
    is_bad = ballot.agreed.value == "tie" and counts["both_bad"] > counts["tie"]
    return _or_neither("both_bad" if is_bad else ballot.agreed.value, ballot)


def _or_neither(outcome: str, ballot: Ballot) -> str | Drop:
    if outcome == "tie":
        return outcome if ballot.keeps_ties else Drop.TIE
    return Drop.BOTH_BAD if outcome == "both_bad" and not ballot.keeps_both_bad else outcome


RULES: dict[str, Callable[[dict[str, int], Ballot], str | Drop]] = {
    MAJORITY: _by_majority,
    SOFT: _by_half,
    CONSENSUS: _by_consensus,
}


def ranks(annotations: Sequence[AnnotationRecord], question: str) -> bool:
    """Whether somebody put all responses in order, which says something about each two of them."""
    return any([_is_ranking(annotation.answers.get(question)) for annotation in annotations])  # noqa: C419 (quicker)


def _answer(annotation: AnnotationRecord, ballot: Ballot) -> dict[str, Any] | None:
    """The answer to the ballot's question; an earlier form may have asked something else under the same key."""
    answer = annotation.answers.get(ballot.question)
    if _is_ranking(answer):
        return _ranked(answer, ballot.pair)
    if ballot.dimension and isinstance(answer, dict):
        answer = (answer.get("dimensions") or {}).get(ballot.dimension)
    return answer if isinstance(answer, dict) and "winner" in answer else None


def _is_ranking(answer: Any) -> TypeGuard[list[list[int]]]:
    """Whether it is made of tie groups."""
    return type(answer) is list and bool(answer) and type(answer[0]) is list


def _ranked(groups: list[list[int]], pair: tuple[int, int]) -> dict[str, Any] | None:
    """What tie groups, best first, say about two responses; None where they do not have both."""
    places = {number: place for place, group in enumerate(groups) for number in group or ()}
    if pair[0] not in places or pair[1] not in places:
        return None
    a, b = places[pair[0]], places[pair[1]]
    return {"winner": "a" if a < b else "b" if b < a else "tie"}


def degree(answer: dict[str, Any]) -> int:
    """How much better one side was found; 1 on a scale without degrees."""
    strength = answer.get("strength")
    return 1 if strength is None else int(strength)

"""Every vote on two responses by itself, for rows that are votes."""

from collections.abc import Sequence
from typing import NamedTuple

from curation.recipes.contract import Row
from curation.recipes.drops import Drop
from curation.recipes.panel import behind
from curation.recipes.parameters import Parameters
from curation.recipes.records import AnnotationRecord
from curation.recipes.votes import DIRECTIONS, HALF, Ballot, cast_by, degree, nobody


class Vote(NamedTuple):
    """What one annotator said, and what all others said of the same two."""

    annotation: AnnotationRecord
    winner: str
    """`a`, `b`, `tie` or `both_bad`."""
    degree: int
    """How much better the winner is; 0 where there is none."""
    agreement: float
    """The share of votes that say the same."""
    shares: tuple[float, float]
    """The shares of votes for either response, a vote for neither counting half."""
    n_votes: int

    def traced(self, parameters: Parameters) -> Row:
        """The columns that say where its row comes from, but for `pair_id`, `prompt_id` and `p_chosen`."""
        return {
            "strength": float(self.degree),
            "n_votes": self.n_votes,
            "agreement": self.agreement,
            **behind([self.annotation], parameters),
        }


def votes_of(annotations: Sequence[AnnotationRecord], ballot: Ballot) -> list[Vote] | Drop:
    """The votes on the ballot's two responses, oldest first, if there are `min_votes`; an `unsure` is none."""
    cast = cast_by(annotations, ballot)
    if not cast:
        return nobody(annotations, ballot)
    said = [(one, answer) for one, answer in cast if answer["winner"] != "unsure"]
    if not said:
        return Drop.UNSURE
    if len(said) < ballot.min_votes:
        return Drop.TOO_FEW_VOTES
    winners = [answer["winner"] for _one, answer in said]
    first = (winners.count("a") + HALF * sum(one not in DIRECTIONS for one in winners)) / len(winners)
    return [
        Vote(
            one,
            answer["winner"],
            degree(answer) if answer["winner"] in DIRECTIONS else 0,
            winners.count(answer["winner"]) / len(winners),
            (first, 1 - first),
            len(winners),
        )
        for one, answer in said
    ]

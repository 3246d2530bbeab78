"""One row for each vote: trainers that know nothing of soft labels then learn from exactly them.

The mean of -log σ(r_w - r_l) over the votes of a pair is the cross-entropy with p, the share of votes for a side; a tie
is half a vote for either. A pair's rows carry one `pair_id` and are neighbors in one split: contradicting each other is
what they are for, so nothing here removes repeats.
"""

from collections.abc import Iterator, Sequence

from curation.recipes import losses, pairs, rm_pairs
from curation.recipes.columns import messages, traced
from curation.recipes.common import (
    DROP,
    LEAVING_OUT,
    MIN_VOTES,
    SOURCES,
    SYSTEM,
    TAKE_ACCEPTED,
    TURNS,
    WEIGHTS,
    has_weights,
)
from curation.recipes.contract import Build, Recipe, Row
from curation.recipes.drops import Drop
from curation.recipes.parameters import OneOf, Option, Parameters, Switch
from curation.recipes.records import AnnotationRecord, ItemRecord
from curation.recipes.single_votes import Vote, votes_of
from curation.recipes.votes import Ballot

SIDES = {"a": 0, "b": 1}
BOTH_WAYS = "both_ways"
TIES = OneOf(
    name="ties",
    title="Votes that neither is better",
    help="Both ways, a vote for a side is two rows and a tie one each way, so a tie is half a vote for either.",
    options=(Option(DROP, "Leave them out"), Option(BOTH_WAYS, "Both ways")),
)
BY_STRENGTH = Switch(
    name="repeat_by_strength",
    title="A row as often as the vote was strong",
    help="A vote of strength 3 is three rows: a loss three times as heavy, where trainers know no weights.",
)


def builder(parameters: Parameters) -> Build:
    """The rows of every vote on every two responses that somebody compared."""
    return pairs.each_pair(_rows, pairs.ballot_of(parameters), parameters)


def _rows(
    item: ItemRecord, annotations: Sequence[AnnotationRecord], ballot: Ballot, parameters: Parameters
) -> list[Row] | Drop:
    sides = pairs.nothing_to_compare(item, ballot.pair) or pairs.sides_of(item, ballot.pair, parameters)
    if isinstance(sides, Drop):
        return sides
    votes = votes_of(annotations, ballot)
    if isinstance(votes, Drop):
        return votes
    named = {"pair_id": pairs.key_of(item, ballot.pair), "prompt_id": item.group}
    rows: list[Row] = []
    for vote in votes:
        for winner, times in _repeated(vote, parameters):
            chosen, rejected = sides.responses if winner == 0 else sides.responses[::-1]
            row = rm_pairs.layout(sides.prompt, chosen, rejected)
            rows += [{**row, **named, "p_chosen": vote.shares[winner], **vote.traced(parameters)}] * times
    return rows or Drop.TIE


def _repeated(vote: Vote, parameters: Parameters) -> Iterator[tuple[int, int]]:
    """The winning side of each row that a vote becomes, and how often."""
    both_ways = parameters[TIES.name] == BOTH_WAYS
    if vote.winner in SIDES:
        strong = vote.degree if parameters[BY_STRENGTH.name] else 1
        yield SIDES[vote.winner], strong * (2 if both_ways else 1)
    elif both_ways:
        yield from ((0, 1), (1, 1))


UNEVEN = "Ties, and pairs of which both are bad, unless `ties` is `both_ways`: they give no row."
SAME_PAIR = "Which votes are about one pair, once a file is imported: several rows are then the same item."
RECIPE = Recipe(
    name="rm_pairs_votes",
    title="Pairs for reward models, one row for each vote",
    description=(
        "Two votes for one side and one for the other are three rows, whose loss is that of the soft label 2/3. Every "
        "reward trainer reads it; keep a pair's rows in one batch, and remove no repeats."
    ),
    schema=traced(messages("chosen"), messages("rejected")),
    builder=builder,
    characters=rm_pairs.characters,
    loses=(losses.SHOWN, losses.REST, losses.FILES, UNEVEN, losses.ITEM, SAME_PAIR),
    parameters=(
        pairs.QUESTION,
        pairs.DIMENSION,
        TIES,
        BY_STRENGTH,
        MIN_VOTES,
        SOURCES,
        TAKE_ACCEPTED,
        *LEAVING_OUT,
        SYSTEM,
        TURNS,
        WEIGHTS,
    ),
    reads_circumstances=has_weights,
)

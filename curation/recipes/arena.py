"""Battles of two models with their outcome, ties kept: what rankings of models are fitted to."""

from collections.abc import Sequence

from curation.recipes import losses, pairs
from curation.recipes.columns import messages, text, traced
from curation.recipes.common import DECIDING_PAIRS, SYSTEM, TURNS, WEIGHTS, has_weights
from curation.recipes.contract import Build, Recipe, Row, always
from curation.recipes.drops import Drop
from curation.recipes.parameters import OneOf, Option, Parameters
from curation.recipes.records import AnnotationRecord, ItemRecord
from curation.recipes.single_votes import votes_of
from curation.recipes.turns import length
from curation.recipes.votes import HALF, NEITHER, TIED, Ballot

PAIRS, VOTES = "pairs", "votes"
ROWS = OneOf(
    name="rows",
    title="One row for each",
    help="Arenas publish votes, and rankings of models are fitted to those.",
    options=(Option(PAIRS, "Pair, by what was decided; a tie is a decision"), Option(VOTES, "Vote")),
)
BY_VOTE = {"a": "model_a", "b": "model_b", "tie": "tie", "both_bad": "both_bad"}
DECIDED = {0: "model_a", 1: "model_b", TIED: "tie", NEITHER: "both_bad"}


def builder(parameters: Parameters) -> Build:
    """The battles of every two responses that somebody compared and whose models are known."""
    ballot = pairs.ballot_of(parameters)._replace(keeps_both_bad=True, keeps_ties=True)
    return pairs.each_pair(_rows, ballot, parameters)


def _rows(
    item: ItemRecord, annotations: Sequence[AnnotationRecord], ballot: Ballot, parameters: Parameters
) -> list[Row] | Drop:
    rows = _by_decision if parameters[ROWS.name] == PAIRS else _by_votes
    made = rows(item, annotations, ballot, parameters)
    if isinstance(made, Drop):
        return made
    battle = _battle(item, ballot, parameters)
    return battle if isinstance(battle, Drop) else [{**battle, **row} for row in made]


def _battle(item: ItemRecord, ballot: Ballot, parameters: Parameters) -> Row | Drop:
    """Two models and what they wrote, in the item's own order."""
    models = [item.responses[place].get("model") or "" for place in ballot.pair]
    sides = pairs.nothing_to_compare(item, ballot.pair) or pairs.sides_of(item, ballot.pair, parameters)
    if isinstance(sides, Drop):
        return sides
    if not all(models):
        return Drop.NO_MODEL
    one, two = (sides.prompt + response for response in sides.responses)
    key = pairs.key_of(item, ballot.pair)
    return {
        "id": key,
        "model_a": models[0],
        "model_b": models[1],
        "conversation_a": one,
        "conversation_b": two,
        "pair_id": key,
        "prompt_id": item.group,
    }


def _by_decision(
    item: ItemRecord, annotations: Sequence[AnnotationRecord], ballot: Ballot, parameters: Parameters
) -> list[Row] | Drop:
    found = pairs.decided(item, annotations, ballot, parameters)
    if isinstance(found, Drop):
        return found
    return [{"winner": DECIDED[found.verdict.winner], **pairs.provenance(item, found, annotations, parameters)}]


def _by_votes(
    _item: ItemRecord, annotations: Sequence[AnnotationRecord], ballot: Ballot, parameters: Parameters
) -> list[Row] | Drop:
    votes = votes_of(annotations, ballot)
    if isinstance(votes, Drop):
        return votes
    return [
        {
            "winner": BY_VOTE[vote.winner],
            "p_chosen": {"a": vote.shares[0], "b": vote.shares[1], "tie": HALF}.get(vote.winner, 0.0),
            **vote.traced(parameters),
        }
        for vote in votes
    ]


def characters(row: Row) -> int:
    return max(length(row["conversation_a"]), length(row["conversation_b"]))


EACH = "Each annotator's own answer, unless `rows` is `votes`: a row names the annotations behind it."
NAMELESS = "Pairs without the names of their models: they give no row."
RECIPE = Recipe(
    name="arena",
    title="Battles of models",
    description=(
        "Two models, what they wrote, and who won: model_a, model_b, tie or both_bad. For rankings of models by "
        "Bradley–Terry, Elo or arena-rank; no reward trainer reads ties."
    ),
    schema=traced(
        text("id"),
        text("model_a"),
        text("model_b"),
        text("winner"),
        messages("conversation_a"),
        messages("conversation_b"),
    ),
    builder=builder,
    characters=characters,
    loses=(EACH, losses.SHOWN, losses.REST, losses.FILES, losses.STRENGTH, losses.TAGS, NAMELESS),
    read_back=always("arena_140k"),
    parameters=(pairs.QUESTION, pairs.DIMENSION, ROWS, *DECIDING_PAIRS, SYSTEM, TURNS, WEIGHTS),
    reads_circumstances=has_weights,
)

"""Two whole conversations per row: the layout that reward trainers and RewardBench read without glue."""

from collections.abc import Sequence

import pyarrow as pa

from curation.recipes import good_or_bad, losses, opposites, pairs
from curation.recipes.columns import messages, traced
from curation.recipes.common import DECIDING_PAIRS, SOFT, SYSTEM, TURNS, WEIGHTS, has_weights
from curation.recipes.contract import Build, Recipe, Row, always
from curation.recipes.parameters import BadParameters, Parameters, QuestionOf
from curation.recipes.records import ItemRecord, Message, QuestionRecord
from curation.recipes.turns import length

QUESTION = QuestionOf(
    name="question", title="Which question decides", kinds=("preference", "ranking", "choice", "rating")
)

MARGIN = pa.field("margin", pa.float64(), nullable=False)


def layout(prompt: list[Message], chosen: list[Message], rejected: list[Message]) -> Row:
    return whole(prompt + chosen, prompt + rejected)


def whole(chosen: list[Message], rejected: list[Message]) -> Row:
    return {"chosen": chosen, "rejected": rejected}


def builder(parameters: Parameters) -> Build:
    """Two responses that were compared, or a good and a bad one that were judged by themselves."""
    if good_or_bad.reads(parameters):
        return opposites.builder(whole, parameters)
    finish = _with_margin if parameters["aggregator"] == SOFT else None
    return pairs.builder((layout,), parameters, finish=finish)


def _with_margin(row: Row, _item: ItemRecord, _places: tuple[int, int]) -> Row:
    """By how much the chosen one is ahead, 0 to 1, where reward trainers look for it: never null."""
    return {**row, "margin": 2 * row["p_chosen"] - 1}


def schema(parameters: Parameters) -> pa.Schema:
    """A margin only where it was asked for: its mere presence changes what trainers do."""
    margin = [MARGIN] if parameters.get("aggregator") == SOFT else []
    return traced(messages("chosen"), messages("rejected"), *margin)(parameters)


def complete(settled: Parameters, questions: Sequence[QuestionRecord]) -> Parameters:
    """Refuse soft labels of responses that nobody compared. Raises BadParameters."""
    if good_or_bad.reads(settled) and settled["aggregator"] == SOFT:
        raise BadParameters("The aggregator soft is for preference or ranking questions.")
    return good_or_bad.complete(settled, questions)


def characters(row: Row) -> int:
    return max(length(row["chosen"]), length(row["rejected"]))


RECIPE = Recipe(
    name="rm_pairs",
    title="Pairs for reward models",
    description=(
        "Chosen and rejected as whole conversations. TRL RewardTrainer, OpenRLHF, RLHFlow, RewardBench and Axolotl "
        "read it as it is."
    ),
    schema=schema,
    builder=builder,
    characters=characters,
    loses=losses.OF_PAIRS,
    read_back=always("trl_implicit"),
    parameters=(
        QUESTION,
        pairs.DIMENSION,
        *good_or_bad.PARAMETERS,
        opposites.ACROSS,
        *DECIDING_PAIRS,
        SYSTEM,
        TURNS,
        WEIGHTS,
    ),
    complete=complete,
    reads_circumstances=has_weights,
)

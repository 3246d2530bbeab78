"""Two whole conversations per row: the layout that reward trainers and RewardBench read without glue."""

from functools import partial

from curation.recipes import pairs
from curation.recipes.columns import pair_schema
from curation.recipes.contract import Recipe, Row
from curation.recipes.records import Message
from curation.recipes.turns import length


def layout(prompt: list[Message], chosen: list[Message], rejected: list[Message]) -> Row:
    return {"chosen": prompt + chosen, "rejected": prompt + rejected}


def characters(row: Row) -> int:
    return max(length(row["chosen"]), length(row["rejected"]))


RECIPE = Recipe(
    name="rm_pairs",
    title="Pairs for reward models",
    description=(
        "Chosen and rejected as whole conversations. TRL RewardTrainer, OpenRLHF, RLHFlow, RewardBench and Axolotl "
        "read it as it is."
    ),
    schema=pair_schema("chosen", "rejected"),
    settle=pairs.settle,
    builder=partial(pairs.builder, (layout,)),
    characters=characters,
)

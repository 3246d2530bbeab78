"""Two whole conversations per row: the layout that reward trainers and RewardBench read without glue."""

from collections.abc import Sequence

from curation.recipes import pairs
from curation.recipes.columns import pair_schema
from curation.recipes.contract import Build, Drop, Outcome, Parameters, Recipe, Row
from curation.recipes.records import AnnotationRecord, ItemRecord
from curation.recipes.turns import length


def builder(parameters: Parameters) -> Build:
    pair_of = pairs.pair_builder(parameters)

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        pair = pair_of(item, annotations)
        if isinstance(pair, Drop):
            return pair
        return [{"chosen": pair.prompt + pair.chosen, "rejected": pair.prompt + pair.rejected, **pair.provenance}]

    return build


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
    builder=builder,
    characters=characters,
)

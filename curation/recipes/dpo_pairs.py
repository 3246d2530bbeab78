"""A prompt with its chosen and its rejected completion: the layout that direct preference trainers recommend."""

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
        return [{"prompt": pair.prompt, "chosen": pair.chosen, "rejected": pair.rejected, **pair.provenance}]

    return build


def characters(row: Row) -> int:
    return length(row["prompt"]) + max(length(row["chosen"]), length(row["rejected"]))


RECIPE = Recipe(
    name="dpo_pairs",
    title="Pairs for direct preference training",
    description=(
        "Prompt, chosen and rejected as separate turns. TRL DPO, KTO, CPO and ORPO, and OpenRLHF with prompt_key "
        "read it as it is. Not for RewardBench, which would lose the prompts without a word."
    ),
    schema=pair_schema("prompt", "chosen", "rejected"),
    settle=pairs.settle,
    builder=builder,
    characters=characters,
)

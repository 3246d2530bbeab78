"""A prompt with its chosen and its rejected completion: the layout that direct preference trainers recommend."""

from functools import partial

from curation.recipes import losses, pairs
from curation.recipes.columns import messages, traced
from curation.recipes.common import has_weights
from curation.recipes.contract import Recipe, Row, always
from curation.recipes.records import Message
from curation.recipes.turns import length


def layout(prompt: list[Message], chosen: list[Message], rejected: list[Message]) -> Row:
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected}


def characters(row: Row) -> int:
    return length(row["prompt"]) + max(length(row["chosen"]), length(row["rejected"]))


RECIPE = Recipe(
    name="dpo_pairs",
    title="Pairs for direct preference training",
    description=(
        "Prompt, chosen and rejected as separate turns. TRL DPO, KTO, CPO and ORPO, and OpenRLHF with prompt_key "
        "read it as it is. Not for RewardBench, which would lose the prompts without a word."
    ),
    schema=traced(messages("prompt"), messages("chosen"), messages("rejected")),
    builder=partial(pairs.builder, (layout,)),
    characters=characters,
    loses=losses.OF_PAIRS,
    read_back=always("trl_explicit"),
    parameters=pairs.PARAMETERS,
    reads_circumstances=has_weights,
)

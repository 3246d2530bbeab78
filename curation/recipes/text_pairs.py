"""Pairs whose three sides are plain texts: what trainers without chat templates read."""

from curation.recipes import losses, pairs
from curation.recipes.columns import text, traced
from curation.recipes.common import DECIDING_PAIRS, ONE_TEXT, WEIGHTS, has_weights
from curation.recipes.contract import Build, Recipe, Row, always
from curation.recipes.drops import Drop
from curation.recipes.parameters import Parameters
from curation.recipes.records import Message
from curation.recipes.templates import TEMPLATE, rendered
from curation.recipes.turns import as_answer


def builder(parameters: Parameters) -> Build:
    """A row for each pair whose responses are one turn each."""

    def layout(prompt: list[Message], chosen: list[Message], rejected: list[Message]) -> Row | Drop:
        texts = {
            "prompt": rendered(prompt, parameters),
            "chosen": as_answer(chosen),
            "rejected": as_answer(rejected),
        }
        return next((one for one in texts.values() if isinstance(one, Drop)), texts)

    return pairs.builder((layout,), parameters)


def characters(row: Row) -> int:
    return len(row["prompt"]) + max(len(row["chosen"]), len(row["rejected"]))


RECIPE = Recipe(
    name="text_pairs",
    title="Pairs as plain texts",
    description=(
        "Prompt, chosen and rejected as texts, under a template that the parameters name. verl's RMDataset, NeMo RL's "
        "BinaryPreferenceDataset, OpenRLHF without a chat template and RewardBench's newest command read it."
    ),
    schema=traced(text("prompt"), text("chosen"), text("rejected")),
    builder=builder,
    characters=characters,
    loses=(*losses.OF_PAIRS, losses.ONE_TEXT, losses.SEVERAL_TURNS),
    read_back=always("trl_explicit"),
    parameters=(pairs.QUESTION, pairs.DIMENSION, *DECIDING_PAIRS, *ONE_TEXT, TEMPLATE, WEIGHTS),
    reads_circumstances=has_weights,
)

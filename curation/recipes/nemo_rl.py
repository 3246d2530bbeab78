"""Pairs as NeMo RL's PreferenceDataset reads them: a context and two ranked completions, 0 the better."""

from functools import partial

import pyarrow as pa

from curation.recipes import losses, pairs
from curation.recipes.columns import MESSAGES, messages, traced
from curation.recipes.common import has_weights
from curation.recipes.contract import Recipe, Row
from curation.recipes.records import Message
from curation.recipes.turns import length

COMPLETIONS = pa.list_(pa.struct([("rank", pa.int64()), ("completion", MESSAGES)]))


def layout(prompt: list[Message], chosen: list[Message], rejected: list[Message]) -> Row:
    ranked = [{"rank": rank, "completion": completion} for rank, completion in enumerate((chosen, rejected))]
    return {"context": prompt, "completions": ranked}


def characters(row: Row) -> int:
    return length(row["context"]) + max(length(one["completion"]) for one in row["completions"])


RECIPE = Recipe(
    name="nemo_rl",
    title="Pairs for NeMo RL",
    description=(
        "A context and two completions with their ranks, 0 the better: the JSON lines of NeMo RL's PreferenceDataset, "
        "for reward models and for direct preference training."
    ),
    schema=traced(messages("context"), pa.field("completions", COMPLETIONS, nullable=False)),
    builder=partial(pairs.builder, (layout,)),
    characters=characters,
    loses=losses.OF_PAIRS,
    parameters=pairs.PARAMETERS,
    reads_circumstances=has_weights,
)

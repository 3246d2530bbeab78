"""Single completions that are good or bad: the layout of unpaired preference training (KTO)."""

from functools import partial

import pyarrow as pa

from curation.recipes import pairs
from curation.recipes.columns import MESSAGES, PROVENANCE
from curation.recipes.contract import Recipe, Row
from curation.recipes.records import Message
from curation.recipes.turns import length


def good(prompt: list[Message], chosen: list[Message], rejected: list[Message]) -> Row:
    return {"prompt": prompt, "completion": chosen, "label": True}


def bad(prompt: list[Message], chosen: list[Message], rejected: list[Message]) -> Row:
    return {"prompt": prompt, "completion": rejected, "label": False}


def characters(row: Row) -> int:
    return length(row["prompt"]) + length(row["completion"])


RECIPE = Recipe(
    name="kto",
    title="Good and bad completions",
    description=(
        "Each pair as two rows: the chosen completion with the label true, the rejected one with false. TRL KTO reads "
        "it as it is."
    ),
    schema=pa.schema(
        [
            pa.field("prompt", MESSAGES, nullable=False),
            pa.field("completion", MESSAGES, nullable=False),
            pa.field("label", pa.bool_(), nullable=False),
            *PROVENANCE,
        ]
    ),
    settle=pairs.settle,
    builder=partial(pairs.builder, (good, bad)),
    characters=characters,
)

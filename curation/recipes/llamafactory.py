"""Pairs as LLaMA-Factory reads them (sharegpt, ranking), and the `dataset_info.json` that it looks into."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from curation.recipes import losses, pairs
from curation.recipes.columns import traced
from curation.recipes.common import DECIDING_PAIRS, SYSTEM, WEIGHTS, has_weights
from curation.recipes.contract import Recipe, Row, RowsFile
from curation.recipes.drops import Drop
from curation.recipes.records import Message
from curation.recipes.turns import alternates, as_answer

TURN = pa.struct([("from", pa.string()), ("value", pa.string())])
NAMES = {"user": "human", "assistant": "gpt", "system": "system"}
READ = ("jsonl", "parquet")
"""What LLaMA-Factory opens; a compressed file it refuses."""
ENTRY = {
    "ranking": True,
    "formatting": "sharegpt",
    "columns": {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"},
}


def layout(prompt: list[Message], chosen: list[Message], rejected: list[Message]) -> Row | Drop:
    """A side is one message, not a list of them: a list it misreads without a word."""
    if not alternates(prompt, chosen):
        return Drop.NON_ALTERNATING
    answers = {"chosen": as_answer(chosen), "rejected": as_answer(rejected)}
    if long := next((one for one in answers.values() if isinstance(one, Drop)), None):
        return long
    conversations = [{"from": NAMES[turn["role"]], "value": turn["content"]} for turn in prompt]
    return {"conversations": conversations, **{side: {"from": "gpt", "value": one} for side, one in answers.items()}}


def companions(files: Sequence[RowsFile]) -> dict[str, Any]:
    """`dataset_info.json`: an entry for each file that it reads, called `train`, or `train_parquet` where JSON lines
    are there too, and with its number where there are several."""
    read = [file for file in files if file.suffix in READ]
    first = next((suffix for suffix in READ if any(file.suffix == suffix for file in read)), "")
    entries = {}
    for file in read:
        alike = [one for one in read if (one.split, one.suffix) == (file.split, file.suffix)]
        number = f"_{alike.index(file)}" if len(alike) > 1 else ""
        name = f"{file.split}{number}" if file.suffix == first else f"{file.split}_{file.suffix}{number}"
        entries[name] = {"file_name": file.name, **ENTRY}
    return {"dataset_info.json": entries} if entries else {}


def characters(row: Row) -> int:
    asked = sum(len(turn["value"]) for turn in row["conversations"])
    return asked + max(len(row["chosen"]["value"]), len(row["rejected"]["value"]))


NOT_STRICT = "Prompts in which user and assistant do not take strict turns: they give no row."
RECIPE = Recipe(
    name="llamafactory",
    title="Pairs for LLaMA-Factory",
    description=(
        "Conversations with one chosen and one rejected message, and dataset_info.json beside them: point dataset_dir "
        "at the folder. User and assistant take strict turns, or the item is left out."
    ),
    schema=traced(
        pa.field("conversations", pa.list_(TURN), nullable=False),
        pa.field("chosen", TURN, nullable=False),
        pa.field("rejected", TURN, nullable=False),
    ),
    builder=partial(pairs.builder, (layout,)),
    characters=characters,
    loses=(*losses.OF_PAIRS, losses.SEVERAL_TURNS, NOT_STRICT),
    parameters=(pairs.QUESTION, pairs.DIMENSION, *DECIDING_PAIRS, SYSTEM, WEIGHTS),
    companions=companions,
    reads_circumstances=has_weights,
)

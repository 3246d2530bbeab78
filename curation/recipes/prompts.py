"""Prompts alone, each once: what trainers read that write their own responses (GRPO, RLOO, online DPO)."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pyarrow as pa
from pydantic_core import to_json

from annotation.references import reference_in
from curation.recipes import losses
from curation.recipes.columns import messages, text, traced
from curation.recipes.common import LEAVING_OUT, SOURCES, SYSTEM
from curation.recipes.contract import Build, Outcome, Recipe, Row
from curation.recipes.drops import Drop
from curation.recipes.panel import BOTH
from curation.recipes.parameters import Parameters, Text
from curation.recipes.records import AnnotationRecord, ItemRecord, Message
from curation.recipes.turns import length, under

TRACE = [
    pa.field("pair_id", pa.string(), nullable=False),
    pa.field("prompt_id", pa.string(), nullable=False),
    pa.field("label_source", pa.string(), nullable=False),
    pa.field("annotation_ids", pa.list_(pa.int64()), nullable=False),
]
REWARDED = pa.struct([("style", pa.string()), ("ground_truth", pa.string())])
EXTRA = pa.struct([("index", pa.int64()), ("key", pa.string())])
STYLES = {True: "rule", False: "model"}
"""How verl finds a reward: by a rule that knows the answer, or by a model."""

ABILITY = Text(
    name="ability",
    title="What the prompts ask for",
    help="verl's column ability, such as math or code.",
    default="general",
)

Layout = Callable[[ItemRecord, list[Message], Parameters], Row]


def builder(layout: Layout, parameters: Parameters) -> Build:
    """A row for each prompt that somebody labeled a response to; the same prompt of a later item is no other row."""
    met: set[bytes] = set()

    def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
        heard = [one for one in annotations if one.is_current and one.origin in parameters["sources"]]
        if not heard:
            return Drop.NO_VOTES
        prompt = under(parameters["system"], item.messages)
        if not prompt:
            return Drop.NO_PROMPT if prompt is not None or not item.messages else Drop.SYSTEM_TURN
        mark = to_json(prompt)
        if mark in met:
            return Drop.REPEATED
        met.add(mark)
        return [{**layout(item, prompt, parameters), **_behind(item, heard)}]

    return build


def _behind(item: ItemRecord, heard: Sequence[AnnotationRecord]) -> Row:
    origins = {one.origin for one in heard}
    return {
        "pair_id": item.key,
        "prompt_id": item.group,
        "label_source": origins.pop() if len(origins) == 1 else BOTH,
        "annotation_ids": [one.id for one in heard],
    }


def alone(_item: ItemRecord, prompt: list[Message], _parameters: Parameters) -> Row:
    return {"prompt": prompt}


def for_verl(item: ItemRecord, prompt: list[Message], parameters: Parameters) -> Row:
    """As verl's RLHFDataset reads it. The known answer is that of the item's source; the style says if it has one."""
    answer = reference_in(item.source)
    return {
        "data_source": _dataset(item.source) or "goldpan",
        "prompt": prompt,
        "ability": parameters[ABILITY.name],
        "reward_model": {"style": STYLES[bool(answer)], "ground_truth": answer},
        "extra_info": {"index": item.id, "key": item.key},
    }


def _dataset(source: dict[str, Any]) -> str:
    named = source.get("dataset")
    return named if isinstance(named, str) else ""


def characters(row: Row) -> int:
    return length(row["prompt"])


EVERY_LABEL = "Every label and every response: rows are prompts, and name the annotations behind them."
RECIPE = Recipe(
    name="prompts",
    title="Prompts alone",
    description=(
        "Each prompt that somebody labeled a response to, once. TRL's GRPO, RLOO and online DPO trainers write the "
        "responses themselves."
    ),
    schema=traced(messages("prompt"), by=TRACE),
    builder=partial(builder, alone),
    characters=characters,
    loses=(EVERY_LABEL, losses.FILES),
    parameters=(SOURCES, *LEAVING_OUT, SYSTEM),
)
VERL = Recipe(
    name="verl_prompts",
    title="Prompts for verl",
    description=(
        "Prompts with data_source, ability, the known answer if the item's source has one, and extra_info: what verl's "
        "RL trainers read. Older ones want Parquet."
    ),
    schema=traced(
        text("data_source"),
        messages("prompt"),
        text("ability"),
        pa.field("reward_model", REWARDED, nullable=False),
        pa.field("extra_info", EXTRA, nullable=False),
        by=TRACE,
    ),
    builder=partial(builder, for_verl),
    characters=characters,
    loses=(EVERY_LABEL, losses.FILES),
    parameters=(ABILITY, SOURCES, *LEAVING_OUT, SYSTEM),
)

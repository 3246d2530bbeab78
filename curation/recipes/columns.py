"""Columns and their types. No provenance column bears a name that a trainer reads (docs/exports.md)."""

from collections.abc import Callable, Sequence

import pyarrow as pa

from curation.recipes.common import follows
from curation.recipes.parameters import Parameters

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))

TURNS = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string()), ("more", pa.string())]))
"""Turns with all they hold, for those who read everything (`recipes.turns.whole`)."""

RESERVED = frozenset(
    {
        "prompt",
        "chosen",
        "rejected",
        "completion",
        "completions",
        "label",
        "labels",
        "messages",
        "text",
        "reference",
        "margin",
        "tools",
        "chat_template_kwargs",
        "image",
        "images",
        "video",
        "videos",
        "audios",
        "chosen_ids",
        "rejected_ids",
        "prompt_ids",
        "completion_ids",
        "chosen_input_ids",
        "rejected_input_ids",
        "input_ids",
        "attention_mask",
        "ref_chosen_logps",
        "ref_rejected_logps",
        "question",
        "input",
        "system",
        "instruction",
        "conversations",
    }
)

PROVENANCE = [
    pa.field("pair_id", pa.string(), nullable=False),
    pa.field("prompt_id", pa.string(), nullable=False),
    pa.field("strength", pa.float64(), nullable=False),
    pa.field("p_chosen", pa.float64(), nullable=False),
    pa.field("n_votes", pa.int64(), nullable=False),
    pa.field("agreement", pa.float64(), nullable=False),
    pa.field("label_source", pa.string(), nullable=False),
    pa.field("annotation_ids", pa.list_(pa.int64()), nullable=False),
]


WEIGHT = pa.field("weight", pa.float64(), nullable=False)
CONFIDENCE = pa.field("confidence", pa.float64(), nullable=False)

TRACE = [field for field in PROVENANCE if field.name not in ("strength", "p_chosen")]
"""What says where a row comes from, in recipes whose rows are no pairs."""

RESPONSE_INDEX = pa.field("response_index", pa.int64(), nullable=False)
"""Which response of its item a row is about, from 0."""


def text(name: str) -> pa.Field:
    """A column of texts, never null."""
    return pa.field(name, pa.string(), nullable=False)


def messages(name: str) -> pa.Field:
    """A column of turns, never null."""
    return pa.field(name, MESSAGES, nullable=False)


def traced(*fields: pa.Field, by: Sequence[pa.Field] = PROVENANCE) -> Callable[[Parameters], pa.Schema]:
    """The schema of these columns and then where a row comes from, with how sure a consensus is where one decides, and
    weights where they are asked for."""

    def schema(parameters: Parameters) -> pa.Schema:
        sure = [CONFIDENCE] if follows(parameters) else []
        return pa.schema([*fields, *by, *sure, *([WEIGHT] if parameters.get("weights") else [])])

    return schema

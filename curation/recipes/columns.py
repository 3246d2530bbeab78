"""Columns and their types. No provenance column bears a name that a trainer reads (docs/exports.md)."""

import pyarrow as pa

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))

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


def pair_schema(*texts: str) -> pa.Schema:
    """The schema of a pair recipe: these message columns, then the provenance. Nothing in it is ever null."""
    return pa.schema([pa.field(name, MESSAGES, nullable=False) for name in texts] + PROVENANCE)

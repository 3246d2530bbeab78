"""Sentence encoders as data: which one is asked for, and how one makes a point of a text's tokens."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from modelhooks.heads import Strict
from modelhooks.options import BackendOptions, Name

# Bodies that have been tried against plain transformers. One that reads from left to right points with its last token.
Architecture = Literal["bert", "distilbert", "roberta", "xlm-roberta", "mpnet", "qwen3"]
Pooling = Literal["mean", "first", "last"]
Prefix = Annotated[str, StringConstraints(max_length=500)]


class EmbedderOptions(BackendOptions):
    """A sentence encoder. Without any word it is all-MiniLM-L6-v2, from its wheel."""

    folder: Name | Literal[""] = Field(
        default="",
        title="Folder",
        description="Below the deployment's folder of models (GOLDPAN_MODELS). Empty: all-MiniLM-L6-v2.",
    )
    prefix: Prefix = Field(default="", title="Prefix", description="What the encoder wants before each text, if any.")


class EncoderSpec(Strict):
    """Everything about an encoder that changes its points, beside its files.

    `longest` is in tokens, those that the tokenizer adds included; a longer text is read in several parts.
    """

    architecture: Architecture
    pooling: Pooling
    longest: Annotated[int, Field(ge=8, le=1_000_000)]
    is_lowered: bool = False
    prefix: Prefix = ""

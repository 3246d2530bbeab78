"""Checkpoints in a folder, run in this process: a plain base model, a declared head, packed rows.

No code of the checkpoint is ever run, no pickle opened, no address asked: the library below is told that it is offline
before it is loaded.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from modelhooks.backends.transformers.checkpoint import CheckpointRefused
from modelhooks.backends.transformers.models import (
    AttributeScorer,
    PairScorer,
    ResponseScorer,
    StepScorer,
    load,
)

__all__ = ["AttributeScorer", "CheckpointRefused", "PairScorer", "ResponseScorer", "StepScorer", "load"]

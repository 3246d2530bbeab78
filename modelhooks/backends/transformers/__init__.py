"""Checkpoints in a folder, run in this process: a plain base model, a declared head, packed rows.

No code of the checkpoint is ever run, no pickle opened, no address asked, nothing compiled: the libraries below are
told so before they are loaded.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# What xgrammar is built on may else compile a bridge to torch when it is imported, with a C++ compiler.
os.environ["TVM_FFI_DISABLE_TORCH_C_DLPACK"] = "1"

from modelhooks.backends.transformers.checkpoint import CheckpointRefused
from modelhooks.backends.transformers.models import (
    AttributeScorer,
    PairScorer,
    ResponseScorer,
    StepScorer,
    load,
)

__all__ = ["AttributeScorer", "CheckpointRefused", "PairScorer", "ResponseScorer", "StepScorer", "load"]

"""The base model without any head of its own, loaded strictly from safetensors."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers

from modelhooks.backends.transformers import attention, layouts
from modelhooks.backends.transformers.checkpoint import Checkpoint, CheckpointRefused
from modelhooks.heads import vocabulary_rows
from modelhooks.specs import ENCODERS, ModelSpec

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
CLASSES = {
    "llama": (transformers.LlamaConfig, transformers.LlamaModel),
    "qwen2": (transformers.Qwen2Config, transformers.Qwen2Model),
    "qwen3": (transformers.Qwen3Config, transformers.Qwen3Model),
    "mistral": (transformers.MistralConfig, transformers.MistralModel),
    "gemma": (transformers.GemmaConfig, transformers.GemmaModel),
    "gemma2": (transformers.Gemma2Config, transformers.Gemma2Model),
    "internlm2": (transformers.LlamaConfig, transformers.LlamaModel),
    "deberta-v2": (transformers.DebertaV2Config, transformers.DebertaV2Model),
}
# Buffers that old checkpoints store and every model computes for itself.
COMPUTED = ("rotary_emb.inv_freq", "embeddings.position_ids")
TOLD_AT_MOST = 3


def load(checkpoint: Checkpoint, spec: ModelSpec, *, device: str, dtype: str) -> Any:
    """The model, ready to be read. Refuses a checkpoint that lacks a weight or has one that nobody reads."""
    config_class, model_class = CLASSES[spec.architecture]
    read_elsewhere = {*spec.head.tensors(), *spec.ignored_tensors}
    if vocabulary_rows(spec.head):
        read_elsewhere.add("lm_head.weight")
    return weighted(
        checkpoint,
        config_class.from_dict(layouts.config_of(checkpoint, spec)),
        model_class,
        weights=layouts.weights_of(checkpoint, spec),
        attend_by=attending(spec),
        device=device,
        dtype=dtype,
        may_be_left=read_elsewhere.__contains__,
    )


def weighted(
    checkpoint: Checkpoint,
    config: Any,
    model_class: Any,
    *,
    weights: dict[str, Any] | None = None,
    attend_by: str,
    device: str,
    dtype: str,
    may_be_left: Callable[[str], bool],
    **how: Any,
) -> Any:
    """A model of this class with the checkpoint's weights (or with those given), all read but what `may_be_left`."""
    logging.getLogger("transformers").setLevel(logging.ERROR)  # we say it ourselves, in one sentence
    transformers.utils.logging.disable_progress_bar()
    try:
        model, found = model_class.from_pretrained(
            Path(checkpoint.folder) if weights is None else None,
            config=config,
            state_dict=weights,
            dtype=DTYPES[dtype],
            attn_implementation=attend_by,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
            **how,
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        said = str(error).strip().splitlines()
        raise CheckpointRefused(f"The weights could not be loaded: {said[0][:200] if said else error!r}") from error
    _complete(found, may_be_left)
    model.requires_grad_(False)
    model.eval()
    return model.to(device)


def attending(spec: ModelSpec) -> str:
    """By which attention of transformers' table it is computed: encoders have positions between tokens of their own."""
    return "eager" if spec.architecture in ENCODERS else attention.NAME


def _complete(found: dict[str, Any], may_be_left: Callable[[str], bool]) -> None:
    mismatched = sorted(str(one[0]) for one in found.get("mismatched_keys", ()))
    if mismatched:
        raise CheckpointRefused(f"These weights do not have the shape that config.json says: {_some(mismatched)}.")
    missing = sorted(found.get("missing_keys", ()))
    if missing:
        raise CheckpointRefused(f"These weights are missing, and random ones score nothing: {_some(missing)}.")
    left = {name for name in found.get("unexpected_keys", ()) if not name.endswith(COMPUTED)}
    unread = sorted(name for name in left if not may_be_left(name))
    if unread:
        raise CheckpointRefused(
            f"Nothing in the spec reads these weights, so it describes another model: {_some(unread)}."
        )


def _some(names: list[str]) -> str:
    more = len(names) - TOLD_AT_MOST
    return ", ".join(names[:TOLD_AT_MOST]) + (f" and {more} more" if more > 0 else "")

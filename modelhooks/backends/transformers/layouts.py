"""Checkpoints of architectures that are a plain one with other names, brought into that one's names without a rounding.

InternLM2 is Llama: its own code differs by names, and by keeping what makes queries, keys and values in one matrix
(Cai et al., "InternLM2 Technical Report", 2024, section 2.2). Per key head stand the rows of the queries that look at
it, then the key's own, then the value's. An encoder below a head of pairs is called by another name.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from modelhooks.backends.transformers.checkpoint import Checkpoint, CheckpointRefused, read_tensor
from modelhooks.specs import ModelSpec

Config = Mapping[str, Any]
Named = Iterator[tuple[str, Any]]

BODY = "model."
ENCODER_BODY = "pretrained_model."
FUSED = ".attention.wqkv."
INTERNLM2 = {
    "tok_embeddings.": "embed_tokens.",
    ".attention.wo.": ".self_attn.o_proj.",
    ".feed_forward.w1.": ".mlp.gate_proj.",
    ".feed_forward.w2.": ".mlp.down_proj.",
    ".feed_forward.w3.": ".mlp.up_proj.",
    ".attention_norm.": ".input_layernorm.",
    ".ffn_norm.": ".post_attention_layernorm.",
}


def config_of(checkpoint: Checkpoint, spec: ModelSpec) -> dict[str, Any]:
    """config.json in the words of the plain architecture that computes it."""
    config = dict(checkpoint.config)
    if spec.architecture != "internlm2":
        return config
    config["attention_bias"] = bool(config.pop("bias", False))
    config["model_type"] = "llama"
    return _without_stretching(config, spec)


def weights_of(checkpoint: Checkpoint, spec: ModelSpec) -> dict[str, Any] | None:
    """All tensors by the plain architecture's names; None where the files have those already."""
    if spec.architecture == "deberta-v2":
        return {name.removeprefix(ENCODER_BODY): read_tensor(checkpoint, name) for name in checkpoint.tensors}
    if spec.architecture != "internlm2":
        return None
    found: dict[str, Any] = {}
    for name in checkpoint.tensors:
        if not name.startswith(BODY):
            found[name] = read_tensor(checkpoint, name)
            continue
        found.update(_renamed(name.removeprefix(BODY), read_tensor(checkpoint, name), checkpoint.config))
    return found


def _renamed(name: str, tensor: Any, config: Config) -> Named:
    if FUSED in name:
        layer, kind = name.split(FUSED)
        for part, rows in _parted(name, tensor, config).items():
            yield f"{layer}.self_attn.{part}_proj.{kind}", rows
        return
    for theirs, plain in INTERNLM2.items():
        name = name.replace(theirs, plain)
    yield name, tensor


def _parted(name: str, fused: Any, config: Config) -> dict[str, Any]:
    """Queries, keys and values out of one matrix (or bias) with the rows of all of them."""
    heads = int(config["num_attention_heads"])
    key_heads = int(config.get("num_key_value_heads") or heads)
    asking = heads // key_heads  # queries that look at one key
    width = int(config["hidden_size"]) // heads
    if fused.shape[0] != key_heads * (asking + 2) * width:
        raise CheckpointRefused(f"These weights do not have the shape that config.json says: {BODY}{name}.")
    grouped = fused.reshape(key_heads, asking + 2, width, *fused.shape[1:])
    cut = {"q": grouped[:, :asking], "k": grouped[:, asking], "v": grouped[:, asking + 1]}
    return {part: rows.reshape(-1, *fused.shape[1:]) for part, rows in cut.items()}


def _without_stretching(config: dict[str, Any], spec: ModelSpec) -> dict[str, Any]:
    """Without what turns positions differently in texts beyond the trained length, which this spec never reads.

    Where it did, the turning would depend on the longest text in a row, so a score on its neighbors.
    """
    stretching = config.pop("rope_scaling", None)
    if not stretching:
        return config
    if stretching.get("type", stretching.get("rope_type")) != "dynamic":
        raise CheckpointRefused("config.json stretches positions in a way that InternLM2 does not know.")
    trained = int(config.get("max_position_embeddings", 0))
    if spec.max_length > trained:
        raise CheckpointRefused(
            f"Beyond {trained} tokens this model turns positions by the length of the text, so a spec's max_length "
            "cannot be larger."
        )
    return config

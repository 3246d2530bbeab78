"""InternLM2 as its report describes it, in a few lines on its own tensors: no transformers, no Goldpan."""

from types import SimpleNamespace
from typing import Any

import torch

HEADS, KEY_HEADS, LAYERS, HIDDEN, INNER = 4, 2, 2, 32, 48
WIDTH = HIDDEN // HEADS
EPSILON, THETA = 1e-5, 1_000_000
CONFIG = {
    "bias": False,
    "hidden_act": "silu",
    "hidden_size": HIDDEN,
    "intermediate_size": INNER,
    "max_position_embeddings": 32_768,
    "num_attention_heads": HEADS,
    "num_hidden_layers": LAYERS,
    "num_key_value_heads": KEY_HEADS,
    "rms_norm_eps": EPSILON,
    "rope_scaling": {"type": "dynamic", "factor": 2.0},
    "rope_theta": THETA,
    "tie_word_embeddings": False,
}


def random_tensors(words: int, *, bias: bool = False) -> dict[str, torch.Tensor]:
    """A body's weights under the names in which InternLM2 is published."""
    torch.manual_seed(11)
    made = {"model.tok_embeddings.weight": torch.randn(words, HIDDEN), "model.norm.weight": torch.rand(HIDDEN) + 0.5}
    shapes = {
        "attention.wqkv": ((HEADS + 2 * KEY_HEADS) * WIDTH, HIDDEN),
        "attention.wo": (HIDDEN, HIDDEN),
        "feed_forward.w1": (INNER, HIDDEN),
        "feed_forward.w3": (INNER, HIDDEN),
        "feed_forward.w2": (HIDDEN, INNER),
    }
    for layer in range(LAYERS):
        for name, shape in shapes.items():
            made[f"model.layers.{layer}.{name}.weight"] = torch.randn(shape) * 0.3
            if bias and name.startswith("attention"):
                made[f"model.layers.{layer}.{name}.bias"] = torch.randn(shape[0]) * 0.3
        for name in ("attention_norm", "ffn_norm"):
            made[f"model.layers.{layer}.{name}.weight"] = torch.rand(HIDDEN) + 0.5
    return made


class Body:
    """Called as a body of transformers is."""

    def __init__(self, tensors: dict[str, torch.Tensor]) -> None:
        self.tensors = tensors
        self.config = SimpleNamespace(vocab_size=len(tensors["model.tok_embeddings.weight"]))

    def __call__(self, input_ids: Any, **_others: Any) -> SimpleNamespace:
        states = self.tensors["model.tok_embeddings.weight"][input_ids[0]]
        for layer in range(LAYERS):
            states = states + self._attention(layer, self._norm(states, f"layers.{layer}.attention_norm"))
            states = states + self._feed_forward(layer, self._norm(states, f"layers.{layer}.ffn_norm"))
        return SimpleNamespace(last_hidden_state=self._norm(states, "norm")[None])

    def _attention(self, layer: int, states: torch.Tensor) -> torch.Tensor:
        tokens = len(states)
        fused = self._linear(states, f"layers.{layer}.attention.wqkv").view(tokens, KEY_HEADS, -1, WIDTH)
        asked = turned(fused[:, :, :-2].reshape(tokens, HEADS, WIDTH))
        keys = turned(fused[:, :, -2]).repeat_interleave(HEADS // KEY_HEADS, 1)
        values = fused[:, :, -1].repeat_interleave(HEADS // KEY_HEADS, 1)
        logits = torch.einsum("qhd,khd->hqk", asked, keys) / WIDTH**0.5
        hidden = torch.ones(tokens, tokens, dtype=torch.bool).triu(1)
        weights = logits.masked_fill(hidden, float("-inf")).softmax(-1)
        return self._linear(
            torch.einsum("hqk,khd->qhd", weights, values).reshape(tokens, -1), f"layers.{layer}.attention.wo"
        )

    def _feed_forward(self, layer: int, states: torch.Tensor) -> torch.Tensor:
        gate = torch.nn.functional.silu(self._linear(states, f"layers.{layer}.feed_forward.w1"))
        up = self._linear(states, f"layers.{layer}.feed_forward.w3")
        return self._linear(gate * up, f"layers.{layer}.feed_forward.w2")

    def _linear(self, states: torch.Tensor, name: str) -> torch.Tensor:
        return torch.nn.functional.linear(
            states, self.tensors[f"model.{name}.weight"], self.tensors.get(f"model.{name}.bias")
        )

    def _norm(self, states: torch.Tensor, name: str) -> torch.Tensor:
        scale = torch.rsqrt(states.square().mean(-1, keepdim=True) + EPSILON)
        return states * scale * self.tensors[f"model.{name}.weight"]


def turned(states: torch.Tensor) -> torch.Tensor:
    """Rotary positions on (tokens, heads, width): the two halves of a head are the two coordinates."""
    half = WIDTH // 2
    speeds = THETA ** (-torch.arange(half) / half)
    angles = (torch.arange(len(states))[:, None] * speeds)[:, None]
    first, second = states[..., :half], states[..., half:]
    return torch.cat([first * angles.cos() - second * angles.sin(), second * angles.cos() + first * angles.sin()], -1)

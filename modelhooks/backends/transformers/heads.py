"""Heads over hidden states, always in float32: bfloat16 has a spacing of 0.125 at a score of 23."""

from collections.abc import Callable
from typing import Any

import torch

from modelhooks.backends.transformers.checkpoint import Checkpoint, CheckpointRefused, read_rows, read_tensor
from modelhooks.heads import (
    Activation,
    Gate,
    GatedAttributes,
    Layer,
    LinearAtStep,
    LinearLast,
    MlpAtStep,
    MlpLast,
    PairDifference,
    VocabLogitLast,
    vocabulary_rows,
)
from modelhooks.specs import ModelSpec

# From hidden states (reads, states per read, hidden) to answers (reads, numbers per answer).
Head = Callable[[Any], Any]
BATCH_NORM_EPSILON = 1e-5  # torch's own; the files do not store it
ACTIVATIONS: dict[Activation, Callable[[Any], Any]] = {
    "relu": torch.relu,
    "selu": torch.selu,
    "tanh": torch.tanh,
}


def build(checkpoint: Checkpoint, spec: ModelSpec, hidden: int, device: str) -> Head:
    """The spec's head with its tensors, for a body of this hidden size."""

    def tensor(name: str) -> Any:
        return read_tensor(checkpoint, name).to(device=device, dtype=torch.float32)

    head = spec.head
    if vocabulary_rows(head):
        return _vocabulary(checkpoint, spec, device)
    if isinstance(head, LinearLast | LinearAtStep):
        linear = _linear(head.layer, tensor, hidden)
        squash = isinstance(head, LinearAtStep) and head.activation == "sigmoid"
        return lambda states: torch.sigmoid(linear(states[:, 0])) if squash else linear(states[:, 0])
    if isinstance(head, MlpLast):
        stack = _stack(head.layers, tensor, hidden)
        return lambda states: stack(states[:, 0])
    if isinstance(head, MlpAtStep):
        stack = _stack(head.layers, tensor, hidden)
        return lambda states: stack(states[:, 0]).softmax(-1)[:, head.positive : head.positive + 1]
    if isinstance(head, GatedAttributes):
        return _attributes(head, tensor, hidden)
    if isinstance(head, PairDifference):
        return _difference(head, tensor, hidden)
    raise CheckpointRefused(f"No head of the kind {head.kind} can be built.")


def _linear(layer: Layer, tensor: Callable[[str], Any], inputs: int) -> Callable[[Any], Any]:
    weight = tensor(layer.weight)
    if weight.ndim != 2 or weight.shape[1] != inputs:
        raise CheckpointRefused(f"{layer.weight} has the shape {tuple(weight.shape)} and should take {inputs} numbers.")
    bias = tensor(layer.bias) if layer.bias else None
    return lambda states: torch.nn.functional.linear(states, weight, bias)


def _stack(
    layers: tuple[Layer, ...], tensor: Callable[[str], Any], inputs: int, activation: Activation = "relu"
) -> Callable[[Any], Any]:
    """Linear layers with an activation, and batch norm where there is one, between them."""
    activate = ACTIVATIONS[activation]
    steps = []
    for layer in layers:
        steps.append((_linear(layer, tensor, inputs), _norm(layer, tensor)))
        inputs = tensor(layer.weight).shape[0]

    def through(states: Any) -> Any:
        for number, (linear, norm) in enumerate(steps, start=1):
            states = linear(states)
            if number < len(steps):
                states = norm(activate(states))
        return states

    return through


def _norm(layer: Layer, tensor: Callable[[str], Any]) -> Callable[[Any], Any]:
    if not layer.norm:
        return lambda states: states
    mean, variance, weight, bias = (
        tensor(f"{layer.norm}.{part}") for part in ("running_mean", "running_var", "weight", "bias")
    )
    scale = weight / torch.sqrt(variance + BATCH_NORM_EPSILON)
    return lambda states: (states - mean) * scale + bias


def _vocabulary(checkpoint: Checkpoint, spec: ModelSpec, device: str) -> Head:
    """Logits of single words. A model whose two ends are one matrix stores it as its embedding alone."""
    names = [name for name in ("lm_head.weight", "model.embed_tokens.weight") if name in checkpoint.tensors]
    if "lm_head.weight" not in names and not checkpoint.config.get("tie_word_embeddings"):
        raise CheckpointRefused("lm_head.weight is missing: the spec reads words, and this checkpoint predicts none.")
    rows = torch.stack(read_rows(checkpoint, names[0], vocabulary_rows(spec.head)))
    rows = rows.to(device=device, dtype=torch.float32)
    cap = checkpoint.config.get("final_logit_softcapping")

    def logits(states: Any) -> Any:
        found = states[:, 0] @ rows.T
        return cap * torch.tanh(found / cap) if cap else found

    if isinstance(spec.head, VocabLogitLast):
        return logits
    if spec.template.steps is not None:
        return lambda states: logits(states).softmax(-1)[:, :1]

    def log_odds(states: Any) -> Any:
        found = logits(states)
        return found[:, :1] - found[:, 1:].logsumexp(-1, keepdim=True)

    return log_odds


def _attributes(head: GatedAttributes, tensor: Callable[[str], Any], hidden: int) -> Head:
    """Answers: the overall score, the attributes as the layer predicts them, and variances where it has them."""
    linear = _linear(head.layer, tensor, hidden)
    count = len(head.attributes)
    transform = tensor(head.transform) if head.transform else None
    weigh = _gate(head.gate, tensor, hidden) if head.gate else None
    gated = 1 if head.gate and head.gate.pattern else 0  # which of a read's states the gate looks at
    fixed = torch.tensor(head.weights) if head.weights else None

    def answer(states: Any) -> Any:
        found = linear(states[:, 0])
        means, variances = _moments(head, found, count)
        adjusted = means @ transform if transform is not None else means
        weights = weigh(states[:, gated]) if weigh else fixed.to(adjusted)  # type: ignore[union-attr]
        overall = (weights * adjusted).sum(-1, keepdim=True)
        return torch.cat([overall, means, *variances], -1)

    rows = tensor(head.layer.weight).shape[0]
    each = {"mean": rows == count, "mean_variance": rows == 2 * count, "quantiles": rows % count == 0}
    if not each[head.outputs]:
        raise CheckpointRefused(f"{head.layer.weight} has {rows} rows, which does not fit {count} attributes.")
    return answer


def _difference(head: PairDifference, tensor: Callable[[str], Any], hidden: int) -> Head:
    stack = _stack(head.layers, tensor, 2 * hidden, head.activation)

    def answer(states: Any) -> Any:
        first, second = (stack(torch.cat([states[:, 0], states[:, number]], -1)) for number in (1, 2))
        return (first - second).mean(-1, keepdim=True)

    return answer


def _moments(head: GatedAttributes, found: Any, count: int) -> tuple[Any, list[Any]]:
    if head.outputs == "mean_variance":
        return found[:, 0::2], [torch.exp(2 * found[:, 1::2])]
    if head.outputs == "quantiles":
        return found.reshape(len(found), count, -1).mean(-1), []
    return found, []


def _gate(gate: Gate, tensor: Callable[[str], Any], hidden: int) -> Callable[[Any], Any]:
    stack = _stack(gate.layers, tensor, hidden, gate.activation)
    scale = tensor(gate.scale).reshape(-1)[0] if gate.scale else 1.0
    if gate.temperature is None:
        return lambda states: stack(states) * scale
    return lambda states: torch.softmax(stack(states) / gate.temperature, -1) * scale

"""What turns a base model's hidden states into scores, as data: which tensors, at which tokens, in which shape.

Public reward models bring code of their own for this, written for transformers of long ago. All of it is one of the
shapes below, so none of that code is ever run. Every head is computed in float32, whatever the body's type.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

MOST_ATTRIBUTES = 256
MOST_LAYERS = 16

TensorName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.]{1,200}$")]
TokenId = Annotated[int, Field(ge=0, lt=10_000_000)]
TokenIds = Annotated[tuple[TokenId, ...], Field(min_length=2, max_length=64)]


class Strict(BaseModel):
    """Nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, allow_inf_nan=False)


class Layer(Strict):
    """A linear layer by its tensors' names. `norm` is the prefix of a batch norm that follows its ReLU."""

    weight: TensorName
    bias: TensorName | None = None
    norm: TensorName | None = None

    def tensors(self) -> Iterator[str]:
        """Every tensor it reads."""
        yield self.weight
        if self.bias:
            yield self.bias
        if self.norm:
            yield from (f"{self.norm}.{part}" for part in ("weight", "bias", "running_mean", "running_var"))


Activation = Literal["relu", "selu", "tanh"]
Layers = Annotated[tuple[Layer, ...], Field(min_length=2, max_length=MOST_LAYERS)]


class LinearLast(Strict):
    """weight · h + bias at the pooled token: sequence classification, value heads."""

    kind: Literal["linear_last"] = "linear_last"
    layer: Layer

    def tensors(self) -> Iterator[str]:
        """Every tensor it reads."""
        yield from self.layer.tensors()


class MlpLast(Strict):
    """Linear layers with ReLU between them, at the pooled token."""

    kind: Literal["mlp_last"] = "mlp_last"
    layers: Layers

    def tensors(self) -> Iterator[str]:
        """Every tensor it reads."""
        yield from (name for layer in self.layers for name in layer.tensors())


class VocabLogitLast(Strict):
    """The logit of one word of the vocabulary at the pooled token."""

    kind: Literal["vocab_logit_last"] = "vocab_logit_last"
    token_id: TokenId

    def tensors(self) -> Iterator[str]:
        """None: the rows of the language model's own head are found by the loader."""
        return iter(())


class VocabSoftmaxLast(Strict):
    """P(first of these words) among them at the pooled token: yes/no verifiers, "A" or "B" of two responses."""

    kind: Literal["vocab_softmax_last"] = "vocab_softmax_last"
    token_ids: TokenIds

    def tensors(self) -> Iterator[str]:
        """None: the rows of the language model's own head are found by the loader."""
        return iter(())


class Gate(Strict):
    """Weights of attributes from a hidden state h, with `activation` between the layers.

    softmax(layers(h) / temperature) · scale; without a temperature, layers(h) · scale. h stands at the first token of
    a pattern, the last one that is found; without a pattern, at the pooled token.
    """

    layers: Layers
    activation: Activation = "relu"
    temperature: Annotated[float, Field(gt=0)] | None = None
    scale: TensorName | None = None
    pattern: Annotated[tuple[TokenId, ...], Field(min_length=1, max_length=64)] | None = None

    def tensors(self) -> Iterator[str]:
        """Every tensor it reads."""
        yield from (name for layer in self.layers for name in layer.tensors())
        if self.scale:
            yield self.scale


class GatedAttributes(Strict):
    """Several attributes at the pooled token and one score of them, weighted by a gate or by fixed weights.

    `outputs` says what a row of the layer is: "mean" one row per attribute; "mean_variance" two, its mean and the
    logarithm of its standard deviation; "quantiles" several rows per attribute, whose mean counts.
    """

    kind: Literal["gated_attributes"] = "gated_attributes"
    attributes: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1, max_length=80)], ...],
        Field(min_length=1, max_length=MOST_ATTRIBUTES),
    ]
    layer: Layer
    outputs: Literal["mean", "mean_variance", "quantiles"] = "mean"
    transform: TensorName | None = None
    gate: Gate | None = None
    weights: tuple[float, ...] | None = None

    def tensors(self) -> Iterator[str]:
        """Every tensor it reads."""
        yield from self.layer.tensors()
        if self.transform:
            yield self.transform
        if self.gate:
            yield from self.gate.tensors()

    @model_validator(mode="after")
    def _weighted_once(self) -> Self:
        if (self.gate is None) == (self.weights is None):
            raise ValueError("attributes are weighted by a gate or by fixed weights, by one of them")
        if self.weights is not None and len(self.weights) != len(self.attributes):
            raise ValueError(f"{len(self.attributes)} attributes need as many weights, not {len(self.weights)}")
        if len(set(self.attributes)) != len(self.attributes):
            raise ValueError("two attributes have one name")
        return self


class LinearAtStep(Strict):
    """weight · h + bias at each step's token, through a sigmoid or as it is."""

    kind: Literal["linear_at_step"] = "linear_at_step"
    layer: Layer
    activation: Literal["sigmoid", "none"] = "sigmoid"

    def tensors(self) -> Iterator[str]:
        """Every tensor it reads."""
        yield from self.layer.tensors()


class MlpAtStep(Strict):
    """Linear layers with ReLU between them at each step's token, softmax over their classes, P(`positive`)."""

    kind: Literal["mlp_at_step"] = "mlp_at_step"
    layers: Layers
    positive: Annotated[int, Field(ge=0, lt=64)] = 1

    def tensors(self) -> Iterator[str]:
        """Every tensor it reads."""
        yield from (name for layer in self.layers for name in layer.tensors())


class VocabSoftmaxAtStep(Strict):
    """P(first of these words) among them at each step's token."""

    kind: Literal["vocab_softmax_at_step"] = "vocab_softmax_at_step"
    token_ids: TokenIds

    def tensors(self) -> Iterator[str]:
        """None: the rows of the language model's own head are found by the loader."""
        return iter(())


class PairDifference(Strict):
    """How much better the first of two responses is: the mean of layers([p; a]) - layers([p; b]).

    p, a and b are the states at the marks before prompt, first and second response, `activation` is between the layers.
    """

    kind: Literal["pair_difference"] = "pair_difference"
    layers: Layers
    activation: Activation = "tanh"

    def tensors(self) -> Iterator[str]:
        """Every tensor it reads."""
        yield from (name for layer in self.layers for name in layer.tensors())


ScalarHead = LinearLast | MlpLast | VocabLogitLast | VocabSoftmaxLast
StepHead = LinearAtStep | MlpAtStep | VocabSoftmaxAtStep
AnyHead = ScalarHead | GatedAttributes | StepHead | PairDifference
HeadSpec = Annotated[AnyHead, Field(discriminator="kind")]

HEAD: TypeAdapter[AnyHead] = TypeAdapter(HeadSpec)
KINDS: tuple[str, ...] = (
    "linear_last",
    "mlp_last",
    "vocab_logit_last",
    "vocab_softmax_last",
    "gated_attributes",
    "linear_at_step",
    "mlp_at_step",
    "vocab_softmax_at_step",
    "pair_difference",
)


def vocabulary_rows(head: AnyHead) -> tuple[int, ...]:
    """Which rows of the language model's own head are needed; empty where the head has tensors of its own."""
    if isinstance(head, VocabLogitLast):
        return (head.token_id,)
    if isinstance(head, VocabSoftmaxLast | VocabSoftmaxAtStep):
        return head.token_ids
    return ()


def reads_steps(head: AnyHead) -> bool:
    """Whether it scores steps rather than whole responses."""
    return isinstance(head, LinearAtStep | MlpAtStep | VocabSoftmaxAtStep)

"""Random reward models in the shapes of real ones, and a tokenizer of words for them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from modelhooks.backends.benchmark.workload import FIRST_WORD, VOCABULARY

CONTROLS = {"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3}
WORDS = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
CHAT = "{{ bos_token }}{% for message in messages %} {{ message['content'] }}{% endfor %} {{ eos_token }}"
LONGEST = 4_096
# What initial weights are multiplied with, so that scores spread; in wide bodies less, or each rounding would grow from
# layer to layer until it is as large as the scores themselves.
SPREAD, WIDE = 2.0, 512
HEAD_SPREAD = 8.0  # standard deviation of scores, about: a wrong token is then far from the right one


@dataclass(frozen=True)
class Shape:
    """Sizes of a body. `shrink` divides the lengths of what is scored, for shapes that tests run."""

    architecture: str
    hidden: int
    inner: int
    layers: int
    heads: int
    key_heads: int
    head_width: int
    shrink: int = 1


SHAPES = {
    "tiny": Shape("Llama", 64, 128, 2, 4, 2, 16, shrink=16),
    "small": Shape("Llama", 512, 1_408, 8, 8, 4, 64),
    "qwen06b": Shape("Qwen3", 1_024, 3_072, 28, 16, 8, 128),
    "llama1b": Shape("Llama", 2_048, 8_192, 16, 32, 8, 64),
    "llama8b": Shape("Llama", 4_096, 14_336, 32, 32, 8, 128),
}


def random_model(shape: Shape, *, device: str, dtype: str, seed: int = 0) -> Any:
    """A model for sequence classification with one label. It is made on the device: 8 billion weights take long."""
    config = getattr(transformers, f"{shape.architecture}Config")(
        vocab_size=VOCABULARY,
        hidden_size=shape.hidden,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.key_heads,
        head_dim=shape.head_width,
        max_position_embeddings=LONGEST,
        pad_token_id=CONTROLS["<pad>"],
        bos_token_id=CONTROLS["<s>"],
        eos_token_id=CONTROLS["</s>"],
        num_labels=1,
    )
    torch.manual_seed(seed)
    with torch.device(device):
        model = transformers.AutoModelForSequenceClassification.from_config(
            config, dtype=getattr(torch, dtype), attn_implementation="sdpa"
        )
    model.eval()
    model.requires_grad_(False)
    for weights in model.model.parameters():
        if weights.dim() == 2:
            weights.mul_(SPREAD * min(1.0, (WIDE / shape.hidden) ** 0.5))
    model.score.weight.normal_(0, HEAD_SPREAD / shape.hidden**0.5)
    return model


def body_weights(model: Any) -> int:
    """Weights that every token is multiplied with; the embedding is a look-up."""
    return sum(one.numel() for name, one in model.model.named_parameters() if "embed" not in name)


def tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """Writes tokenizer.json into the folder; one word, one token."""
    vocabulary = CONTROLS | {f"w{number}": number for number in range(FIRST_WORD, VOCABULARY)}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))  # noqa: S106  a word, no password
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.add_special_tokens(list(CONTROLS))
    made.save(str(folder / "tokenizer.json"))
    return PreTrainedTokenizerFast(
        tokenizer_object=made, padding_side="right", model_max_length=LONGEST, chat_template=CHAT, **WORDS
    )

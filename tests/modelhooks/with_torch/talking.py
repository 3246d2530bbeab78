"""Tiny random models that are talked to: folders as their publishers lay them out, with the templates' own ways."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from modelhooks import presets
from modelhooks.heads import VocabLogitLast
from modelhooks.specs import ModelSpec
from tests.modelhooks.with_torch import tiny

# A head of words, which is what a language model has.
WORDS = next(one for one in presets.presets().values() if isinstance(one.head, VocabLogitLast))
QWEN = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
TEMPLATES = {
    "llama": "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n"
    "{{ m['content'] | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}",
    "qwen2": QWEN,
    "qwen3": QWEN,
    # Refuses a system's turn, as the published one does.
    "gemma": "{{ bos_token }}{% for m in messages %}"
    "{% if m['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}<start_of_turn>"
    "{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ m['content'] | trim }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}",
    # Drops a system's turn, and says nothing of a beginning answer.
    "mistral": "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}[INST] {{ m['content'] }} [/INST]"
    "{% elif m['role'] == 'assistant' %} {{ m['content'] }}{{ eos_token }}{% endif %}{% endfor %}",
}
TEMPLATES["gemma2"] = TEMPLATES["gemma"]
ARCHITECTURES = tuple(TEMPLATES)


def spec_of(architecture: str) -> ModelSpec:
    return WORDS.model_copy(update={"architecture": architecture})


def make(folder: Path, architecture: str = "qwen3", **config: object) -> tiny.Made:
    """A random model of this architecture. What it finds likely is far from even."""
    made = tiny.make(folder, spec_of(architecture), **config)
    (folder / "chat_template.jinja").write_text(TEMPLATES[architecture], encoding="utf-8")
    made.tokenizer.chat_template = TEMPLATES[architecture]
    return made


def replace_weights(folder: Path, tensors: dict[str, torch.Tensor]) -> None:
    """Put other weights in the place of some, by their names."""
    path = folder / "model.safetensors"
    save_file({**load_file(path), **tensors}, path)


def speaking(folder: Path, follows: dict[str, dict[str, float]], architecture: str = "qwen3") -> tiny.Made:
    """A model whose next letter depends on the last one alone: for each letter, how strongly others follow it."""
    made = make(folder, architecture)
    width, hidden = made.tensors["lm_head.weight"].shape
    embedded, head = torch.zeros(width, hidden), torch.zeros(width, hidden)
    for number, (letter, weights) in enumerate(follows.items()):
        (token,) = made.tokenizer.encode(letter, add_special_tokens=False)
        embedded[token, number] = 1.0
        for following, weight in weights.items():
            (after,) = made.tokenizer.encode(following, add_special_tokens=False)
            head[after, number] = weight
    silent = {
        name: torch.zeros_like(tensor)
        for name, tensor in made.tensors.items()
        if name.endswith(("o_proj.weight", "down_proj.weight"))
    }
    even = {
        name: torch.ones_like(tensor) for name, tensor in made.tensors.items() if name.endswith("model.norm.weight")
    }
    replace_weights(folder, {**silent, **even, "model.embed_tokens.weight": embedded, "lm_head.weight": head})
    return made

"""Checkpoints of the exact shape of a preset's models, made on the spot: tiny, random, with the real token ids.

Weights are scaled so that scores spread over several units; a mistake of one token is then far beyond 1e-4.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from modelhooks.heads import (
    GatedAttributes,
    Layer,
    LinearAtStep,
    LinearLast,
    MlpAtStep,
    MlpLast,
    PairDifference,
    vocabulary_rows,
)
from modelhooks.specs import ModelSpec
from tests.modelhooks.with_torch import internlm2

HIDDEN, INNER = 32, 24
WORDS = {
    "llama": {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>", "pad_token": "<|finetune_right_pad_id|>"},
    "qwen2": {"bos_token": "<|endoftext|>", "eos_token": "<|im_end|>", "pad_token": "<|fim_pad|>"},
    "qwen3": {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"},
    "mistral": {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<unk>"},
    "gemma": {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>"},
}
WORDS["gemma2"] = WORDS["gemma"]
WORDS["internlm2"] = WORDS["mistral"]
WORDS["deberta-v2"] = {"bos_token": "[CLS]", "eos_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
LLAMA_IDS = {
    "<|begin_of_text|>": 128000,
    "<|finetune_right_pad_id|>": 128004,
    "<|start_header_id|>": 128006,
    "<|end_header_id|>": 128007,
    "<|eot_id|>": 128009,
}
QWEN_IDS = {
    "<|endoftext|>": 151643,
    "<|im_start|>": 151644,
    "<|im_end|>": 151645,
    "<extra_0>": 151651,
    "<|fim_pad|>": 151662,
}
INTERNLM2_IDS = {"[UNUSED_TOKEN_130]": 92527, "<|im_end|>": 92542, "<|im_start|>": 92543}
DEBERTA_IDS = {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3}
PAIR_MARKS = {"<|source|>": 1_501, "<|candidate1|>": 1_502, "<|candidate2|>": 1_503}  # added, and not special
GEMMA_IDS = {"<pad>": 0, "<eos>": 1, "<bos>": 2, "<start_of_turn>": 106, "<end_of_turn>": 107}
SPECIAL = {"llama": LLAMA_IDS, "qwen2": QWEN_IDS, "qwen3": QWEN_IDS, "gemma": GEMMA_IDS, "gemma2": GEMMA_IDS}
SPECIAL["deberta-v2"] = DEBERTA_IDS
CHAT = {
    "llama": "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n"
    "{{ m['content'] | trim }}<|eot_id|>{% endfor %}",
    "qwen2": "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}",
    "gemma": "{{ bos_token }}{% for m in messages %}<start_of_turn>"
    "{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ m['content'] | trim }}<end_of_turn>\n{% endfor %}",
    "mistral": "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }} {% endfor %}",
}
CHAT["qwen3"], CHAT["gemma2"] = CHAT["qwen2"], CHAT["gemma"]
CHAT["internlm2"] = "{{ bos_token }}" + CHAT["qwen2"]
PIECES = Regex(r"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s*[\r\n]+|\s+")


@dataclass(frozen=True)
class Made:
    """A checkpoint's folder, and the same in memory, for references that know nothing of Goldpan."""

    folder: Path
    body: Any
    tensors: dict[str, torch.Tensor]
    tokenizer: PreTrainedTokenizerFast

    def states(self, ids: list[int]) -> torch.Tensor:
        """Last hidden states of one sequence alone, by plain transformers: (tokens, hidden)."""
        with torch.inference_mode():
            return self.body(input_ids=torch.tensor([ids]), use_cache=False).last_hidden_state[0]


def make(folder: Path, spec: ModelSpec, *, pad_is_eos: bool = False, layers: int = 2, **config: Any) -> Made:
    """A folder as its publisher lays it out."""
    folder.mkdir(parents=True, exist_ok=True)
    words = dict(WORDS[spec.architecture])
    if pad_is_eos:
        words["pad_token"] = words["eos_token"]
    backend = pieces(spec.architecture)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, **words)
    tokenizer.chat_template = CHAT.get(spec.architecture)
    body, tensors, written = random_parts(spec, tokenizer, layers, config)
    in_head = head_tensors(spec, body.config)
    beside = {name: in_head.pop(name) for name in spec.head.tensors()} if spec.head_files else {}
    tensors |= in_head
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "model.safetensors")
    for name in spec.head_files:
        save_file(beside, folder / name)
    tensors |= beside
    written |= {"model_type": spec.architecture, "architectures": ["Anything"]}
    if spec.has_own_code:
        written["auto_map"] = {"AutoModel": "modeling_own.OwnModel"}
    (folder / "config.json").write_text(json.dumps(written))
    backend.save(str(folder / "tokenizer.json"))
    own_code = {"auto_map": {"AutoTokenizer": ["own.Tokenizer", None]}} if spec.has_own_code else {}
    (folder / "tokenizer_config.json").write_text(
        json.dumps({**words, **own_code, "chat_template": CHAT.get(spec.architecture)})
    )
    return Made(folder, body, tensors, tokenizer)


def rewrite(path: Path, **values: Any) -> None:
    """Change some keys of a JSON file."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def random_parts(
    spec: ModelSpec, tokenizer: PreTrainedTokenizerFast, layers: int, more: dict[str, Any]
) -> tuple[Any, dict[str, torch.Tensor], dict[str, Any]]:
    """A body that references ask, its tensors under the names of its files, and its config.json."""
    if spec.architecture == "internlm2":
        body_words = max(tokenizer.get_vocab().values()) + 1
        tensors = internlm2.random_tensors(body_words, bias=bool(more.get("bias")))
        return internlm2.Body(tensors), tensors, {**internlm2.CONFIG, "vocab_size": body_words, **more}
    if spec.architecture == "deberta-v2":
        body = random_encoder(tokenizer, layers)
        tensors = {f"pretrained_model.{name}": tensor for name, tensor in body.state_dict().items()}
        return body, tensors, body.config.to_dict()
    body = random_body(spec, tokenizer, layers, more)
    return body, {f"model.{name}": tensor for name, tensor in body.state_dict().items()}, body.config.to_dict()


def random_body(spec: ModelSpec, tokenizer: PreTrainedTokenizerFast, layers: int, more: dict[str, Any]) -> Any:
    kinds = {"llama": "Llama", "qwen2": "Qwen2", "qwen3": "Qwen3", "mistral": "Mistral", "gemma": "Gemma"}
    kind = {**kinds, "gemma2": "Gemma2"}[spec.architecture]
    config = getattr(transformers, f"{kind}Config")(
        vocab_size=max(tokenizer.get_vocab().values()) + 1,
        hidden_size=HIDDEN,
        intermediate_size=48,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4_096,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=tokenizer.bos_token_id,
        **{"head_dim": 8, "tie_word_embeddings": False, **more},
    )
    torch.manual_seed(11)
    body = getattr(transformers, f"{kind}Model")(config).eval()
    with torch.no_grad():
        for weights in body.parameters():
            if weights.dim() == 2:
                weights.normal_(0, 0.3)
    return body


def random_encoder(tokenizer: PreTrainedTokenizerFast, layers: int) -> Any:
    """With the positions between tokens that DeBERTa v3 has, which is the same class."""
    config = transformers.DebertaV2Config(
        vocab_size=max(tokenizer.get_vocab().values()) + 1,
        hidden_size=HIDDEN,
        intermediate_size=48,
        num_hidden_layers=layers,
        num_attention_heads=4,
        max_position_embeddings=64,
        relative_attention=True,
        position_buckets=16,
        norm_rel_ebd="layer_norm",
        share_att_key=True,
        pos_att_type=["p2c", "c2p"],
        position_biased_input=False,
        type_vocab_size=0,
        pad_token_id=0,
    )
    torch.manual_seed(11)
    body = transformers.DebertaV2Model(config).eval()
    with torch.no_grad():
        for weights in body.parameters():
            if weights.dim() == 2:
                weights.normal_(0, 0.3)
    return body


def head_tensors(spec: ModelSpec, config: Any) -> dict[str, torch.Tensor]:
    """Random tensors with the names and shapes that the spec's head reads, and those that it ignores."""
    torch.manual_seed(5)
    head = spec.head
    made: dict[str, torch.Tensor] = {}

    def layer(one: Layer, inputs: int, outputs: int) -> int:
        made[one.weight] = torch.randn(outputs, inputs) * 2 / inputs**0.5
        if one.bias:
            made[one.bias] = torch.randn(outputs)
        if one.norm:
            made[f"{one.norm}.weight"], made[f"{one.norm}.bias"] = torch.rand(outputs) + 0.5, torch.randn(outputs)
            made[f"{one.norm}.running_mean"] = torch.randn(outputs)
            made[f"{one.norm}.running_var"] = torch.rand(outputs) + 0.5
        return outputs

    def stack(layers: tuple[Layer, ...], outputs: int) -> None:
        inputs = HIDDEN
        for one in layers[:-1]:
            inputs = layer(one, inputs, INNER)
        layer(layers[-1], inputs, outputs)

    if isinstance(head, PairDifference):
        inner = layer(head.layers[0], 2 * HIDDEN, INNER)
        layer(head.layers[1], inner, 3)
    elif isinstance(head, LinearLast | LinearAtStep):
        layer(head.layer, HIDDEN, 1)
    elif isinstance(head, MlpLast):
        stack(head.layers, 1)
    elif isinstance(head, MlpAtStep):
        stack(head.layers, 2)
    elif isinstance(head, GatedAttributes):
        count = len(head.attributes)
        layer(head.layer, HIDDEN, count * {"mean": 1, "mean_variance": 2, "quantiles": 5}[head.outputs])
        if head.transform:
            made[head.transform] = torch.eye(count) + 0.1 * torch.randn(count, count)
        if head.gate:
            stack(head.gate.layers, count)
            if head.gate.scale:
                made[head.gate.scale] = torch.tensor([1.3])
    names = {*spec.ignored_tensors, *(["lm_head.weight"] if vocabulary_rows(head) else [])}
    for name in names:
        made[name] = torch.randn(config.vocab_size, HIDDEN) / 3 if name == "lm_head.weight" else torch.tensor(7)
    return made


def pieces(architecture: str) -> Tokenizer:
    """A tokenizer as this family has it."""
    if architecture == "internlm2":
        return sentence_pieces(INTERNLM2_IDS, begins_with_a_space=False)
    return sentence_pieces({}) if architecture == "mistral" else byte_pieces(architecture)


def byte_pieces(architecture: str) -> Tokenizer:
    """Bytes with the ids that byte-level vocabularies of these families give them, and their special tokens."""
    signs = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    alphabet = [chr(one) for one in signs]
    rest = [one for one in range(256) if one not in signs]
    alphabet += [chr(256 + number) for number in range(len(rest))]
    special = SPECIAL[architecture]
    shift = 1_000 if architecture.startswith(("gemma", "deberta")) else 0
    vocabulary = {sign: number + shift for number, sign in enumerate(alphabet)}
    merges = [("Ċ", "Ċ")]
    vocabulary["ĊĊ"] = 271 + shift
    word = "assistant"
    for length in range(2, len(word) + 1):
        merges.append((word[: length - 1], word[length - 1]))
        vocabulary[word[:length]] = 78191 if length == len(word) else 300 + length + shift
    marks = PAIR_MARKS if architecture == "deberta-v2" else {}
    made = Tokenizer(models.BPE({**vocabulary, **special, **marks}, merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(PIECES, "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(list(special))
    if architecture == "deberta-v2":
        made.add_tokens(list(PAIR_MARKS))
        both = [("[CLS]", special["[CLS]"]), ("[SEP]", special["[SEP]"])]
        made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=both)
        return made
    beginning = WORDS[architecture].get("bos_token")
    if beginning and architecture != "qwen2":
        made.post_processor = processors.TemplateProcessing(
            single=f"{beginning} $A", special_tokens=[(beginning, special[beginning])]
        )
    return made


def sentence_pieces(special: dict[str, int], *, begins_with_a_space: bool = True) -> Tokenizer:
    """A vocabulary with bytes for what it does not know, that may write a space before the beginning of a text."""
    vocabulary = {"<unk>": 0, "<s>": 1, "</s>": 2, **{f"<0x{byte:02X}>": byte + 3 for byte in range(256)}}
    letters = "▁abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?[]()<>/|_="
    vocabulary |= {letter: 28_000 + number for number, letter in enumerate(letters)}
    vocabulary |= {"+": 648, "-": 387, "к": 29_000, "и": 29_001, "▁к": 29_002, "▁ки": 12_902, "▁t": 29_003}
    vocabulary |= special
    merges = [("▁", "t"), ("▁", "к"), ("▁к", "и")]
    made = Tokenizer(models.BPE(vocabulary, merges, byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    before = [normalizers.Prepend("▁")] if begins_with_a_space else []
    made.normalizer = normalizers.Sequence([*before, normalizers.Replace(" ", "▁")])
    made.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    made.add_special_tokens(["<unk>", "<s>", "</s>", *special])
    made.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return made

"""Tiny random sentence encoders in the layout of sentence-transformers."""

import json
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,:;!?[]"
POOLING = {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": False}
SHAPE = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "max_position_embeddings": 66,
}
CLASSES = {
    "bert": (transformers.BertConfig, transformers.BertModel, {}),
    "roberta": (transformers.RobertaConfig, transformers.RobertaModel, {"pad_token_id": 1}),
    "xlm-roberta": (transformers.XLMRobertaConfig, transformers.XLMRobertaModel, {"pad_token_id": 1}),
    "mpnet": (transformers.MPNetConfig, transformers.MPNetModel, {"pad_token_id": 1}),
    "distilbert": (
        transformers.DistilBertConfig,
        transformers.DistilBertModel,
        {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 48},
    ),
    "qwen3": (transformers.Qwen3Config, transformers.Qwen3Model, {"num_key_value_heads": 2, "head_dim": 8}),
}


def make(
    folder: Path, architecture: str, *, pooling: str = "mean_tokens", longest: int = 64, **settings: object
) -> Path:
    """An encoder's folder; its weights spread points far apart."""
    config_class, model_class, more = CLASSES[architecture]
    tokenizer = _tokenizer()
    torch.manual_seed(3)
    body = model_class(config_class(vocab_size=tokenizer.get_vocab_size(), **SHAPE, **more)).eval()
    with torch.no_grad():
        for name, weights in body.named_parameters():
            if weights.dim() == 2:
                weights.normal_(0, 1.0 if "embed" in name else 0.3)
    body.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    kinds = ["Transformer", "Pooling", "Normalize"]
    paths = ["", "1_Pooling", "2_Normalize"]
    written = [
        {"type": f"sentence_transformers.models.{kind}", "path": path} for kind, path in zip(kinds, paths, strict=True)
    ]
    (folder / "modules.json").write_text(json.dumps(written))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({**POOLING, f"pooling_mode_{pooling}": True}))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": longest, **settings}))
    return folder


def _tokenizer() -> Tokenizer:
    """Letters as tokens, with the ends that BERT's vocabulary has; it cuts and pads, as published ones do."""
    vocabulary = {"[CLS]": 0, "[PAD]": 1, "[SEP]": 2, "[UNK]": 3}
    for letter in LETTERS:
        vocabulary[letter] = len(vocabulary)
        vocabulary[f"##{letter}"] = len(vocabulary)
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(["[CLS]", "[PAD]", "[SEP]", "[UNK]"])
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 0), ("[SEP]", 2)]
    )
    made.enable_truncation(16)
    made.enable_padding(length=16, pad_id=1, pad_token="[PAD]")
    return made

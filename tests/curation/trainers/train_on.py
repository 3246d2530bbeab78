"""Trains two steps on files of a release, with nothing downloaded: run by the Python that has torch and trl.

    python train_on.py reward|dpo|vision FILE...

The model is a random Llama of one layer over bytes; for pairs with pictures it has a random eye. Prints one line per
file, the word TRAINED and JSON: how many rows were loaded, how many were trained on, and the texts of the first row as
the trainer saw them.
"""

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.update(
    HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="0"
)

from datasets import Dataset, load_dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)
from trl import DPOConfig, DPOTrainer, RewardConfig, RewardTrainer

LONGEST = 4_096
TURNS = (
    "{% for turn in messages %}[{{ turn['role'] }}]{{ turn['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
PARTS = (
    "{% for turn in messages %}[{{ turn['role'] }}]{% for part in turn['content'] %}"
    "{{ '<image>' if part['type'] == 'image' else part['text'] }}{% endfor %}</s>{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
SIDE, PATCH = 16, 8  # pixels
SPECIAL = {"pad_token": "<pad>", "eos_token": "</s>"}


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """One token per byte, and a chat template that needs nothing but roles and contents."""
    signs = [*SPECIAL.values(), *sorted(pre_tokenizers.ByteLevel.alphabet())]
    bytes_alone = Tokenizer(models.BPE({sign: number for number, sign in enumerate(signs)}, []))
    bytes_alone.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    bytes_alone.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=bytes_alone, **SPECIAL)
    made.chat_template = TURNS
    return made


def small(tokenizer: PreTrainedTokenizerFast, **more: Any) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=8,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=1,
        max_position_embeddings=LONGEST,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        **more,
    )


def rows_of(path: str, cache: str) -> Dataset:
    """The file as a user loads it: by its ending, and nothing else said."""
    return load_dataset(
        "parquet" if path.endswith(".parquet") else "json", data_files=path, split="train", cache_dir=cache
    )


def settings(folder: str) -> dict[str, Any]:
    return {
        "output_dir": folder,
        "max_steps": 2,
        "per_device_train_batch_size": 2,
        "max_length": LONGEST,
        "use_cpu": True,
        "bf16": False,
        "report_to": "none",
        "save_strategy": "no",
        "disable_tqdm": True,
        "gradient_checkpointing": False,
    }


def reward(rows: Dataset, folder: str) -> tuple[Any, dict[str, str]]:
    tokenizer = byte_tokenizer()
    model = LlamaForSequenceClassification(small(tokenizer, num_labels=1))
    trainer = RewardTrainer(
        model=model, processing_class=tokenizer, train_dataset=rows, args=RewardConfig(**settings(folder))
    )
    first = trainer.train_dataset[0]
    return trainer, {side: tokenizer.decode(first[f"{side}_ids"]) for side in ("chosen", "rejected")}


def dpo(rows: Dataset, folder: str) -> tuple[Any, dict[str, str]]:
    tokenizer = byte_tokenizer()
    start = Path(folder) / "start"  # the trainer loads its reference model from where the model came
    LlamaForCausalLM(small(tokenizer)).save_pretrained(start)
    tokenizer.save_pretrained(start)
    trainer = DPOTrainer(
        model=str(start), processing_class=tokenizer, train_dataset=rows, args=DPOConfig(**settings(folder))
    )
    first = trainer.train_dataset[0]
    return trainer, {side: tokenizer.decode(first[f"{side}_ids"]) for side in ("prompt", "chosen", "rejected")}


def vision(rows: Dataset, folder: str) -> tuple[Any, dict[str, Any]]:
    tokenizer = byte_tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": ["<image>"]})
    size = {"height": SIDE, "width": SIDE}
    processor = LlavaProcessor(
        image_processor=CLIPImageProcessor(size=size, crop_size=size),
        tokenizer=tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        image_token="<image>",
        num_additional_image_tokens=1,
        chat_template=PARTS,
    )
    eye = CLIPVisionConfig(
        hidden_size=8,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=1,
        image_size=SIDE,
        patch_size=PATCH,
    )
    config = LlavaConfig(
        vision_config=eye,
        text_config=small(tokenizer),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
    )
    start = Path(folder) / "start"
    LlavaForConditionalGeneration(config).save_pretrained(start)
    processor.save_pretrained(start)
    trainer = DPOTrainer(
        model=str(start), processing_class=processor, train_dataset=rows, args=DPOConfig(**settings(folder))
    )
    batch = trainer.data_collator([dict(trainer.train_dataset[0])])
    texts = [tokenizer.decode(line) for line in batch["input_ids"]]
    return trainer, {"chosen": texts[0], "rejected": texts[1], "pictures": len(batch["pixel_values"]) // 2}


def main(kind: str, paths: list[str]) -> None:
    for path in paths:
        with TemporaryDirectory() as folder:
            rows = rows_of(path, folder)
            trainer, texts = {"reward": reward, "dpo": dpo, "vision": vision}[kind](rows, folder)
            steps = trainer.train().global_step
            print(
                "TRAINED",
                json.dumps({"steps": steps, "rows": len(rows), "trained": len(trainer.train_dataset), **texts}),
            )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

"""What other tools make of rows of a release, by their own functions: run by the Python that has torch and datasets.

    python row_functions.py TOOLS TOOL FILE...

TOOLS is the folder into which `make test` installs these tools without what they ask for. A tool's package is never
run: the module with the function that reads rows is loaded by itself, and what that module imports for other things
(chats of fastchat, adapters of peft) is an empty name. Prints a line for each file: ROWS and JSON.
"""

import importlib
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="0")

from datasets import Dataset, load_dataset
from train_on import LONGEST, byte_tokenizer

Rows = list[dict[str, Any]]
TOOLS = Path(sys.argv[1])


def hollow(*packages: str) -> None:
    """Packages whose own code is not run, so that only what is asked for below them is."""
    for name in packages:
        module = ModuleType(name)
        module.__path__ = [str(TOOLS.joinpath(*name.split(".")))]
        sys.modules[name] = module


def absent(name: str, **names: Any) -> None:
    """A module that is not installed and that reading rows does not need."""
    module = ModuleType(name)
    vars(module).update(names)
    sys.modules[name] = module


def one_process() -> None:
    """As many processes as tools like are more than six rows are worth, and the rows are the same."""
    plain = Dataset.map
    Dataset.map = lambda self, *words, **named: plain(self, *words, **{**named, "num_proc": None})  # type: ignore[method-assign]


def openrlhf(path: str, *, is_dpo: bool = False, **keys: Any) -> Rows:
    """The texts between which its reward model (or its policy) is trained, and the margin."""
    hollow("openrlhf", "openrlhf.datasets", "openrlhf.utils")
    read = importlib.import_module("openrlhf.datasets.reward_dataset")
    files = importlib.import_module("openrlhf.datasets.utils")
    said = SimpleNamespace(data=SimpleNamespace(chosen_key="chosen", rejected_key="rejected", **keys))
    strategy = SimpleNamespace(args=said, print=lambda *_words: None, is_rank_0=lambda: False)
    rows, tokenizer = files.blending_datasets(path, strategy=strategy), byte_tokenizer()
    made = read.RewardDataset(rows, tokenizer, LONGEST, strategy, is_dpo=is_dpo, num_processors=None)
    found = []
    for place in range(len(made)):
        chosen, _mask, rejected, _other, extra = made[place]
        texts = {"chosen": tokenizer.decode(chosen[0]), "rejected": tokenizer.decode(rejected[0])}
        found.append({**texts, "prompt": made.prompts[place], "extra": extra})
    return found


def rewardbench() -> ModuleType:
    hollow("rewardbench")
    absent("fastchat")
    absent("fastchat.conversation", Conversation=None)
    absent("rewardbench.models", REWARD_MODEL_CONFIG={})
    return importlib.import_module("rewardbench.utils")


def rewardbench_pairs(path: str) -> Rows:
    """The two texts that its command scores, `rewardbench --dataset FILE --load_json`."""
    made = rewardbench().load_and_process_dataset(path, json=True, tokenizer=byte_tokenizer())
    return [{"chosen": row["text_chosen"], "rejected": row["text_rejected"]} for row in made]


def rewardbench_best_of(path: str) -> Rows:
    """The texts that its second edition scores, each with its row's id, and how many of a row are right."""
    made, subsets, totals, right = rewardbench().load_bon_dataset_v2(
        path, tokenizer=byte_tokenizer(), logger=logging.getLogger()
    )
    rows = [{"id": row["id"], "text": row["text"], "subset": one} for row, one in zip(made, subsets, strict=True)]
    return [*rows, {"totals": list(totals), "right": list(right)}]


def llamafactory(folder: str) -> Rows:
    """What its converter makes of every file that `dataset_info.json` in the folder names."""
    hollow("llamafactory", "llamafactory.data", "llamafactory.extras")
    absent("peft")
    absent("peft.utils", SAFETENSORS_WEIGHTS_NAME="", WEIGHTS_NAME="")
    parser = importlib.import_module("llamafactory.data.parser")
    converter = importlib.import_module("llamafactory.data.converter")
    names = list(json.loads((Path(folder) / "dataset_info.json").read_text()))
    found = []
    for name, told in zip(names, parser.get_dataset_list(names, folder), strict=True):
        convert = converter.get_dataset_converter(told.formatting, told, SimpleNamespace(media_dir=folder))
        file = Path(folder) / told.dataset_name
        found += [{"name": name, "ranking": told.ranking, **convert(row)} for row in loaded(str(file))]
    return found


def axolotl_steps(path: str) -> Rows:
    """The tokens that `stepwise_supervised` trains on, and the labels that stand at some of them."""
    hollow("axolotl", "axolotl.prompt_strategies", "axolotl.utils")
    absent("axolotl.prompt_tokenizers", IGNORE_INDEX=-100)
    absent("axolotl.utils.dict", DictDefault=dict)
    read, tokenizer = importlib.import_module("axolotl.prompt_strategies.stepwise_supervised"), byte_tokenizer()
    strategy = read.StepwiseSupervisedPromptTokenizingStrategy(tokenizer)
    found = []
    for row in loaded(path):
        made = strategy.tokenize_prompt(row)
        ends = [place for place, label in enumerate(made["labels"]) if label != -100]
        texts = [tokenizer.decode(made["input_ids"][: end + 1]) for end in ends]
        found.append({"texts": texts, "labels": [made["labels"][end] for end in ends]})
    return found


def axolotl_reward(path: str) -> Rows:
    """The two conversations of `bradley_terry.chat_template`; the step that makes tokens of one is ours."""

    class Tokens:
        prompter = SimpleNamespace(max_length=LONGEST)

        def _tokenize_single_prompt(self, prompt: dict[str, Any]) -> dict[str, Any]:
            return {"input_ids": turns_as_text(prompt["messages"]), "attention_mask": []}

    hollow("axolotl", "axolotl.prompt_strategies", "axolotl.prompt_strategies.bradley_terry", "axolotl.utils")
    absent("axolotl.prompt_strategies.chat_template", ChatTemplatePrompter=None, ChatTemplateStrategy=Tokens)
    absent("axolotl.utils.chat_templates", get_chat_template_from_config=None)
    absent("axolotl.utils.logging", get_logger=logging.getLogger)
    read = importlib.import_module("axolotl.prompt_strategies.bradley_terry.chat_template")
    made = [read.BTChatTemplateStrategy()._tokenize_single_prompt(dict(row)) for row in loaded(path)]
    return [{"chosen": row["chosen_ids"], "rejected": row["rejected_ids"]} for row in made]


def axolotl_preference(path: str) -> Rows:
    """What `chat_template.argilla_chat` makes of whole conversations, under our own template."""
    hollow("axolotl", "axolotl.prompt_strategies", "axolotl.prompt_strategies.dpo", "axolotl.utils")
    ours = {"extract_chat_template_args": lambda **_named: (None, None), "get_chat_template": lambda **_named: None}
    absent("axolotl.utils.chat_templates", **ours)
    absent("axolotl.utils.schemas")
    absent("axolotl.utils.schemas.utils", handle_legacy_message_fields_logic=dict)
    read, tokenizer = importlib.import_module("axolotl.prompt_strategies.dpo.chat_template"), byte_tokenizer()
    transform, _columns = read.argilla_chat({"datasets": [{}]})
    return [transform(row, tokenizer=tokenizer) for row in loaded(path)]


def verl(path: str) -> Rows:
    """The two texts of its dataset for reward models, which reads Parquet alone."""
    hollow("verl", "verl.utils", "verl.utils.dataset")
    vars(sys.modules["verl.utils"])["hf_tokenizer"] = None
    absent("verl.utils.fs", copy=None, is_non_local=lambda _path: False)
    read, tokenizer = importlib.import_module("verl.utils.dataset.rm_dataset"), byte_tokenizer()
    made = read.RMDataset(path, tokenizer)
    kept = [[ids[mask == 1] for ids, mask in zip(row["input_ids"], row["attention_mask"], strict=True)] for row in made]
    return [{"chosen": tokenizer.decode(one), "rejected": tokenizer.decode(two)} for one, two in kept]


def verl_prompts(path: str) -> Rows:
    """What its dataset for reinforcement learning hands to whoever writes and rewards responses."""
    hollow("verl", "verl.utils", "verl.utils.dataset")
    absent("omegaconf", DictConfig=dict, ListConfig=list)
    absent("verl.utils.import_utils", load_extern_object=None)
    absent("verl.utils.fs", copy_to_local=lambda src, **_named: src)
    lengths = {"normalize_token_ids": lambda ids: getattr(ids, "input_ids", ids)}
    absent("verl.utils.tokenizer", build_multimodal_processor_inputs=None, **lengths)
    read = importlib.import_module("verl.utils.dataset.rl_dataset")
    made = read.RLHFDataset(path, byte_tokenizer(), {"filter_overlong_prompts_workers": 1})
    rows = [made[place] for place in range(len(made))]
    return [{name: value for name, value in row.items() if name != "dummy_tensor"} for row in rows]


def loaded(path: str) -> Dataset:
    kind = "parquet" if path.endswith(".parquet") else "json"
    return load_dataset(kind, data_files=path, split="train")


def turns_as_text(turns: list[dict[str, str]]) -> str:
    return str(byte_tokenizer().apply_chat_template(turns, tokenize=False))


TOOL: dict[str, Callable[[str], Rows]] = {
    "openrlhf": lambda path: openrlhf(path, apply_chat_template=True),
    "openrlhf-dpo": lambda path: openrlhf(path, apply_chat_template=True, is_dpo=True),
    "openrlhf-prompt": lambda path: openrlhf(path, apply_chat_template=True, prompt_key="prompt"),
    "openrlhf-texts": lambda path: openrlhf(path, apply_chat_template=False, prompt_key="prompt"),
    "rewardbench": rewardbench_pairs,
    "rewardbench-2": rewardbench_best_of,
    "llamafactory": llamafactory,
    "axolotl-steps": axolotl_steps,
    "axolotl-reward": axolotl_reward,
    "axolotl-preference": axolotl_preference,
    "verl": verl,
    "verl-prompts": verl_prompts,
}

if __name__ == "__main__":
    one_process()
    for path in sys.argv[3:]:
        print("ROWS", json.dumps(TOOL[sys.argv[2]](path)))

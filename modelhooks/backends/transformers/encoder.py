"""Sentence encoders in a folder, in the layout of sentence-transformers: what the folder says, and the body in it.

Its modules must be a transformer, a pooling and at most a normalization: any other would change the points, and is
refused rather than left out. Nothing of the folder is run.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import transformers
from pydantic import ValidationError

from modelhooks.backends.transformers import body
from modelhooks.backends.transformers.checkpoint import PLAIN_NAME, Checkpoint, CheckpointRefused, opened, parsed
from modelhooks.encoders import EncoderSpec, Pooling

WITHOUT_POOLER = {"add_pooling_layer": False}
CLASSES: Mapping[str, tuple[Any, Any, Mapping[str, Any]]] = {
    "bert": (transformers.BertConfig, transformers.BertModel, WITHOUT_POOLER),
    "distilbert": (transformers.DistilBertConfig, transformers.DistilBertModel, {}),
    "roberta": (transformers.RobertaConfig, transformers.RobertaModel, WITHOUT_POOLER),
    "xlm-roberta": (transformers.XLMRobertaConfig, transformers.XLMRobertaModel, WITHOUT_POOLER),
    "mpnet": (transformers.MPNetConfig, transformers.MPNetModel, WITHOUT_POOLER),
    "qwen3": (transformers.Qwen3Config, transformers.Qwen3Model, {}),
}
# These count positions from behind the padding's id, and have so many fewer of them.
COUNT_FROM_PADDING = {"roberta", "xlm-roberta", "mpnet"}
WITHOUT_KERNELS = {"mpnet"}  # its attention is written out in transformers and takes no other
KNOWN_MODULES = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
POOLINGS: Mapping[str, Pooling] = {
    "mean": "mean",
    "mean_tokens": "mean",
    "cls": "first",
    "cls_token": "first",
    "lasttoken": "last",
}
SETTINGS = "sentence_bert_config.json"
# Weights that published encoders carry from their training and that no point depends on.
UNUSED = ("pooler.", "lm_head.", "embeddings.position_ids")


def read(folder: Path, *, prefix: str = "") -> tuple[Checkpoint, EncoderSpec]:
    """The folder's contents and how they are to be used. Raises CheckpointRefused, whose sentence is for people."""
    checkpoint = opened(folder, _is_known)
    modules = _modules(folder)
    settings = _object(folder / SETTINGS) if (folder / SETTINGS).is_file() else {}
    try:
        spec = EncoderSpec(
            architecture=checkpoint.config["model_type"],
            pooling=_pooling(folder / modules[1]),
            longest=_longest(checkpoint.config, settings.get("max_seq_length")),
            is_lowered=settings.get("do_lower_case", False),
            prefix=prefix,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise CheckpointRefused(f"The encoder's {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
    return checkpoint, spec


def load(checkpoint: Checkpoint, spec: EncoderSpec, *, device: str) -> Any:
    """The body in float32; it reads padded batches."""
    config_class, model_class, how = CLASSES[spec.architecture]
    return body.weighted(
        checkpoint,
        config_class.from_dict(dict(checkpoint.config)),
        model_class,
        attend_by="eager" if spec.architecture in WITHOUT_KERNELS else "sdpa",
        device=device,
        dtype="float32",
        may_be_left=lambda name: any(part in name for part in UNUSED),
        **how,
    )


def _is_known(config: Mapping[str, Any]) -> None:
    if config.get("model_type") not in CLASSES:
        raise CheckpointRefused(
            f"config.json says {str(config.get('model_type'))[:80]!r}, which is no encoder that can be read here; "
            f"known are {', '.join(CLASSES)}."
        )


def _object(path: Path) -> dict[str, Any]:
    found = parsed(path)
    if not isinstance(found, dict):
        raise CheckpointRefused(f"{path.name} is not a JSON object.")
    return found


def _modules(folder: Path) -> list[str]:
    """The folder of each module, the transformer's own being the one that holds the others."""
    listed = parsed(folder / "modules.json")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    kinds = [str(one.get("type")).rpartition(".")[2] for one in found]
    paths = [str(one.get("path")) for one in found]
    if kinds not in KNOWN_MODULES or paths[0] or not all(PLAIN_NAME.fullmatch(path) for path in paths[1:]):
        raise CheckpointRefused(
            "modules.json must name a transformer in the folder itself, a pooling and at most a normalization; "
            f"it names {', '.join(kinds)[:200] or 'nothing'}."
        )
    return paths


def _pooling(folder: Path) -> Pooling:
    """One way of pooling; older files answer yes or no for each, newer ones name it."""
    said = _object(folder / "config.json")
    asked = [
        key.removeprefix("pooling_mode_") for key, value in said.items() if key.startswith("pooling_mode_") and value
    ]
    named = said.get("pooling_mode")
    wanted = [named] if isinstance(named, str) else asked
    if len(wanted) != 1 or wanted[0] not in POOLINGS or not said.get("include_prompt", True):
        raise CheckpointRefused(
            f"Tokens are pooled by {', '.join(map(str, wanted))[:80] or 'nothing'} here; "
            "an encoder takes the mean of them all, the first or the last."
        )
    return POOLINGS[wanted[0]]


def _longest(config: Mapping[str, Any], said: Any) -> int:
    positions = int(config.get("max_position_embeddings") or 512)
    if config["model_type"] in COUNT_FROM_PADDING:
        positions -= int(config.get("pad_token_id") or 0) + 1
    return min(positions, said) if isinstance(said, int) else positions

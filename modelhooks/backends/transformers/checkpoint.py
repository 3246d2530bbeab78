"""A folder that somebody downloaded: what may be read of it, and why not.

Nothing in here trusts a file. Weights are safetensors, which hold numbers and no code; configurations are JSON that is
searched for requests to run code before any library sees it; file names
in them are names of files beside them or nothing.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from safetensors import SafetensorError, safe_open

from modelhooks import fingerprint
from modelhooks.specs import ModelSpec

MOST_JSON = 64 << 20
MOST_FILES = 2_000
MOST_TENSORS = 200_000
PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".npy", ".npz", ".h5", ".msgpack", ".mar"}
# Keys by which a configuration asks for code, wherever in it they stand.
ASKS_FOR_CODE = ("auto_map", "trust_remote_code", "custom_pipelines")
READ_JSON = ("config.json", "tokenizer_config.json", "tokenizer.json", "special_tokens_map.json")
TEMPLATE = "chat_template.jinja"
T = TypeVar("T")


class CheckpointRefused(ValueError):
    """A checkpoint that is not loaded; the sentence says why and what can be done."""


@dataclass(frozen=True)
class Checkpoint:
    """What was found in a folder that is fit to be read. `tensors` says which file each tensor is in."""

    folder: Path
    config: Mapping[str, Any]
    tokenizer_config: Mapping[str, Any]
    tensors: Mapping[str, Path]

    def digests(self) -> dict[str, str]:
        """Name and SHA-256 of every file that scores depend on."""
        names = {self.folder / name for name in (*READ_JSON, TEMPLATE)} | set(self.tensors.values())
        return {path.name: fingerprint.of_file(path) for path in sorted(names) if path.is_file()}


def inspect(folder: Path, spec: ModelSpec) -> Checkpoint:
    """The folder's contents, after every check that needs no model."""

    def fits(config: Mapping[str, Any]) -> None:
        if config.get("model_type") != spec.architecture:
            raise CheckpointRefused(
                f"config.json says {str(config.get('model_type'))[:80]!r} and the spec says {spec.architecture!r}: "
                "this is another model."
            )

    return opened(folder, fits, has_own_code=spec.has_own_code, head_files=spec.head_files)


def opened(
    folder: Path,
    fits: Callable[[Mapping[str, Any]], None],
    *,
    has_own_code: bool = False,
    head_files: Sequence[str] = (),
) -> Checkpoint:
    """The contents of a folder with any kind of model; `fits` refuses a config.json of another kind than is wanted."""
    if not folder.is_dir():
        raise CheckpointRefused(f"There is no folder {folder}; put the checkpoint's files there first.")
    _no_pickles(folder)
    config = _asks_for_nothing("config.json", _object(folder / "config.json", has_own_code=has_own_code))
    fits(config)
    _is_as_published(config)
    tokenizer_config: dict[str, Any] = {}
    if (folder / "tokenizer_config.json").exists():
        tokenizer_config = _asks_for_nothing(
            "tokenizer_config.json", _object(folder / "tokenizer_config.json", has_own_code=has_own_code)
        )
        _plain_template_names(tokenizer_config)
    for path in sorted(folder.glob("*.json")):
        if path.name not in {"config.json", "tokenizer_config.json", "tokenizer.json"}:
            _asks_for_nothing(path.name, parsed(path))
    if not (folder / "tokenizer.json").is_file():
        raise CheckpointRefused("tokenizer.json is missing: only tokenizers in that format can be read without code.")
    for name in ("tokenizer.json", TEMPLATE):
        if (folder / name).is_file():
            _not_too_large(folder / name)
    return Checkpoint(folder, config, tokenizer_config, _tensors(folder, head_files))


def _no_pickles(folder: Path) -> None:
    for number, path in enumerate(folder.rglob("*")):
        if number >= MOST_FILES:
            raise CheckpointRefused(f"The folder holds more than {MOST_FILES} files, too many for one checkpoint.")
        if path.suffix.lower() in PICKLES:
            raise CheckpointRefused(
                f"{path.name} is in a format that can run code when it is opened; "
                "convert it to safetensors and take it out of the folder."
            )
        if path.name.startswith("adapter_"):
            raise CheckpointRefused(f"{path.name} belongs to an adapter; merge it into its base model first.")


def _json(path: Path) -> dict[str, Any]:
    read = parsed(path)
    if not isinstance(read, dict):
        raise CheckpointRefused(f"{path.name} is not a JSON object.")
    return read


def parsed(path: Path) -> Any:
    """What a JSON file of the checkpoint says. Raises CheckpointRefused, also for one that is not there."""
    if not path.is_file():
        raise CheckpointRefused(f"{path.name} is missing: this folder is no whole checkpoint.")
    _not_too_large(path)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise CheckpointRefused(f"{path.name} is not JSON.") from None


def _not_too_large(path: Path) -> None:
    if path.stat().st_size > MOST_JSON:
        raise CheckpointRefused(f"{path.name} is larger than {MOST_JSON >> 20} MB, which no configuration is.")


def _object(path: Path, *, has_own_code: bool) -> dict[str, Any]:
    """An outermost request for code is dropped where the spec says that plain architecture, declared head and
    tokenizer.json replace it; one that is nested deeper never is.
    """
    read = _json(path)
    return {key: value for key, value in read.items() if key != "auto_map"} if has_own_code else read


def _asks_for_nothing(name: str, read: T) -> T:
    """The same, if nothing in it asks for code."""
    for key, value in _keys(read):
        if key in ASKS_FOR_CODE and value not in (False, None, {}, []):
            raise CheckpointRefused(
                f"{name} asks for code of its own ({key}), which is never run; "
                "where a plain architecture and a declared head replace it, say so in the spec."
            )
    return read


def _keys(value: Any) -> Iterator[tuple[str, Any]]:
    """All keys with their values, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from one.items()
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _is_as_published(config: Mapping[str, Any]) -> None:
    if config.get("quantization_config"):
        raise CheckpointRefused("The weights are quantized, which changes scores; use the checkpoint as published.")


def _plain_template_names(tokenizer_config: Mapping[str, Any]) -> None:
    templates = tokenizer_config.get("chat_template")
    named = templates if isinstance(templates, list) else []
    for one in named:
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(name, str) or not PLAIN_NAME.fullmatch(name):
            raise CheckpointRefused(
                f"tokenizer_config.json names a chat template {str(name)[:80]!r}, which is no plain name."
            )


def _tensors(folder: Path, head_files: Sequence[str]) -> dict[str, Path]:
    """Which file each tensor is in, from the files themselves; an index only says which files there are."""
    found: dict[str, Path] = {}
    for path in _weight_files(folder, head_files):
        try:
            with safe_open(path, framework="pt") as opened:
                names = list(opened.keys())
        except (SafetensorError, OSError):
            raise CheckpointRefused(f"{path.name} is missing or not a whole safetensors file.") from None
        for name in names:
            if name in found:
                raise CheckpointRefused(f"The tensor {name[:120]} stands in {found[name].name} and in {path.name}.")
            found[name] = path
        if len(found) > MOST_TENSORS:
            raise CheckpointRefused(f"The files hold more than {MOST_TENSORS} tensors.")
    return found


def _weight_files(folder: Path, head_files: Sequence[str]) -> list[Path]:
    index = folder / "model.safetensors.index.json"
    if index.exists():
        mapped = _json(index).get("weight_map")
        names = set(mapped.values()) if isinstance(mapped, dict) else set()
        if not names or not all(isinstance(name, str) and PLAIN_NAME.fullmatch(name) for name in names):
            raise CheckpointRefused(f"{index.name} names a file that is not one beside it.")
    else:
        names = {"model.safetensors"}
    return [folder / name for name in sorted(names | set(head_files))]


def read_tensor(checkpoint: Checkpoint, name: str) -> Any:
    """One tensor, in the type that it is stored in."""
    if name not in checkpoint.tensors:
        raise CheckpointRefused(
            f"The head's tensor {name} is missing, so this is not the checkpoint that the spec describes; "
            "nothing is scored with random weights."
        )
    with safe_open(checkpoint.tensors[name], framework="pt") as opened:
        return opened.get_tensor(name)


def read_rows(checkpoint: Checkpoint, name: str, rows: Iterable[int]) -> list[Any]:
    """Single rows of a large matrix, each of shape (columns,), without reading the rest."""
    with safe_open(checkpoint.tensors[name], framework="pt") as opened:
        part = opened.get_slice(name)
        height = part.get_shape()[0]
        wanted = list(rows)
        if max(wanted) >= height:
            raise CheckpointRefused(f"The spec names token {max(wanted)}, and the vocabulary ends at {height - 1}.")
        return [part[row : row + 1][0] for row in wanted]

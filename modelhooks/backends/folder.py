"""The checkpoint that a folder of the deployment holds, on the device that this worker has."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from pydantic import ValidationError

from modelhooks.backends import likelihood, transformers
from modelhooks.catalog import OWN_SPEC, FolderOptions, LanguageModelOptions, WeightsOptions
from modelhooks.errors import LoadRefused
from modelhooks.presets import presets
from modelhooks.specs import ModelSpec

LARGEST_SPEC = 1 << 20  # bytes


def load(options: FolderOptions) -> Any:
    """The model that a checkpoint of the backend `transformers` stands for. Raises LoadRefused."""
    return _loaded(options, transformers.load)


def load_language_model(options: LanguageModelOptions) -> Any:
    """The model that a checkpoint of the backend `likelihood` stands for. Raises LoadRefused."""
    return _loaded(options, likelihood.load)


def _loaded(options: FolderOptions, load_from: Callable[..., Any]) -> Any:
    return on_device(options, lambda folder, **how: load_from(folder, spec_of(folder, options), **how))


def on_device(options: WeightsOptions, load_from: Callable[..., Any]) -> Any:
    """What `load_from` makes of the folder, told this worker's `device` and a `dtype`. Raises LoadRefused."""
    folder = Path(settings.MODELS_FOLDER) / options.folder
    if not folder.is_dir():
        raise LoadRefused(f"There is no folder “{options.folder}” below GOLDPAN_MODELS on this worker.")
    device = settings.MODELS_DEVICE
    dtype = options.dtype if options.dtype != "auto" else "bfloat16" if device.startswith("cuda") else "float32"
    try:
        return load_from(folder, device=device, dtype=dtype)
    except transformers.CheckpointRefused as error:
        raise LoadRefused(str(error)) from None


def spec_of(folder: Path, options: FolderOptions) -> ModelSpec:
    """How the checkpoint is called: as its preset says, or else as its own folder does. Raises LoadRefused."""
    if options.preset:
        return presets()[options.preset]
    path = folder / OWN_SPEC
    if not path.is_file() or path.stat().st_size > LARGEST_SPEC:
        raise LoadRefused(f"The folder holds no {OWN_SPEC} that says how the model is called; or choose a preset.")
    try:
        return ModelSpec.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "as a whole"
        raise LoadRefused(f"{OWN_SPEC}: {place}: {first['msg']}.") from None

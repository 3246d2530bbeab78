"""Public models and how they are called, as data: one JSON file per family, read strictly.

To add one: a file beside these, with the fields of `ModelSpec` once and `models`, a list of names with their licences;
then a line in `tests/modelhooks/with_torch/test_presets.py` that scores a tiny random checkpoint of its exact shape.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from modelhooks.specs import ModelSpec

FOLDER = Path(__file__).parent
OF_ONE_MODEL = {"name", "licence", "commercial_use"}


class PresetRefused(ValueError):
    """A file of presets that says something unknown, or something twice."""


@cache
def presets() -> dict[str, ModelSpec]:
    """All presets by name, in the order of their names."""
    found: dict[str, ModelSpec] = {}
    for path in sorted(FOLDER.glob("*.json")):
        for spec in read(path):
            if spec.name in found:
                raise PresetRefused(f"{path.name}: {spec.name} is already a preset.")
            found[spec.name] = spec
    return dict(sorted(found.items()))


def read(path: Path) -> Iterator[ModelSpec]:
    """The models of one file. A key that nobody knows, or knows twice, refuses the file."""
    try:
        family = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_each_once)
    except ValueError as error:
        raise PresetRefused(f"{path.name}: {error}") from None
    models = family.pop("models", []) if isinstance(family, dict) else []
    if not models:
        raise PresetRefused(f"{path.name}: it names no models.")
    for model in models:
        if set(model) != OF_ONE_MODEL:
            raise PresetRefused(f"{path.name}: a model has exactly {', '.join(sorted(OF_ONE_MODEL))}.")
        try:
            yield ModelSpec.model_validate({**family, **model})
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "as a whole"
            raise PresetRefused(f"{path.name}: {model['name']}: {where}: {first['msg']}.") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands there twice")
    return dict(pairs)

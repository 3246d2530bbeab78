"""The model behind a checkpoint, kept warm in the process that runs it."""

from typing import Any

from django.utils.module_loading import import_string

from modelhooks.catalog import BACKENDS
from modelhooks.errors import LoadRefused
from modelhooks.models import Checkpoint

_warm: dict[int, Any] = {}  # at most one: a second model may not fit beside it


def model_of(checkpoint: Checkpoint) -> Any:
    """What answers for this checkpoint; it has the contract's methods and a `fingerprint`.

    Raises LoadRefused and Unavailable. The last one loaded stays in memory, since checkpoints never change.
    """
    if checkpoint.pk not in _warm:
        forget()
        _warm[checkpoint.pk] = _loaded(checkpoint)
    return _warm[checkpoint.pk]


def forget() -> None:
    """Give back the memory of what was loaded."""
    _warm.clear()


def _loaded(checkpoint: Checkpoint) -> Any:
    backend = BACKENDS.get(checkpoint.backend)
    if backend is None:
        raise LoadRefused(f"This worker knows no backend “{checkpoint.backend}”.")
    try:
        load = import_string(backend.loader)
    except ImportError as error:
        raise LoadRefused(
            f"This worker cannot run {backend.title}: {error.name or 'a library'} is not installed."
        ) from None
    return load(backend.options_type.model_validate(checkpoint.options))

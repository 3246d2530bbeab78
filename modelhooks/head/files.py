"""A head as bytes: its numbers one after another, and what they are as JSON. There is nothing in it to run."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from modelhooks.head.pairs import Floats
from modelhooks.head.reward_head import RewardHead

ARRAYS = ("direction", "nuisance", "ensemble")
KEPT_AS = "<f8"  # little-endian float64, whatever machine it is


class Damaged(ValueError):
    """These bytes hold no head."""


def write(head: RewardHead) -> tuple[bytes, dict[str, Any]]:
    """All arrays as little-endian float64, and the rest as plain JSON, with their shapes under `shapes`."""
    rest = head.as_json()
    arrays = [np.asarray(rest.pop(name), KEPT_AS) for name in ARRAYS]
    shapes = {name: list(array.shape) for name, array in zip(ARRAYS, arrays, strict=True)}
    return b"".join(array.tobytes() for array in arrays), {**rest, "shapes": shapes}


def read(weights: bytes, rest: Mapping[str, Any]) -> RewardHead:
    """The inverse of `write`. Raises Damaged."""
    try:
        numbers = np.frombuffer(weights, KEPT_AS).astype(float)
        return RewardHead.from_json({**rest, **_arrays(numbers, rest["shapes"])})
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(f"The stored weights cannot be read ({type(error).__name__}).") from None


def fingerprint(weights: bytes, rest: Mapping[str, Any], embedder: str) -> str:
    """64 hexadecimal digits over everything that a score comes from: weights, calibration, and the embedder's own."""
    written = json.dumps(["goldpan head 1", embedder, dict(rest)], sort_keys=True).encode()
    return hashlib.sha256(written + b"\0" + weights).hexdigest()


def _arrays(numbers: Floats, shapes: Mapping[str, list[int]]) -> dict[str, Floats]:
    sizes = [int(np.prod(shapes[name])) for name in ARRAYS]
    if sum(sizes) != len(numbers):
        raise ValueError("There are more or fewer numbers than their shapes say.")
    parts = np.split(numbers, np.cumsum(sizes)[:-1])
    return {name: part.reshape(shapes[name]) for name, part in zip(ARRAYS, parts, strict=True)}

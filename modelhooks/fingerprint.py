"""One hash of everything that changes a score: the key of stored results, and the trail of where they came from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from modelhooks.specs import ModelSpec

# What people should know and no score depends on.
TOLD_ONLY = {"licence", "commercial_use", "source", "unverified"}
CHUNK = 1 << 20


@dataclass(frozen=True)
class Runtime:
    """What a score also depends on, beside spec and files: in float32 little, in bfloat16 visibly."""

    device: str
    dtype: str
    attention: str
    batching: str
    torch: str
    transformers: str


def of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while block := opened.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def fingerprint(spec: ModelSpec, files: Mapping[str, str], runtime: Runtime) -> str:
    """64 hexadecimal digits; `files` are names and digests of all that was read from the checkpoint's folder."""
    return of_parts(
        {
            "spec": spec.model_dump(mode="json", exclude=TOLD_ONLY),
            "files": dict(files),
            "runtime": asdict(runtime),
        }
    )


def of_parts(parts: Mapping[str, Any]) -> str:
    """SHA-256 of plain JSON, in hexadecimal; the order of its keys does not matter."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()

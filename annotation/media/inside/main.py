"""The child's program: a line of JSON names a file, another says what it is; then the next.

Question: `{"source", "target", "thumbnail"}`, paths of Goldpan's own. Answer: `{"type", "width", "height", "seconds"}`
with the cleaned file at `target` and, for pictures, a WebP at `thumbnail`; or `{"fault"}`, the end of a sentence.
"""

import json
import os
import resource
import shutil
import sys
from pathlib import Path
from typing import Any

from . import flac, mp3, mp4, ogg, wav, webm
from .faults import Unusable
from .table import HEAD, MARKUP_HEAD, MediaType, type_of

MEMORY = 1 << 30
LARGEST_PICTURE = 64 << 20
MEGABYTE = 1 << 20
RECORDINGS = {"mp3": mp3, "wav": wav, "ogg": ogg, "flac": flac, "mp4": mp4, "webm": webm}
WITHOUT_PICTURE = {"mp4": "m4a", "webm": "weba"}


def main() -> None:
    _limit_memory()
    from . import pictures  # loaded once, before the first file waits for it

    print("{}", flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line), pictures)), flush=True)


def _answer(asked: dict[str, str], pictures: Any) -> dict[str, Any]:
    try:
        return _clean(Path(asked["source"]), Path(asked["target"]), Path(asked["thumbnail"]), pictures)
    except Unusable as fault:
        return {"fault": str(fault)}
    except MemoryError:
        return {"fault": "takes too much memory to decode"}


def _clean(source: Path, target: Path, thumbnail: Path, pictures: Any) -> dict[str, Any]:
    with source.open("rb") as file:
        found = type_of(file.read(max(HEAD, MARKUP_HEAD)))
    if found.kind == "image":
        return _clean_picture(found, source, target, thumbnail, pictures)
    shutil.copyfile(source, target)
    with target.open("r+b") as copy:
        recording = RECORDINGS[found.name].clean(copy)
        copy.flush()
        os.fsync(copy.fileno())
    if recording.has_picture and not (recording.width and recording.height):
        raise Unusable("does not say how large its picture is")
    name = found.name if recording.has_picture else WITHOUT_PICTURE.get(found.name, found.name)
    return {
        "type": name,
        "width": recording.width or None,
        "height": recording.height or None,
        "seconds": recording.seconds,
    }


def _clean_picture(found: MediaType, source: Path, target: Path, thumbnail: Path, pictures: Any) -> dict[str, Any]:
    if source.stat().st_size > LARGEST_PICTURE:
        raise Unusable(f"is a picture of more than {LARGEST_PICTURE // MEGABYTE} MB")
    picture = pictures.cleaned(found.name, source.read_bytes())
    _write(target, picture.content)
    _write(thumbnail, picture.thumbnail)
    return {"type": found.name, "width": picture.width, "height": picture.height, "seconds": None}


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

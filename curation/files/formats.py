"""The formats of a release's files, each a suffix."""

from annotation.media.inside.table import TYPES

FORMATS: dict[str, tuple[str, str]] = {
    "parquet": ("Parquet", "application/vnd.apache.parquet"),
    "jsonl": ("JSON lines", "application/jsonlines"),
    "jsonl.gz": ("JSON lines, gzip", "application/gzip"),
    "jsonl.zst": ("JSON lines, zstd", "application/zstd"),
}
"""Suffix to title and media type, the preferred one for loading first."""

DEFAULT = ("parquet", "jsonl")
SHOWN = {one.ending: one.content_type for one in TYPES.values()}
PAPERS = {"md": "text/markdown; charset=utf-8", "json": "application/json"}


class BadFormats(ValueError):
    """Formats that cannot be written. Its text is a sentence for the person who chose them."""


def settle(given: object) -> list[str]:
    """The formats chosen, each once, in a fixed order. Raises BadFormats."""
    if not isinstance(given, list) or not given or any(name not in FORMATS for name in given if isinstance(name, str)):
        raise BadFormats(f"formats is a list of {', '.join(FORMATS)}.")
    if any(not isinstance(name, str) for name in given):
        raise BadFormats(f"formats is a list of {', '.join(FORMATS)}.")
    return [name for name in FORMATS if name in given]


def media_type(path: str) -> str:
    """The media type by the ending, from a fixed table."""
    for suffix, (_title, media) in FORMATS.items():
        if path.endswith(f".{suffix}"):
            return media
    ending = path.rpartition(".")[2]
    return PAPERS.get(ending) or SHOWN[ending]

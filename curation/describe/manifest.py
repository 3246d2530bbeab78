"""The manifest: everything needed to check a release, to make it again, and to trace its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from curation import splits
from curation.building import Built, Tally
from curation.files.formats import FORMATS
from curation.recipes.drops import in_order

FORMAT = "goldpan-release/1"
Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a release comes from: what it is, and what proves it."""

    release: UUID
    project: str
    project_name: str
    number: int
    note: str
    created_at: datetime
    last_annotation: int
    last_discard: int
    last_gold: int
    last_review: int
    digest: str
    code_version: str
    audit_head: str
    split_salt: str
    shares: Mapping[str, int]
    held_out: Mapping[str, Any] | None = None
    """What is in the test split on purpose."""
    follows: Mapping[str, Any] | None = None
    """The analysis whose consensus decides, where one does."""
    omitted: Mapping[str, Any] | None = None
    """How many findings of the detectors named there were when the release was asked for."""
    removed: Mapping[str, Any] | None = None
    """What is in no release any more: items, annotators, and why."""
    gates: Sequence[Mapping[str, Any]] = ()
    """What every gate found, and its limit."""
    overruled: Mapping[str, Any] | None = None
    """Why a person let it be made although guards spoke against it, and what they said."""
    accepted: Sequence[Mapping[str, Any]] | None = None
    """The decisions by which answers of judges stand without a person, where a recipe takes them."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file as it lies there."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None
    recipe: str | None = None
    split: str | None = None
    format: str | None = None


def manifest_of(origin: Origin, built: Built, files: Sequence[FileEntry]) -> Manifest:
    """Plain JSON. For each recipe, rows and dropped items add up to the labeled items."""
    return {
        "format": FORMAT,
        "release": str(origin.release),
        "project": origin.project,
        "project_name": origin.project_name,
        "number": origin.number,
        "note": origin.note,
        "created_at": origin.created_at.isoformat(),
        "code_version": origin.code_version,
        "audit_head": origin.audit_head,
        "digest": origin.digest,
        "snapshot": {
            "last_annotation": origin.last_annotation,
            "last_discard": origin.last_discard,
            "last_gold": origin.last_gold,
            "last_review": origin.last_review,
            "labeled_items": built.seen.items,
            "annotations": built.seen.annotations,
            "form_versions": sorted(built.seen.forms),
            "guideline_versions": sorted(built.seen.guidelines),
            **built.seen.origins.told(),
        },
        **({"analysis": dict(origin.follows)} if origin.follows else {}),
        **({"omitted": dict(origin.omitted)} if origin.omitted else {}),
        **({"removed": dict(origin.removed)} if origin.removed else {}),
        "gates": [dict(one) for one in origin.gates],
        **({"overruled": dict(origin.overruled)} if origin.overruled else {}),
        **({"accepted": [dict(one) for one in origin.accepted]} if origin.accepted else {}),
        "splits": {
            "shares": dict(origin.shares),
            "salt": origin.split_salt,
            "rule": splits.RULE,
            **({"held_out": dict(origin.held_out)} if origin.held_out else {}),
        },
        "recipes": [_recipe(tally) for tally in built.tallies],
        "files": [_entry(file) for file in files],
        "warnings": built.warnings,
    }


def total_rows(manifest: Manifest) -> int:
    """Rows of all recipes together."""
    return sum(recipe["rows"] for recipe in manifest["recipes"])


def preferred_format(manifest: Manifest) -> str:
    """The format to load a release from, out of those that it has."""
    present = {file.get("format") for file in manifest["files"]}
    return next(suffix for suffix in FORMATS if suffix in present)


def files_of(manifest: Manifest, recipe: str, split: str, suffix: str) -> list[dict[str, Any]]:
    """The shards of one split in one format, in order."""
    wanted = (recipe, split, suffix)
    return [f for f in manifest["files"] if (f.get("recipe"), f.get("split"), f.get("format")) == wanted]


def _recipe(tally: Tally) -> dict[str, Any]:
    recipe = tally.chosen.recipe
    return {
        "name": recipe.name,
        "parameters": tally.chosen.parameters,
        "schema": [{"name": field.name, "type": str(field.type)} for field in tally.chosen.schema],
        "rows": tally.rows,
        "items_with_rows": tally.rows_from,
        "items_dropped": in_order(tally.dropped),
        "rows_left_out": in_order(tally.left_out),
        "splits": splits.ordered(tally.split_rows),
        "lengths": tally.lengths.summary(),
        **tally.origins.told(),
        "loses": list(recipe.loses),
        "read_back": recipe.read_back(tally.chosen.parameters),
    }


def _entry(file: FileEntry) -> dict[str, Any]:
    return {name: value for name, value in asdict(file).items() if value is not None}

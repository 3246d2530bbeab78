"""Everything: each labeled item with all annotations and their history, to audit, to re-import, to try new rules on.

Nothing is null and no list is ever empty, so that JSON lines and Parquet load alike however readers guess types: a
missing text is empty, a missing number 0 (ids and versions start at 1), an unknown duration -1. What has no fixed
shape or may be empty (answers, labels, tags, sources) is JSON text.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from pydantic_core import from_json, to_json

from annotation.kinds import KINDS
from curation.recipes.columns import TURNS
from curation.recipes.contract import Build, Outcome, Recipe, Row, always, fixed
from curation.recipes.files import name_of
from curation.recipes.parameters import Parameters, Switch
from curation.recipes.records import AnnotationRecord, ItemRecord
from curation.recipes.turns import length, whole

IMPORT = "import"
"""The import that brought an annotation says nothing elsewhere."""

RESPONSE = pa.struct(
    [
        ("messages", TURNS),
        ("model", pa.string()),
        ("key", pa.string()),
        ("params", pa.string()),
        ("steps", pa.string()),
    ]
)
ANNOTATION = pa.struct(
    [
        ("annotation_id", pa.int64()),
        ("annotator", pa.string()),
        ("label_source", pa.string()),
        ("is_current", pa.bool_()),
        ("supersedes", pa.int64()),
        ("reason", pa.string()),
        ("answers", pa.string()),
        ("shown", pa.string()),
        ("seconds", pa.float64()),
        ("form_version", pa.int64()),
        ("guideline_version", pa.int64()),
        ("at", pa.string()),
        ("source", pa.string()),
    ]
)
SCHEMA = pa.schema(
    [
        pa.field("key", pa.string(), nullable=False),
        pa.field("item_id", pa.int64(), nullable=False),
        pa.field("group", pa.string(), nullable=False),
        pa.field("prompt", TURNS, nullable=False),
        pa.field("responses", pa.list_(RESPONSE), nullable=False),
        pa.field("principle", pa.string(), nullable=False),
        pa.field("rubric", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("tags", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("labels", pa.string(), nullable=False),
        pa.field("annotations", pa.list_(ANNOTATION), nullable=False),
    ]
)


WITH_FILES = Switch(
    name="with_files",
    title="The pictures, sound and films that items show",
    help="Beside the rows, so that an archive of the folder is imported whole elsewhere. Without them, rows name them.",
)


def files(parameters: Parameters, row: Row) -> list[str]:
    """The names of what the turns of a row show, where they are wanted."""
    if not parameters["with_files"]:
        return []
    turns = [*row["prompt"], *(turn for response in row["responses"] for turn in response["messages"])]
    shown = (ref for turn in turns if turn["more"] for ref in from_json(turn["more"]).get("media", ()))
    return list(dict.fromkeys(map(name_of, shown)))


def builder(_parameters: Parameters) -> Build:
    return build


def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
    """One row per labeled item; nothing is dropped."""
    return [
        {
            "key": item.key,
            "item_id": item.id,
            "group": item.group,
            "prompt": whole(item.messages),
            "responses": [_response(response) for response in item.responses],
            "principle": item.principle,
            "rubric": _text(item.rubric) if item.rubric else "",
            "language": item.language,
            "tags": _text(item.tags),
            "source": _text(item.source),
            "labels": _text(
                [label for annotation in annotations if annotation.is_current for label in _labels(annotation)]
            ),
            "annotations": [_annotation(annotation) for annotation in annotations],
        }
    ]


def characters(row: Row) -> int:
    return length(row["prompt"]) + sum(length(response["messages"]) for response in row["responses"])


def _response(response: dict[str, Any]) -> Row:
    steps = response.get("steps")
    return {
        "messages": whole(response["messages"]),
        "model": response.get("model") or "",
        "key": response.get("key") or "",
        "params": _text(response.get("params") or {}),
        "steps": "" if steps is None else _text(steps),
    }


def _annotation(annotation: AnnotationRecord) -> Row:
    return {
        "annotation_id": annotation.id,
        "annotator": annotation.annotator,
        "label_source": annotation.origin,
        "is_current": annotation.is_current,
        "supersedes": annotation.supersedes or 0,
        "reason": annotation.reason,
        "answers": _text(annotation.answers),
        "shown": _text(annotation.shown),
        "seconds": -1.0 if annotation.seconds is None else annotation.seconds,
        "form_version": annotation.form_version,
        "guideline_version": annotation.guideline_version or 0,
        "at": annotation.at,
        "source": _text(annotation.source),
    }


def _labels(annotation: AnnotationRecord) -> list[Row]:
    """The current answers in the words of Goldpan's own import layout."""
    took = {} if annotation.seconds is None else {"seconds": annotation.seconds}
    return [
        {
            "annotator": annotation.annotator,
            "kind": annotation.kinds[key],
            "dimension": key,
            "answer": KINDS[annotation.kinds[key]].as_label(value),
            **took,
            "source": _source(annotation, key),
        }
        for key, value in annotation.answers.items()
    ]


def _source(annotation: AnnotationRecord, key: str) -> Row:
    """Where the answer to one question comes from, signals, weights and rationales included. What is kept under
    another question's key (`helpful.rationale`) belongs to that one's label."""
    others = tuple(f"{other}." for other in annotation.answers if other != key)
    kept = {name: said for name, said in annotation.source.items() if name != IMPORT and not name.startswith(others)}
    return {**kept, "release": {"annotation": annotation.id, "form": annotation.form_version}}


def _text(value: Any) -> str:
    return to_json(value).decode()


NAMES = "Names of people: pseudonyms stand for them."
DECISIONS = "What detectors found and reviewers decided, drafts, skipped items and the audit trail."
RECIPE = Recipe(
    name="raw",
    title="Everything",
    description=(
        "Each labeled item with all its annotations, superseded ones included, the order shown, and pseudonyms for "
        "annotators. For audits and your own rules; the goldpan import layout reads it back."
    ),
    schema=fixed(SCHEMA),
    builder=builder,
    characters=characters,
    loses=(NAMES, DECISIONS),
    read_back=always("goldpan"),
    parameters=(WITH_FILES,),
    is_record=True,
    keeps_files=True,
    files=files,
    reads_circumstances=lambda _parameters: True,
)

"""Everything: each labeled item with all annotations and their history, to audit, to re-import, to try new rules on.

Nothing is null and no list is ever empty, so that JSON lines and Parquet load alike however readers guess types: a
missing text is empty, a missing number 0 (ids and versions start at 1), an unknown duration -1. What has no fixed
shape or may be empty (answers, labels, tags, sources) is JSON text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from pydantic_core import to_json

from curation.recipes import settling
from curation.recipes.columns import MESSAGES
from curation.recipes.contract import Build, Outcome, Parameters, Recipe, Row
from curation.recipes.records import AnnotationRecord, ItemRecord, QuestionRecord
from curation.recipes.turns import length, plain

RESPONSE = pa.struct(
    [
        ("messages", MESSAGES),
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
        pa.field("prompt", MESSAGES, nullable=False),
        pa.field("responses", pa.list_(RESPONSE), nullable=False),
        pa.field("principle", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("tags", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("labels", pa.string(), nullable=False),
        pa.field("annotations", pa.list_(ANNOTATION), nullable=False),
    ]
)


def settle(given: Mapping[str, Any], _questions: Sequence[QuestionRecord]) -> Parameters:
    """There is nothing to choose."""
    settling.only(given)
    return {}


def builder(_parameters: Parameters) -> Build:
    return build


def build(item: ItemRecord, annotations: Sequence[AnnotationRecord]) -> Outcome:
    """One row per labeled item; nothing is dropped."""
    return [
        {
            "key": item.key,
            "item_id": item.id,
            "group": item.group,
            "prompt": plain(item.messages),
            "responses": [_response(response) for response in item.responses],
            "principle": item.principle,
            "language": item.language,
            "tags": _text(item.tags),
            "source": _text(item.source),
            "labels": _text(
                [
                    label
                    for annotation in annotations
                    if annotation.is_current
                    for label in _labels(annotation, len(item.responses))
                ]
            ),
            "annotations": [_annotation(annotation) for annotation in annotations],
        }
    ]


def characters(row: Row) -> int:
    return length(row["prompt"]) + sum(length(response["messages"]) for response in row["responses"])


def _response(response: dict[str, Any]) -> Row:
    steps = response.get("steps")
    return {
        "messages": plain(response["messages"]),
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


def _labels(annotation: AnnotationRecord, responses: int) -> list[Row]:
    """The current answers in the words of Goldpan's own import layout, as far as it has words for them."""
    source = {"annotation": annotation.id, "form": annotation.form_version}
    return [
        {
            "annotator": annotation.annotator,
            "kind": annotation.kinds[key],
            "dimension": key,
            "answer": answer,
            "source": source,
        }
        for key, value in annotation.answers.items()
        if (answer := _answer(annotation.kinds.get(key, ""), value, responses)) is not None
    ]


def _answer(kind: str, value: Any, responses: int) -> dict[str, Any] | None:
    if kind == "preference" and isinstance(value, dict) and responses == 2:
        strength = value.get("strength") if value["winner"] in {"a", "b"} else None
        return {"winner": value["winner"], "strength": strength}
    if kind == "rating" and isinstance(value, list) and len(value) == responses:
        return {"values": value}
    if kind == "text" and isinstance(value, str):
        return {"text": value}
    return None


def _text(value: Any) -> str:
    return to_json(value).decode()


RECIPE = Recipe(
    name="raw",
    title="Everything",
    description=(
        "Each labeled item with all its annotations, superseded ones included, the order shown, and pseudonyms for "
        "annotators. For audits and your own rules; the goldpan import layout reads it back."
    ),
    schema=SCHEMA,
    settle=settle,
    builder=builder,
    characters=characters,
    reads_circumstances=True,
)

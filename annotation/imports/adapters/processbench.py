"""ProcessBench: a solution in steps, and the number of the earliest step that is wrong, from 0; -1 says that none is.

Steps before the error were found right, so they are good; what follows an error was not judged.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import key_of, missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.numbers import flag, whole
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.stepped import (
    PARAGRAPH,
    about_steps,
    in_steps,
    step_texts,
    steps_question,
    until_error,
)
from annotation.imports.adapters.turns import user
from annotation.imports.canonical import CanonicalItem

NO_ERROR = -1
FIELDS = ("problem", "steps", "label")
COLUMNS = frozenset({*FIELDS, "id", "prompt_id", "generator", "final_answer_correct"})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "processbench")

    def convert(row: Row) -> CanonicalItem:
        missing(row, *FIELDS)
        texts = step_texts(row["steps"], "steps")
        return CanonicalItem(
            messages=user(row["problem"]),
            responses=[in_steps(texts, PARAGRAPH, model=row.get("generator") or None)],
            key=key_of(row.get("id"), "The id"),
            group=key_of(row.get("prompt_id"), "The prompt_id"),
            source=rest_of(row, COLUMNS),
            labels=[about_steps(annotator, until_error(len(texts), _first(row["label"], len(texts))), _final(row))],
        )

    return convert


def _first(label: Any, count: int) -> int | None:
    found = whole(label, "The label", NO_ERROR, count - 1)
    return None if found == NO_ERROR else found


def _final(row: Row) -> dict[str, Any]:
    value = row.get("final_answer_correct")
    if value is None or value == "":
        return {}
    return {"final": "right" if flag(value, "The final_answer_correct") else "wrong"}


def sniff(columns: Mapping[str, object]) -> Fit:
    if not all(name in columns for name in FIELDS):
        return NO_FIT
    if "final_answer_correct" in columns or "generator" in columns:
        return Fit(1.0, "it has problem, steps, and a label beside generator or final_answer_correct")
    return Fit(0.8, "it has problem, steps and label")


ADAPTER = Adapter(
    name="processbench",
    title="ProcessBench",
    example=(
        '{"id": "gsm8k-0", "generator": "m1", "problem": "What is 2 + 3 + 4?", '
        '"steps": ["2 + 3 is 5.", "5 + 4 is 8."], "final_answer_correct": false, "label": 1}'
    ),
    sniff=sniff,
    converter=converter,
    form=(steps_question(final_answer=True),),
)

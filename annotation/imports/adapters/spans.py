"""Rows of a `spans` release: one response, and a list of what is wrong in it."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of, missing, response_key, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.marked import SEVERITIES, mark_of, named, spans_question
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.turns import assistant, user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused
from annotation.imports.canonical.wording import describe
from annotation.kinds.quotes import text_hash

FIELDS = ("question", "prediction", "errors")
COLUMNS = frozenset({*FIELDS, "text_hash", "pair_id", "prompt_id", "response_index"})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "imported")

    def convert(row: Row) -> CanonicalItem:
        missing(row, *FIELDS)
        return CanonicalItem(
            messages=user(row["question"]),
            responses=[CanonicalResponse(messages=assistant(row["prediction"]))],
            key=response_key(row),
            group=key_of(row.get("prompt_id"), "The prompt_id"),
            source=rest_of(row, COLUMNS),
            labels=[CanonicalLabel(annotator=annotator, kind="spans", answer=_answer(row))],
        )

    return convert


def _answer(row: Row) -> dict[str, Any]:
    """The marks. A row that has the hash of another text than its own is refused: they would lie somewhere else."""
    errors, text = opened(row["errors"]), row["prediction"]
    if not isinstance(errors, list):
        raise Refused(f"The field errors is {describe(errors)}, not a list.")
    if not isinstance(text, str):
        raise Refused(f"The field prediction is {describe(text)}, not text.")
    spans = [mark_of(one, at, kind="error_type", text=text) for at, one in enumerate(errors, start=1)]
    if row.get("text_hash") not in (None, "", text_hash(text)):
        raise Refused("The text_hash is that of another text than this prediction.")
    return {"spans": spans}


def sniff(columns: Mapping[str, object]) -> Fit:
    if all(name in columns for name in FIELDS) and isinstance(opened(columns["errors"]), list):
        return Fit(0.95, "it has question, prediction and a list of errors")
    return NO_FIT


ADAPTER = Adapter(
    name="spans",
    title="Marked errors",
    example=(
        '{"question": "Which fruits are red?", "prediction": "Apples and stones.", "errors": [{"error_type": '
        '"unverifiable", "start": 11, "end": 17, "text": "stones", "severity": "", "explanation": ""}]}'
    ),
    sniff=sniff,
    converter=converter,
    form=(spans_question(severities=named(SEVERITIES)),),
)

"""JudgeBench: a question, two responses of one model, and which of them is right."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import key_of, missing, preference, rest_of, text_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.turns import assistant, user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused
from annotation.imports.canonical.wording import quoted

WINNERS = {"A>B": "a", "B>A": "b"}
NEEDED = ("question", "response_A", "response_B")
COLUMNS = frozenset({"pair_id", "response_model", "label", *NEEDED})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "judgebench")

    def convert(row: Row) -> CanonicalItem:
        missing(row, *NEEDED)
        subset, model = text_of(row, "source"), text_of(row, "response_model")
        return CanonicalItem(
            messages=user(row["question"]),
            responses=[
                CanonicalResponse(messages=assistant(row[name]), model=model) for name in ("response_A", "response_B")
            ],
            key=key_of(row.get("pair_id"), "The pair_id"),
            tags=[subset] if subset else [],
            source=rest_of(row, COLUMNS),
            labels=_labels(row, annotator),
        )

    return convert


def _labels(row: Row, annotator: str) -> list[CanonicalLabel]:
    said = text_of(row, "label")
    if said is None:
        return []
    if said not in WINNERS:
        raise Refused(f"The label is {quoted(said)}; A>B and B>A are known.")
    return preference(annotator, WINNERS[said])


def _is_winner(value: object) -> bool:
    return isinstance(value, str) and value in WINNERS


def sniff(columns: Mapping[str, object]) -> Fit:
    if all(isinstance(columns.get(name), str) for name in NEEDED) and _is_winner(columns.get("label")):
        return Fit(1.0, "it has question, response_A and response_B, and its label is A>B or B>A")
    return NO_FIT


ADAPTER = Adapter(
    name="judgebench",
    title="JudgeBench",
    example=(
        '{"pair_id": "e302b0a0", "original_id": "1420", "source": "mmlu-pro-law", "question": "Name a fruit.", '
        '"response_model": "m1", "response_A": "An apple.", "response_B": "A stone.", "label": "A>B"}'
    ),
    sniff=sniff,
    converter=converter,
)

"""RewardBench: a prompt, the chosen and the rejected completion with their models, and the subset."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import first_is_chosen, key_of, missing, rest_of, text_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.turns import assistant, is_conversation, messages_of, user
from annotation.imports.canonical import CanonicalItem, CanonicalResponse

COLUMNS = frozenset({"prompt", "chosen", "chosen_model", "rejected", "rejected_model", "id"})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get. A number counts within its subset, so both are the key."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "rewardbench")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "prompt", "chosen", "rejected")
        prompt, subset = row["prompt"], text_of(row, "subset")
        return CanonicalItem(
            messages=messages_of(prompt, "The prompt") if isinstance(prompt, list) else user(prompt),
            responses=[
                CanonicalResponse(messages=assistant(row[name]), model=text_of(row, f"{name}_model"))
                for name in ("chosen", "rejected")
            ],
            key=key_within(subset, row.get("id")),
            tags=[subset] if subset else [],
            source=rest_of(row, COLUMNS),
            labels=first_is_chosen(annotator),
        )

    return convert


def key_within(subset: str | None, number: Any) -> str | None:
    """The key of a row that is numbered within its subset; None where it is not numbered."""
    key = key_of(number, "The id")
    return f"{subset}/{key}" if key and subset else key


def sniff(columns: Mapping[str, object]) -> Fit:
    prompt = columns.get("prompt")
    texts = all(isinstance(columns.get(name), str) for name in ("chosen", "rejected"))
    named = all(name in columns for name in ("subset", "chosen_model", "rejected_model"))
    if texts and named and (isinstance(prompt, str) or is_conversation(prompt)):
        return Fit(0.97, "chosen and rejected are texts with their models, and there is a subset")
    return NO_FIT


ADAPTER = Adapter(
    name="rewardbench",
    title="RewardBench",
    example=(
        '{"prompt": "Name a fruit.", "chosen": "An apple.", "chosen_model": "m1", "rejected": "A stone.", '
        '"rejected_model": "m2", "subset": "alpacaeval-easy", "id": 7}'
    ),
    sniff=sniff,
    converter=converter,
)

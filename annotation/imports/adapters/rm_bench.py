"""RM-Bench: three chosen and three rejected completions, each side in the same three styles."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.chats import is_list_of_turns
from annotation.imports.adapters.columns import list_of, missing, rest_of, text_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.ranks import FORM, first_are_better
from annotation.imports.adapters.rewardbench import key_within
from annotation.imports.adapters.turns import assistant, user
from annotation.imports.canonical import CanonicalItem, CanonicalResponse, Refused

STYLES = ("concise", "detailed", "detailed-markdown")
SIDES = ("chosen", "rejected")
COLUMNS = frozenset({"id", "prompt", *SIDES})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get.

    The label is a ranking of two places, since every chosen completion is better than every rejected one. The style is
    among a response's params.
    """
    only(options, "annotator")
    annotator = text_option(options, "annotator", "rm-bench")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "prompt", *SIDES)
        subset = text_of(row, "domain") or text_of(row, "subset")
        return CanonicalItem(
            messages=user(row["prompt"]),
            responses=[
                CanonicalResponse(messages=assistant(text), params={"style": style})
                for name in SIDES
                for style, text in zip(STYLES, _styled(row, name), strict=True)
            ],
            key=key_within(subset, row.get("id")),
            tags=[subset] if subset else [],
            source=rest_of(row, COLUMNS),
            labels=first_are_better(annotator, len(STYLES), len(STYLES)),
        )

    return convert


def _styled(row: Row, name: str) -> list[Any]:
    texts = list_of(row, name)
    if len(texts) != len(STYLES):
        raise Refused(f"The list {name} holds {len(texts)} completions, not one for each of the {len(STYLES)} styles.")
    return texts


def _is_styled(value: object) -> bool:
    return is_list_of_turns(value) and isinstance(value, list) and len(value) == len(STYLES)


def sniff(columns: Mapping[str, object]) -> Fit:
    styled = all(_is_styled(opened(columns.get(name))) for name in SIDES)
    if styled and isinstance(columns.get("prompt"), str):
        return Fit(0.96, "chosen and rejected are lists of three completions, one for each style")
    return NO_FIT


ADAPTER = Adapter(
    name="rm_bench",
    title="RM-Bench",
    example=(
        '{"id": 8, "subset": "alpacaeval", "prompt": "Name a fruit.", "chosen": ["An apple.", "It is an apple.", '
        '"It is an **apple**."], "rejected": ["A stone.", "It is a stone.", "It is a **stone**."], '
        '"error_key": "fruit"}'
    ),
    sniff=sniff,
    converter=converter,
    form=FORM,
)

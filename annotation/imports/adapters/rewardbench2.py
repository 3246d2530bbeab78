"""RewardBench 2: a list of correct and a list of incorrect completions. In the subset Ties several are correct."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.chats import is_list_of_turns
from annotation.imports.adapters.columns import key_of, list_of, missing, rest_of, text_of, whole_number
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.ranks import FORM, first_are_better
from annotation.imports.adapters.turns import assistant, user
from annotation.imports.canonical import CanonicalItem, CanonicalResponse, Refused

SIDES = ("chosen", "rejected")
COUNTS = {"num_correct": "chosen", "num_incorrect": "rejected"}
COLUMNS = frozenset({"id", "prompt", "models", "total_completions", *SIDES, *COUNTS})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get.

    The label is a ranking of two places: the correct completions share the first, the others the second.
    """
    only(options, "annotator")
    annotator = text_option(options, "annotator", "rewardbench-2")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "prompt", *SIDES)
        chosen, rejected = (_completions(row, name) for name in SIDES)
        _check_counts(row, {"chosen": len(chosen), "rejected": len(rejected)})
        texts, subset = [*chosen, *rejected], text_of(row, "subset")
        return CanonicalItem(
            messages=user(row["prompt"]),
            responses=[
                CanonicalResponse(messages=assistant(text), model=model)
                for text, model in zip(texts, _models(row, len(texts)), strict=True)
            ],
            key=key_of(row.get("id"), "The id"),
            tags=[subset] if subset else [],
            source=rest_of(row, COLUMNS),
            labels=first_are_better(annotator, len(chosen), len(rejected)),
        )

    return convert


def _completions(row: Row, name: str) -> list[Any]:
    texts = list_of(row, name)
    if not texts:
        raise Refused(f"The list {name} is empty.")
    return texts


def _check_counts(row: Row, found: dict[str, int]) -> None:
    """The numbers beside the lists must be theirs: a list that lost a completion is worth nothing."""
    said = {name: (side, found[side]) for name, side in COUNTS.items()}
    said["total_completions"] = ("chosen and rejected", sum(found.values()))
    for name, (side, count) in said.items():
        if row.get(name) not in (None, "") and whole_number(row[name], name) != count:
            raise Refused(f"The {name} is {row[name]}, and there are {count} in {side}.")


def _models(row: Row, count: int) -> list[Any]:
    """The model of each completion; none where the list has another length and does not say which is whose."""
    models = list_of(row, "models")
    return [model or None for model in models] if len(models) == count else [None] * count


def sniff(columns: Mapping[str, object]) -> Fit:
    lists = all(is_list_of_turns(opened(columns.get(name))) for name in SIDES)
    if (
        lists
        and isinstance(columns.get("prompt"), str)
        and ("num_correct" in columns or "total_completions" in columns)
    ):
        return Fit(0.97, "chosen and rejected are lists of completions, and their number stands beside them")
    return NO_FIT


ADAPTER = Adapter(
    name="rewardbench2",
    title="RewardBench 2",
    example=(
        '{"id": "12", "prompt": "Name a fruit.", "chosen": ["An apple."], "rejected": ["A stone."], "num_correct": 1, '
        '"num_incorrect": 1, "total_completions": 2, "models": ["m1", "m2"], "subset": "Focus"}'
    ),
    sniff=sniff,
    converter=converter,
    form=FORM,
)

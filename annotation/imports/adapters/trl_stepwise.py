"""TRL stepwise rows: a prompt, the completions that are the steps of one solution, and whether each is right.

Trainers that read this layout put one line end after each step, and so the steps are joined by one.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of, missing, response_key, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.numbers import flag
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.stepped import GOOD, WRONG, Labels, about_steps, in_steps, step_texts, steps_question
from annotation.imports.adapters.turns import is_conversation, messages_of, user
from annotation.imports.canonical import CanonicalItem, Refused
from annotation.imports.canonical.wording import describe

FIELDS = ("prompt", "completions", "labels")
COLUMNS = frozenset({*FIELDS, "pair_id", "prompt_id", "response_index"})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "imported")

    def convert(row: Row) -> CanonicalItem:
        missing(row, *FIELDS)
        texts, prompt = step_texts(row["completions"], "completions"), row["prompt"]
        return CanonicalItem(
            messages=messages_of(prompt, "The prompt") if isinstance(prompt, list) else user(prompt),
            responses=[in_steps(texts)],
            key=response_key(row),
            group=key_of(row.get("prompt_id"), "The prompt_id"),
            source=rest_of(row, COLUMNS),
            labels=[about_steps(annotator, _labels(row["labels"], len(texts)))],
        )

    return convert


def _labels(value: Any, count: int) -> Labels:
    """A list that is shorter or longer is refused: nothing says which steps its labels are about."""
    found = opened(value)
    if not isinstance(found, list):
        raise Refused(f"The field labels is {describe(found)}, not a list.")
    if len(found) != count:
        raise Refused(f"There are {count} completions and {len(found)} labels.")
    return [
        None if one is None else GOOD if flag(one, f"Label {number}") else WRONG
        for number, one in enumerate(found, start=1)
    ]


def sniff(columns: Mapping[str, object]) -> Fit:
    completions, labels = opened(columns.get("completions")), opened(columns.get("labels"))
    if "prompt" not in columns or not isinstance(completions, list) or not isinstance(labels, list):
        return NO_FIT
    if is_conversation(completions) or not all(isinstance(one, str) for one in completions):
        return NO_FIT
    return Fit(0.95, "it has prompt, a list of completions and a list of labels")


ADAPTER = Adapter(
    name="trl_stepwise",
    title="TRL stepwise supervision",
    example=(
        '{"prompt": "What is 2 + 3 + 4?", "completions": ["2 + 3 is 5.", "5 + 4 is 8."], "labels": [true, false]}'
    ),
    sniff=sniff,
    converter=converter,
    form=(steps_question(first_error=False),),
)

"""TRL unpaired preference (KTO): one completion of a prompt, and whether it is a good one."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of, missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.numbers import flag
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.turns import assistant, is_conversation, messages_of, user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Message, Refused
from annotation.imports.canonical.wording import describe

FIELDS = ("prompt", "completion", "label")
COLUMNS = frozenset({*FIELDS, "prompt_id"})
GOOD, BAD = "good", "bad"
TITLES = {GOOD: "Good", BAD: "Bad"}


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "imported")

    def convert(row: Row) -> CanonicalItem:
        missing(row, *FIELDS)
        prompt, completion = _turns(opened(row["prompt"]), opened(row["completion"]), row)
        verdict = GOOD if flag(row["label"], "The label") else BAD
        return CanonicalItem(
            messages=prompt,
            responses=[CanonicalResponse(messages=completion)],
            group=key_of(row.get("prompt_id"), "The prompt_id"),
            source=rest_of(row, COLUMNS),
            labels=[CanonicalLabel(annotator=annotator, kind="choice", answer={"values": [[verdict]]})],
        )

    return convert


def _turns(prompt: Any, completion: Any, row: Row) -> tuple[list[Message], list[Message]]:
    """Both are texts or both are lists of messages; a text may begin with a bracket without being a list."""
    if is_conversation(prompt) and is_conversation(completion):
        turns, answer = messages_of(prompt, "The prompt"), messages_of(completion, "The completion")
        if answer[: len(turns)] == turns:
            raise Refused("The completion repeats the prompt; it holds only the answer in this layout.")
        return turns, answer
    for name in ("prompt", "completion"):
        if not isinstance(row[name], str):
            told = describe(row[name])
            raise Refused(f"The {name} is {told}; prompt and completion are both text or both lists of messages.")
    return user(row["prompt"]), assistant(row["completion"])


def sniff(columns: Mapping[str, object]) -> Fit:
    if not all(name in columns for name in FIELDS) or not _is_flag(columns["label"]):
        return NO_FIT
    return Fit(0.95, "it has prompt, completion and a label that is true or false")


def _is_flag(value: object) -> bool:
    try:
        flag(value, "")
    except Refused:
        return False
    return True


ADAPTER = Adapter(
    name="trl_unpaired",
    title="TRL unpaired preference",
    example='{"prompt": "Name a fruit.", "completion": "An apple.", "label": true}',
    sniff=sniff,
    converter=converter,
    form=(
        {
            "key": "verdict",
            "kind": "choice",
            "title": "Is this a good answer?",
            "target": "response",
            "settings": {"options": [{"key": key, "title": title} for key, title in TITLES.items()], "at_once": True},
        },
    ),
)

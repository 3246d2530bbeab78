"""WildBench: a conversation, a checklist of yes/no questions, and the answers of reference models."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of, list_of, missing, rest_of, text_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.criteria import OWN_CRITERIA
from annotation.imports.adapters.options import only
from annotation.imports.adapters.turns import assistant, is_conversation, messages_of
from annotation.imports.canonical import CanonicalItem, CanonicalResponse, Refused
from annotation.imports.canonical.wording import describe

COLUMNS = frozenset({"id", "conversation_input", "references", "checklist", "primary_tag", "secondary_tags"})


def converter(options: Mapping[str, Any]) -> Convert:
    """Each question of the checklist is a criterion of the item's own rubric. Nothing is labelled yet: no options."""
    only(options)

    def convert(row: Row) -> CanonicalItem:
        missing(row, "conversation_input", "references", "checklist")
        return CanonicalItem(
            messages=messages_of(opened(row["conversation_input"]), "The conversation_input"),
            responses=_references(row),
            key=key_of(row.get("id"), "The id"),
            tags=_tags(row),
            rubric=[_criterion(question, number) for number, question in enumerate(list_of(row, "checklist"), 1)],
            source=rest_of(row, COLUMNS),
        )

    return convert


def _references(row: Row) -> list[CanonicalResponse]:
    """One response for each model that answered; Parquet writes null for a model that did not."""
    references = opened(row["references"], "{")
    if not isinstance(references, dict):
        raise Refused(f"The references are {describe(references)}, not an object of models and their answers.")
    return [
        CanonicalResponse(messages=assistant(text), model=model)
        for model, text in references.items()
        if text is not None
    ]


def _criterion(question: Any, number: int) -> dict[str, Any]:
    if not isinstance(question, str) or not question.strip():
        shown = "blank" if isinstance(question, str) else f"{describe(question)}, not text"
        raise Refused(f"Question {number} of the checklist is {shown}.")
    return {"title": question.strip()}


def _tags(row: Row) -> list[str]:
    primary, secondary = text_of(row, "primary_tag"), list_of(row, "secondary_tags")
    for tag in secondary:
        if not isinstance(tag, str):
            raise Refused(f"A tag in secondary_tags is {describe(tag)}, not text.")
    return list(dict.fromkeys([*([primary] if primary else []), *secondary]))


def sniff(columns: Mapping[str, object]) -> Fit:
    checklist = opened(columns.get("checklist"))
    if is_conversation(opened(columns.get("conversation_input"))) and isinstance(checklist, list):
        return Fit(1.0, "it has a conversation_input and a checklist")
    return NO_FIT


ADAPTER = Adapter(
    name="wildbench",
    title="WildBench",
    example=(
        '{"id": "w1", "session_id": "s1", "conversation_input": [{"role": "user", "content": "Name a fruit.", '
        '"language": "English", "toxic": false}], "references": {"gpt-4": "An apple."}, '
        '"checklist": ["Does the answer name a fruit?", "Is the answer brief?"], "intent": "To know a fruit.", '
        '"primary_tag": "Information seeking", "secondary_tags": ["Others"], "length": 13}'
    ),
    sniff=sniff,
    converter=converter,
    form=(OWN_CRITERIA,),
)

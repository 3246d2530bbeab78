"""Arena 140k and its relatives: two whole conversations, the models, and who won; both may have been bad."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.chats import parted
from annotation.imports.adapters.columns import key_of, missing, preference, rest_of, text_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.turns import is_conversation, messages_of
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused
from annotation.imports.canonical.wording import quoted

WINNERS = {
    "model_a": "a",
    "model_b": "b",
    "tie": "tie",
    "both_bad": "both_bad",
    "tie (bothbad)": "both_bad",
}
COLUMNS = frozenset(
    {
        "id",
        "model_a",
        "model_b",
        "winner",
        "judge",
        "conversation_a",
        "conversation_b",
        "full_conversation",  # repeats the others, with the turns of other votes
        "evaluation_session_id",
        "language",
    }
)


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get where the row names no judge.

    Several votes of one session share their context, so the session is the group.
    """
    only(options, "annotator")
    annotator = text_option(options, "annotator", "arena-140k")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "conversation_a", "conversation_b")
        names = ("Conversation_a", "Conversation_b")
        conversations = [messages_of(opened(row[name.lower()]), name) for name in names]
        prompt, endings = parted(conversations, names)
        models = (text_of(row, "model_a"), text_of(row, "model_b"))
        return CanonicalItem(
            messages=prompt,
            responses=[
                CanonicalResponse(messages=turns, model=model) for turns, model in zip(endings, models, strict=True)
            ],
            key=key_of(row.get("id"), "The id"),
            group=key_of(row.get("evaluation_session_id"), "The evaluation_session_id"),
            language=text_of(row, "language"),
            source=rest_of(row, COLUMNS),
            labels=_labels(row, text_of(row, "judge") or annotator),
        )

    return convert


def _labels(row: Row, annotator: str) -> list[CanonicalLabel]:
    said = text_of(row, "winner")
    if said is None:
        return []
    if said not in WINNERS:
        raise Refused(f"The winner is {quoted(said)}; model_a, model_b, tie and both_bad are known.")
    return preference(annotator, WINNERS[said])


def sniff(columns: Mapping[str, object]) -> Fit:
    conversations = all(is_conversation(opened(columns.get(name))) for name in ("conversation_a", "conversation_b"))
    if conversations and "model_a" in columns and "model_b" in columns:
        return Fit(0.97, "conversation_a and conversation_b are conversations, beside model_a and model_b")
    return NO_FIT


ADAPTER = Adapter(
    name="arena_140k",
    title="Arena 140k battles",
    example=(
        '{"id": "b1", "model_a": "m1", "model_b": "m2", "winner": "model_a", "evaluation_session_id": "s1", '
        '"evaluation_order": 1, "conversation_a": [{"role": "user", "content": [{"type": "text", "text": '
        '"Name a fruit."}]}, {"role": "assistant", "content": [{"type": "text", "text": "An apple."}]}], '
        '"conversation_b": [{"role": "user", "content": [{"type": "text", "text": "Name a fruit."}]}, '
        '{"role": "assistant", "content": [{"type": "text", "text": "A stone."}]}], "is_code": false, '
        '"language": "en"}'
    ),
    sniff=sniff,
    converter=converter,
)

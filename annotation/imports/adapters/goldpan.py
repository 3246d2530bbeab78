"""Goldpan's own layout, which is also what the raw export can be turned back from.

It is strict: a field that it does not know is refused by name, for a misspelt field is a lost one.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import key_of, missing
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import flag_option, only
from annotation.imports.adapters.turns import assistant, messages_of, user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Message, Refused
from annotation.imports.canonical.wording import describe, letter, listing

FIELDS = frozenset(
    {"key", "prompt", "responses", "group", "tags", "source", "language", "principle", "labels"},
)
RESPONSE_FIELDS = frozenset({"text", "messages", "model", "params", "key", "steps"})
LABEL_FIELDS = frozenset({"annotator", "kind", "answer", "seconds", "rationale", "source", "dimension"})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `allow_empty`, to accept responses without any text."""
    only(options, "allow_empty")
    allows_empty = flag_option(options, "allow_empty")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "prompt", "responses")
        _only_known(row, FIELDS, "The row")
        labels = _list(row, "labels")
        return CanonicalItem(
            messages=_prompt(row["prompt"]),
            responses=[_response(value, index) for index, value in enumerate(_list(row, "responses"))],
            key=key_of(row.get("key")),
            group=key_of(row.get("group"), "The group"),
            source=_object(row.get("source"), "The source"),
            tags=list(_list(row, "tags")),
            language=row.get("language"),
            principle=row.get("principle"),
            labels=[_label(value, position) for position, value in enumerate(labels, start=1)] if labels else [],
            allows_empty=allows_empty,
        )

    return convert


def _prompt(value: Any) -> list[Message]:
    return messages_of(value, "The prompt") if isinstance(value, list) else user(value)


def _response(value: Any, index: int) -> CanonicalResponse:
    if not isinstance(value, dict):
        return CanonicalResponse(messages=assistant(value))
    name = f"Response {letter(index)}"
    _only_known(value, RESPONSE_FIELDS, name)
    if ("text" in value) == ("messages" in value):
        raise Refused(f"{name} needs either text or messages.")
    turns = assistant(value["text"]) if "text" in value else messages_of(value["messages"], name)
    steps = value.get("steps")
    if steps is not None and not isinstance(steps, list):
        raise Refused(f"The steps of response {letter(index)} are {describe(steps)}, not a list.")
    return CanonicalResponse(
        messages=turns,
        model=value.get("model"),
        params=_object(value.get("params"), f"The params of response {letter(index)}"),
        key=key_of(value.get("key"), f"The key of response {letter(index)}"),
        steps=steps,
    )


def _label(value: Any, position: int) -> CanonicalLabel:
    if not isinstance(value, dict):
        raise Refused(f"Label {position} is {describe(value)}, not an object.")
    _only_known(value, LABEL_FIELDS, f"Label {position}")
    for name in ("annotator", "kind", "answer"):
        if name not in value:
            raise Refused(f"Label {position} has no {name}.")
    return CanonicalLabel(
        annotator=value["annotator"],
        kind=value["kind"],
        answer=value["answer"],
        seconds=value.get("seconds"),
        rationale=value.get("rationale"),
        source=_object(value.get("source"), f"The source of label {position}"),
        dimension=value.get("dimension"),
    )


def _only_known(value: dict[str, Any], known: frozenset[str], name: str) -> None:
    if not value.keys() <= known:
        unknown = sorted(value.keys() - known)
        raise Refused(f"{name} has an unknown field {listing(unknown)}; {', '.join(sorted(known))} are known.")


def _list(row: Row, name: str) -> list[Any]:
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Refused(f"The field {name} is {describe(value)}, not a list.")
    return value


def _object(value: Any, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused(f"{name} is {describe(value)}, not an object.")
    return value


def sniff(columns: Mapping[str, object]) -> Fit:
    if "prompt" not in columns or not isinstance(columns.get("responses"), list):
        return NO_FIT
    unknown = sorted(columns.keys() - FIELDS)
    if unknown:
        return Fit(0.4, f"it has prompt and a list of responses, but also {listing(unknown)}")
    return Fit(1.0, "it has prompt, a list of responses and no other field than Goldpan's own")


ADAPTER = Adapter(
    name="goldpan",
    title="Goldpan",
    example=(
        '{"key": "fruit-1", "prompt": "Name a fruit.", "responses": ["An apple.", {"text": "A stone.", "model": "m1"}],'
        ' "labels": [{"annotator": "ana", "kind": "preference", "answer": {"winner": "a", "strength": 2}}]}'
    ),
    sniff=sniff,
    converter=converter,
)

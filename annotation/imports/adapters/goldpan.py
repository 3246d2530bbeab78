"""Goldpan's own layout, which the rows of a raw release have too.

It is strict: a field that it does not know is refused by name, for a misspelt field is a lost one. A raw release never
holds null and writes objects as JSON text, so an empty text counts as nothing, and objects may come as text.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of, missing
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import flag_option, only
from annotation.imports.adapters.shown_files import files_of, placed
from annotation.imports.adapters.turns import assistant, is_conversation, messages_of, unfolded, user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Message, Refused
from annotation.imports.canonical.wording import describe, letter, listing

FIELDS = frozenset(
    {"key", "prompt", "media", "responses", "group", "tags", "source", "language", "principle", "rubric", "labels"}
)
FIELDS_OF_A_RELEASE = frozenset({"item_id", "annotations"})
"""A raw release's own. The history stays where it is: what it says now is in the labels as well."""
RESPONSE_FIELDS = frozenset({"text", "media", "messages", "model", "params", "key", "steps"})
LABEL_FIELDS = frozenset({"annotator", "kind", "answer", "seconds", "rationale", "source", "dimension"})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `allow_empty`, to accept responses without any text."""
    only(options, "allow_empty")
    allows_empty = flag_option(options, "allow_empty")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "prompt", "responses")
        _only_known(row, FIELDS, "The row", FIELDS_OF_A_RELEASE)
        return CanonicalItem(
            messages=placed(_prompt(row), files_of(row.get("media"), "The prompt")),
            responses=[_response(value, index) for index, value in enumerate(_list(row, "responses"))],
            key=key_of(row.get("key")),
            group=key_of(row.get("group"), "The group"),
            source=_object(row, "source"),
            tags=list(_list(row, "tags")),
            language=row.get("language") or None,
            principle=row.get("principle") or None,
            rubric=list(_list(row, "rubric")),
            labels=[_label(value, position) for position, value in enumerate(_list(row, "labels"), start=1)],
            allows_empty=allows_empty,
        )

    return convert


def _prompt(row: Row) -> list[Message]:
    """A text or a list of messages, which a table of texts (its responses are JSON, too) writes as JSON."""
    prompt = row["prompt"]
    if isinstance(row["responses"], str) and is_conversation(opened(prompt)):
        prompt = opened(prompt)
    is_chat = isinstance(prompt, list)
    return messages_of(unfolded(prompt), "The prompt", has_places=True) if is_chat else user(prompt)


def _response(value: Any, index: int) -> CanonicalResponse:
    if not isinstance(value, dict):
        return CanonicalResponse(messages=assistant(value))
    name = f"Response {letter(index)}"
    turns = _turns(value, name)
    try:
        _only_known(value, RESPONSE_FIELDS, "It")
        return CanonicalResponse(
            messages=turns,
            model=value.get("model") or None,
            params=_object(value, "params"),
            key=key_of(value.get("key")),
            steps=_list(value, "steps") if value.get("steps") not in (None, "") else None,
        )
    except Refused as refused:
        raise Refused(f"Response {letter(index)}: {refused.reason}") from None


def _turns(value: dict[str, Any], name: str) -> list[Message]:
    """What a response says and shows: one turn in `text` and `media`, or several in `messages`."""
    has_turn = "text" in value or "media" in value
    if has_turn == ("messages" in value):
        raise Refused(f"{name} needs either text or messages.")
    if not has_turn:
        return messages_of(unfolded(value["messages"]), name)
    files = files_of(value.get("media"), name)
    text: Any = "" if files and value.get("text") is None else value.get("text")
    return [{"role": "assistant", "content": text, "media": files}] if files else assistant(text)


def _label(value: Any, position: int) -> CanonicalLabel:
    if not isinstance(value, dict):
        raise Refused(f"Label {position} is {describe(value)}, not an object.")
    try:
        missing(value, "annotator", "kind", "answer")
        _only_known(value, LABEL_FIELDS, "It")
        return CanonicalLabel(
            annotator=value["annotator"],
            kind=value["kind"],
            answer=_object(value, "answer"),
            seconds=value.get("seconds"),
            rationale=value.get("rationale") or None,
            source=_object(value, "source"),
            dimension=value.get("dimension") or None,
        )
    except Refused as refused:
        raise Refused(f"Label {position}: {refused.reason}") from None


def _only_known(value: dict[str, Any], known: frozenset[str], name: str, more: frozenset[str] = frozenset()) -> None:
    if not value.keys() <= known:
        unknown = sorted(value.keys() - known - more)
        if not unknown:
            return
        raise Refused(f"{name} has an unknown field {listing(unknown)}; {', '.join(sorted(known))} are known.")


def _list(row: Row, name: str) -> list[Any]:
    value = _unwritten(row.get(name), "[")
    if value is None:
        return []
    if not isinstance(value, list):
        raise Refused(f"The field {name} is {describe(value)}, not a list.")
    return value


def _object(row: Row, name: str) -> dict[str, Any]:
    value = _unwritten(row.get(name), "{")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused(f"The field {name} is {describe(value)}, not an object.")
    return value


def _unwritten(value: Any, opening: str) -> Any:
    """What JSON text stands for; an empty text stands for nothing."""
    if not isinstance(value, str):
        return value
    return opened(value, opening) if value else None


def sniff(columns: Mapping[str, object]) -> Fit:
    if "prompt" not in columns or not isinstance(columns.get("responses"), list):
        return NO_FIT
    unknown = sorted(columns.keys() - FIELDS - FIELDS_OF_A_RELEASE)
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
